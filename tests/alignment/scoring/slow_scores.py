"""The sums of docs/scoring.md once more, slowly and obviously: exact fractions, no sharing, no shortcuts."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from alignment.periods import Period
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.inputs import (
    Definitions,
    EpicInput,
    KeyResultInput,
    MetricInput,
    ObjectiveInput,
    Reading,
    Snapshot,
)
from alignment.scoring.policy import Policy

Number = Fraction | None


def slow_score(subject: Subject, snapshot: Snapshot, policy: Policy) -> tuple[Number, list[Number]]:
    """Score before the coverage floor (None: nothing is known), and the components' values."""
    values = [slow_outcomes(subject, snapshot, policy)]
    weights = [100]
    if subject.kind is not SubjectKind.OBJECTIVE:
        values += [
            slow_funding(subject, snapshot, policy),
            slow_focus(subject, snapshot),
            slow_evidence(subject, snapshot, policy),
            slow_guardrails(subject, snapshot),
        ]
        weights = list(policy.weights)
    known = [(w, v) for w, v in zip(weights, values, strict=True) if v is not None and w]
    if not known:
        return None, values
    return 100 * sum(w * v for w, v in known) / sum(w for w, _ in known), values


def mean(parts: list[tuple[Fraction, Number]]) -> Number:
    known = [(weight, value) for weight, value in parts if value is not None]
    total = sum((weight for weight, _ in known), Fraction(0))
    return sum((w * v for w, v in known), Fraction(0)) / total if total else None


def slow_outcomes(subject: Subject, snapshot: Snapshot, policy: Policy) -> Number:
    definitions, parts = snapshot.definitions, []
    for objective in definitions.objectives:
        if subject.kind is SubjectKind.OBJECTIVE:
            if objective.id == subject.id:
                return slow_objective(objective, snapshot, policy)
        elif objective.parent_id is None and objective.period_start <= snapshot.day <= objective.period_end:
            theme = next(t for t in definitions.themes if t.id == objective.theme_id)
            weight = Fraction(objective.weight)
            if subject.kind is SubjectKind.COMPANY:
                weight *= Fraction(theme.weight)
            elif theme.id != subject.id:
                continue
            parts.append((weight, slow_objective(objective, snapshot, policy)))
    return mean(parts)


def slow_objective(objective: ObjectiveInput, snapshot: Snapshot, policy: Policy) -> Number:
    key_results = [k for k in snapshot.definitions.key_results if k.objective_id == objective.id]
    children = [o for o in snapshot.definitions.objectives if o.parent_id == objective.id]
    own = [
        (Fraction(k.weight), slow_leaned(k, objective, snapshot))
        for k in key_results
        if k.start <= snapshot.day
    ]
    below = [
        (Fraction(o.weight), slow_objective(o, snapshot, policy))
        for o in children
        if o.period_start <= snapshot.day
    ]
    return mean(own + below)


def slow_leaned(key_result: KeyResultInput, objective: ObjectiveInput, snapshot: Snapshot) -> Number:
    attainment = slow_attainment(key_result, snapshot)
    if attainment is None:
        return None
    day = slow_judged_on(key_result, snapshot)
    over = Fraction((day - key_result.start).days, (key_result.due - key_result.start).days)
    over = min(Fraction(1), max(Fraction(0), over))
    prior = snapshot.priors.get((objective.theme_id, objective.period_start))
    if prior is None:
        return attainment if over >= Fraction(1, 4) else None
    return over**2 * attainment + (1 - over**2) * Fraction(prior)


def slow_attainment(key_result: KeyResultInput, snapshot: Snapshot) -> Number:
    metric = key_result.metric
    if metric is None:
        return None
    horizon = key_result.due + timedelta(days=92)
    readings = slow_counting(key_result, metric, snapshot)
    if not readings:
        return None
    period = Period(readings[-1].period_start, metric.cadence)
    day = slow_judged_on(key_result, snapshot)
    kept_until = day + (period.next(3).end - period.next().end)
    if day < min(snapshot.day, horizon) and kept_until < min(snapshot.day, horizon):
        return None
    if key_result.kind == "band" or key_result.baseline == key_result.target is not None:
        return slow_band(key_result, metric, readings, day)
    base = 0.0 if key_result.kind == "cumulative" else key_result.baseline
    if base is None or key_result.target is None or base == key_result.target:
        return None
    current = Fraction(readings[-1].value)
    if key_result.kind == "cumulative":
        own = [Fraction(r.value) for r in readings if r.period_start >= key_result.start]
        current = sum(own, Fraction(0))
    journey = Fraction(key_result.target) - Fraction(base)
    progress = (current - Fraction(base)) / journey
    shortfall = max(Fraction(0), slow_expected(key_result, Fraction(base), journey, day) - progress)
    return min(Fraction(1), max(Fraction(0), 1 - shortfall))


def slow_counting(key_result: KeyResultInput, metric: MetricInput, snapshot: Snapshot) -> list[Reading]:
    horizon = key_result.due + timedelta(days=92)
    return [
        reading
        for reading in snapshot.readings.get(metric.id, ())
        if reading.period_end <= key_result.due and reading.first_known_on <= horizon
    ]


def slow_judged_on(key_result: KeyResultInput, snapshot: Snapshot) -> date:
    day = min(snapshot.day, key_result.due + timedelta(days=92))
    metric = key_result.metric
    readings = slow_counting(key_result, metric, snapshot) if metric is not None else []
    if metric is None or not readings:
        return day
    following = Period(readings[-1].period_start, metric.cadence).next()
    if following.end > key_result.due:
        return day  # nothing more is to come
    return min(day, following.end + timedelta(days=metric.lag_days + following.days // 2))


def slow_expected(key_result: KeyResultInput, base: Fraction, journey: Fraction, day: date) -> Fraction:
    if day < key_result.start:
        return Fraction(0)
    if day >= key_result.due:
        return Fraction(1)
    points = [(key_result.start, Fraction(0)), (key_result.due, Fraction(1))]
    for at, value in key_result.targets:
        if key_result.start < at < key_result.due:
            points.append((at, (Fraction(value) - base) / journey))
    points.sort()
    for (left, low), (right, high) in pairwise(points):
        if left <= day <= right:
            return low + (high - low) * Fraction((day - left).days, (right - left).days)
    raise AssertionError("the path covers every day")


def slow_band(key_result: KeyResultInput, metric: MetricInput, readings: list[Reading], day: date) -> Number:
    limit = {"day": 91, "week": 13, "month": 6, "quarter": 4, "fiscal-year": 4}[metric.cadence.value]
    lower, upper = key_result.bounds
    if lower is None and upper is None:
        return None
    own = {r.period_start: r.value for r in readings if r.period_start >= key_result.start}
    if not own:
        return None
    periods = []
    period = Period.containing(key_result.start, metric.cadence)
    if period.start < key_result.start:
        period = period.next()
    while period.end <= key_result.due and (
        period.end + timedelta(days=metric.lag_days) <= day or period.start <= max(own)
    ):
        periods.append(period.start)
        period = period.next()
    window = periods[-limit:]
    came = [own[start] for start in window if start in own]
    if not came or len(window) - len(came) > len(window) / 2:
        return None
    inside = [v for v in came if (lower is None or v >= lower) and (upper is None or v <= upper)]
    return Fraction(len(inside), len(came))


def slow_funding(subject: Subject, snapshot: Snapshot, policy: Policy) -> Number:
    definitions = snapshot.definitions
    months, month = [], snapshot.day.replace(day=1)
    for _ in range(policy.parameters.spend_months):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    homes: list[int | None] = [None, *(theme.id for theme in definitions.themes)]
    spend: dict[int | None, Fraction] = {}
    for home in homes:
        total = Fraction(0)
        for line in definitions.budget:
            if line.theme_id == home and line.month in months:
                amount = line.actual
                if amount is None:
                    amount = line.planned if line.revised is None else line.revised
                total += Fraction(amount)
        spend[home] = max(Fraction(0), total)
    money = sum(spend.values(), Fraction(0))
    weight = sum((Fraction(theme.weight) for theme in definitions.themes), Fraction(0))
    if money <= 0 or len([t for t in definitions.themes if t.weight > 0]) < 2:
        return None
    shares = {t.id: (spend[t.id] / money, Fraction(t.weight) / weight) for t in definitions.themes}
    if subject.kind is SubjectKind.THEME:
        s, g = shares[subject.id]
        return min(s, g) / max(s, g) if max(s, g) else None
    moved = sum((abs(s - g) for s, g in shares.values()), Fraction(0)) + spend[None] / money
    return 1 - moved / 2


def slow_focus(subject: Subject, snapshot: Snapshot) -> Number:
    active = [e for e in _epics(subject, snapshot.definitions) if e.is_active(snapshot.day)]
    if not active:
        return None
    by_effort = len([e for e in active if e.effort is not None]) * 5 >= len(active) * 4
    good = everything = Fraction(0)
    for epic in active:
        amount = epic.effort if by_effort else epic.money
        if amount is None:
            continue
        everything += Fraction(amount)
        names = epic.objective_id is not None or epic.guardrail_id is not None
        own_way = epic.kind in ("platform", "debt") and names
        if own_way or (epic.objective_id is not None and epic.has_hypothesis):
            good += Fraction(amount)
    return good / everything if everything else None


def slow_evidence(subject: Subject, snapshot: Snapshot, policy: Policy) -> Number:
    definitions, day = snapshot.definitions, snapshot.day
    factors: list[Number] = []
    came = expected = 0
    for metric in definitions.metrics:
        if subject.kind is SubjectKind.THEME and subject.id not in definitions.themes_of_metric.get(
            metric.id, ()
        ):
            continue
        if metric.first_import is None or metric.first_import > day:
            continue
        lag, due = timedelta(days=metric.lag_days), []
        period = Period.containing(date(2024, 1, 1), metric.cadence)
        while period.end + lag <= day:
            if period.end >= metric.first_import:
                due.append(period)
            period = period.next()
        for period in due[-policy.parameters.expected_readings :]:
            expected += 1
            came += any(
                r.period_start == period.start and r.first_known_on <= period.end + lag
                for r in snapshot.readings.get(metric.id, ())
            )
    if expected:
        factors.append(Fraction(came, expected))
    measured: list[tuple[Fraction, Number]] = []
    for key_result in definitions.key_results:
        objective = next(o for o in definitions.objectives if o.id == key_result.objective_id)
        if objective.period_start <= day <= objective.period_end and (
            subject.kind is SubjectKind.COMPANY or objective.theme_id == subject.id
        ):
            measured.append((Fraction(key_result.weight), Fraction(int(_measurable(key_result)))))
    factors.append(mean(measured))
    promised = [
        e
        for e in _epics(subject, definitions)
        if e.promised is not None
        and day - timedelta(weeks=policy.parameters.promise_weeks) < e.promised <= day
    ]
    if promised:
        kept = [e for e in promised if e.seen is not None and e.promised and e.seen <= e.promised]
        factors.append(Fraction(len(kept), len(promised)))
    known = [factor for factor in factors if factor is not None]
    product = Fraction(1)
    for factor in known:
        product *= factor
    return product if known else None


def _measurable(key_result: KeyResultInput) -> bool:
    if key_result.metric is None:
        return False
    if key_result.kind == "band":
        return key_result.lower_bound is not None or key_result.upper_bound is not None
    if key_result.kind == "cumulative":
        return key_result.target not in (None, 0.0)
    return key_result.baseline is not None and key_result.target is not None


def slow_guardrails(subject: Subject, snapshot: Snapshot) -> Number:
    definitions, parts = snapshot.definitions, []
    for guardrail in definitions.guardrails:
        if subject.kind is SubjectKind.THEME:
            theme = next(t for t in definitions.themes if t.id == subject.id)
            if not definitions.guards(guardrail, theme):
                continue
        readings = snapshot.readings.get(guardrail.metric.id, ())
        value: Number = None
        if readings:
            period = Period(readings[-1].period_start, guardrail.metric.cadence)
            half = period.next().days // 2
            kept = period.next(3).end + timedelta(days=guardrail.metric.lag_days + half)
            if snapshot.day <= kept:
                last = readings[-1].value
                low, high = guardrail.lower_bound, guardrail.upper_bound
                value = Fraction(int((low is None or last >= low) and (high is None or last <= high)))
        parts.append((Fraction(guardrail.importance), value))
    return mean(parts)


def _epics(subject: Subject, definitions: Definitions) -> list[EpicInput]:
    return [e for e in definitions.epics if subject.kind is SubjectKind.COMPANY or e.theme_id == subject.id]
