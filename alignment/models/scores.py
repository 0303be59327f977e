"""What the sums say: policies, scores by day, status changes, chances, signals and what was said. All but policies are
derived; each has one writer, `alignment.scoring.recompute`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alignment.models.goals import KeyResult


class ScorePolicy(models.Model):
    """A version of the rules: which preset judges key results, and how much each component weighs."""

    version = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=200)
    preset = models.CharField(max_length=40, default="plumbline")
    parameters = models.JSONField(default=dict, blank=True)
    outcomes_weight = models.PositiveSmallIntegerField(default=35)
    funding_weight = models.PositiveSmallIntegerField(default=20)
    focus_weight = models.PositiveSmallIntegerField(default=20)
    evidence_weight = models.PositiveSmallIntegerField(default=15)
    guardrails_weight = models.PositiveSmallIntegerField(default=10)
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "score policies"
        ordering = ["version"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    outcomes_weight=100
                    - F("funding_weight")
                    - F("focus_weight")
                    - F("evidence_weight")
                    - F("guardrails_weight")
                ),
                name="score_policy_weights_sum_to_100",
            ),
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="score_policy_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


class SubjectKind(models.TextChoices):
    """What a score is about."""

    COMPANY = "company", "Company"
    THEME = "theme", "Theme"
    OBJECTIVE = "objective", "Objective"


class Score(models.Model):
    """The score of one subject at the end of one day under one policy, with its components.

    `value` is 0..100, null where under half of what it rests on is known; `coverage` is 0..1. `fingerprint`
    names the inputs: equal fingerprints mean equal scores, bit for bit.
    """

    subject_kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField(help_text="id of the theme or objective; 0 for the company")
    day = models.DateField()
    policy = models.ForeignKey(ScorePolicy, on_delete=models.PROTECT, related_name="scores")
    value = models.FloatField(null=True)
    coverage = models.FloatField()
    components = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64)
    reconstructed = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "day", "policy"], name="score_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(value=None) | (Q(value__gte=0) & Q(value__lte=100)), name="score_within_0_and_100"
            ),
            models.CheckConstraint(
                condition=Q(coverage__gte=0) & Q(coverage__lte=1), name="score_coverage_is_share"
            ),
            models.CheckConstraint(
                condition=~Q(subject_kind="company") | Q(subject_id=0), name="score_company_is_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} on {self.day}"


class KeyResultStatus(models.Model):
    """The status of a key result from `day` on, until the next row: a row stands only where it changed.

    Rows stay when a key result is removed: the pages of days on which it stood go on saying what was said then.
    """

    key_result = models.ForeignKey(
        KeyResult, on_delete=models.DO_NOTHING, db_constraint=False, related_name="statuses"
    )
    day = models.DateField()
    policy = models.ForeignKey(ScorePolicy, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=KeyResult.Status.choices)
    attainment = models.FloatField(null=True)
    progress = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    reason = models.TextField()
    reading_period_start = models.DateField(null=True)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "key result statuses"
        ordering = ["key_result_id", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["key_result", "day", "policy"], name="key_result_status_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="key_result_status_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.key_result_id} {self.status} since {self.day}"


class KeyResultPace(models.Model):
    """How likely a key result reaches its target, by the evidence that is known from `day` on, until the next row.

    A row for each set of readings between start and due date; it holds whatever the policy. `probability` is null
    where it cannot be told, and `sentence` says why. `expected`, `low` and `high` are foretold for the due date, where
    `target` is asked for; `steps` lead there: [last day of a period, expected, low, high]. `fingerprint` names the
    readings, the definition and the rule: equal ones mean equal answers, so nothing is asked twice.
    """

    key_result = models.ForeignKey(
        KeyResult, on_delete=models.DO_NOTHING, db_constraint=False, related_name="paces"
    )
    day = models.DateField()
    probability = models.FloatField(null=True)
    sentence = models.TextField()
    expected = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    target = models.FloatField(null=True)
    steps = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["key_result_id", "day"]
        constraints = [
            models.UniqueConstraint(fields=["key_result", "day"], name="key_result_pace_once_a_day"),
            models.CheckConstraint(
                condition=Q(probability=None) | (Q(probability__gte=0) & Q(probability__lte=1)),
                name="key_result_pace_is_share",
            ),
            models.CheckConstraint(
                condition=Q(probability=None)
                | (Q(low__lte=F("high")) & Q(expected__isnull=False) & Q(target__isnull=False)),
                name="key_result_pace_has_its_range",
            ),
            models.CheckConstraint(condition=~Q(sentence=""), name="key_result_pace_has_sentence"),
        ]

    def __str__(self) -> str:
        return f"{self.key_result_id} since {self.day}: {self.sentence}"


class Signal(models.Model):
    """What a metric's readings show: one row for each question asked of it.

    `as_of` is the end of the last period judged (of staleness today), null without readings; of news the day since
    which it is shown, null where that was so in the first run. Equal fingerprints mean equal answers.
    """

    class Kind(models.TextChoices):
        STALENESS = "staleness", "Has it reported when it should?"
        TREND = "trend", "Is it improving, worsening, or is there no clear change?"
        SHIFT = "shift", "Are the latest readings different?"
        STORY = "story", "Did it step or drift?"
        CHANGES = "changes", "When did it change for good?"
        HEADLINE = "headline", "What is said first?"
        NEWS = "news", "Does its trend stand out among those of its category?"

    metric = models.ForeignKey("Metric", on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    verdict = models.CharField(max_length=32)
    sentence = models.TextField(blank=True)
    as_of = models.DateField(null=True)
    details = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "kind"], name="signal_once_a_question")]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.kind}: {self.verdict}"


class MetricVerdict(models.Model):
    """What was said of a metric from `day` on, until the next row: a row stands only where a word of it changed.

    Written by the run of that day and never afterwards, so that a past day reads what was said then, whatever the
    rules say since. `sentence` and `as_of` (the end of the last period judged) are those of the day on which the words
    were first said. `claim` is the trend that stands out among those of its category ("" none), `since` the day from
    which that is so, null where it was from the first judgement on, and `before` the claim until then.
    `rule` is the version of the rules that judged: what they alone changed is no news.
    """

    metric = models.ForeignKey("Metric", on_delete=models.CASCADE, related_name="verdicts")
    day = models.DateField()
    verdict = models.CharField(max_length=32)
    sentence = models.TextField(blank=True)
    tone = models.CharField(max_length=8, blank=True)
    as_of = models.DateField(null=True)
    trend = models.CharField(max_length=32)
    claim = models.CharField(max_length=16, blank=True)
    since = models.DateField(null=True)
    before = models.CharField(max_length=16, blank=True)
    rule = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["metric", "day"], name="metric_verdict_once_a_day"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(since__lte=F("day")),
                name="metric_verdict_since_its_day_at_latest",
            ),
            models.CheckConstraint(
                condition=Q(before="") | Q(since__isnull=False), name="metric_verdict_before_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.verdict} since {self.day}"
