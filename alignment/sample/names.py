"""The ids of what the database holds of the sample company, by the names that its plans use."""

from __future__ import annotations

from dataclasses import dataclass, field

from alignment.models import Epic, Guardrail, Metric, Objective, Team, Theme, User, ValueStream


@dataclass
class Names:
    """The ids of what is stored, by slug, key or user name."""

    users: dict[str, int] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    themes: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, int] = field(default_factory=dict)
    objectives: dict[str, int] = field(default_factory=dict)
    epics: dict[str, int] = field(default_factory=dict)
    guardrails: dict[str, int] = field(default_factory=dict)

    @classmethod
    def stored(cls) -> Names:
        """What the database holds."""
        return cls(
            users=dict(User.objects.values_list("username", "id")),
            streams=dict(ValueStream.objects.values_list("slug", "id")),
            teams=dict(Team.objects.values_list("slug", "id")),
            themes=dict(Theme.objects.values_list("slug", "id")),
            metrics=dict(Metric.objects.values_list("key", "id")),
            objectives=dict(Objective.objects.values_list("slug", "id")),
            epics=dict(Epic.objects.values_list("slug", "id")),
            guardrails=dict(Guardrail.objects.values_list("slug", "id")),
        )
