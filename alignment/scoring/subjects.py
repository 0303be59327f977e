"""Finds what has a score by the name that commands and links use."""

from __future__ import annotations

from alignment.models import Company, KeyResult, Objective, Theme
from alignment.scoring.explanation import Subject, SubjectKind


class SubjectNotFound(LookupError):
    """Nothing has this name; the message says which forms there are, and near names."""


def find_subject(name: str) -> Subject:
    """The subject called `company`, `theme:SLUG`, `objective:SLUG` or `key-result:ID`."""
    kind, _, rest = name.partition(":")
    if kind == "company" and not rest:
        company = Company.objects.first()
        return Subject(SubjectKind.COMPANY, 0, "", company.name if company else "Company")
    if kind == "theme":
        theme = Theme.objects.filter(slug=rest).first()
        if theme is not None:
            return theme_subject(theme)
        raise SubjectNotFound(_no_such("theme", rest, Theme.objects.values_list("slug", flat=True)))
    if kind == "objective":
        objective = Objective.objects.filter(slug=rest).first()
        if objective is not None:
            return objective_subject(objective)
        raise SubjectNotFound(_no_such("objective", rest, Objective.objects.values_list("slug", flat=True)))
    if kind == "key-result":
        key_result = KeyResult.objects.filter(pk=int(rest)).first() if rest.isdecimal() else None
        if key_result is not None:
            return Subject(SubjectKind.KEY_RESULT, key_result.pk, "", key_result.name)
        raise SubjectNotFound(f"There is no key result {rest or 'without a number'}.")
    raise SubjectNotFound(
        f"“{name}” names nothing. Write company, theme:SLUG, objective:SLUG or key-result:ID."
    )


def theme_subject(theme: Theme) -> Subject:
    """A theme as a subject."""
    return Subject(SubjectKind.THEME, theme.pk, theme.slug, theme.name)


def objective_subject(objective: Objective) -> Subject:
    """An objective as a subject."""
    return Subject(SubjectKind.OBJECTIVE, objective.pk, objective.slug, objective.name)


def _no_such(kind: str, slug: str, slugs: object) -> str:
    from difflib import get_close_matches

    known = sorted(slugs)  # type: ignore[call-overload]
    near = get_close_matches(slug, known, n=3, cutoff=0.4) or known[:3]
    return f"There is no {kind} “{slug}”." + (f" Did you mean {', '.join(near)}?" if near else "")
