"""The policy lab: history under two policies. Everything it is asked stands in the address; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from alignment.forms.policy_lab import ACTIVE, OWN, OWN_SHARES, LabProblem, sides_from, stretch_from
from alignment.models import Objective, Theme
from alignment.permissions import (
    get_objective_for,
    get_theme_for,
    objectives_visible_to,
    themes_visible_to,
)
from alignment.queries.objectives import Choice
from alignment.queries.policy_lab import TooMuch, policy_lab
from alignment.scoring.loading import active_policy, policy_from
from alignment.scoring.policy import PRESETS, Policy
from alignment.views.asking import AddressProblem, signed_in
from alignment.views.exporting import export_asked
from alignment.views.framed import frame, framed, readable_address


@dataclass(frozen=True, slots=True)
class _Form:
    """What the form above the answer shows."""

    first: tuple[Choice, ...]
    second: tuple[Choice, ...]
    presets: tuple[Choice, ...]
    shares: tuple[tuple[str, str, str, str], ...]  # (name, label, typed, what counts now)
    themes: tuple[Choice, ...]
    objective: Objective | None
    own_is_open: bool


@require_safe
@readable_address
def lab(request: HttpRequest) -> HttpResponse:
    """Two policies over a stretch of days, for the whole company, a theme or an objective; or as a file."""
    user = signed_in(request)
    company, day, shell = frame(request)
    if company is None:
        return framed(request, "alignment/policy_lab.html", "objectives", shell, None)
    rows, theme, objective = _where(request)
    active = policy_from(active_policy())
    try:
        page = policy_lab(rows, *sides_from(request.GET, active), stretch_from(request.GET, day))
    except (LabProblem, TooMuch) as problem:
        raise AddressProblem(str(problem)) from problem
    if answer := export_asked(request, page.sheet, "policy-lab"):
        return answer
    form = _form(request.GET, active, list(themes_visible_to(user)), theme, objective)
    return framed(request, "alignment/policy_lab.html", "objectives", shell, page, form=form)


def _where(request: HttpRequest) -> tuple[QuerySet[Objective], Theme | None, Objective | None]:
    """The objectives of `?objective=` or `?theme=`, else all; 404 for those who may not know of it."""
    user = signed_in(request)
    rows = objectives_visible_to(user)
    if slug := request.GET.get("objective", ""):
        objective = get_objective_for(user, slug)
        return rows.filter(pk=objective.pk), None, objective
    if slug := request.GET.get("theme", ""):
        theme = get_theme_for(user, slug)
        return rows.filter(theme=theme), theme, None
    return rows, None, None


def _form(
    asked: Mapping[str, str],
    active: Policy,
    themes: list[Theme],
    theme: Theme | None,
    objective: Objective | None,
) -> _Form:
    first, second = asked.get("first") or ACTIVE, asked.get("second") or "cascade"
    names = {ACTIVE: "The policy that counts", OWN: "Own parameters"}
    names |= {name: preset.name for name, preset in PRESETS.items()}
    preset = asked.get("preset") or active.preset
    return _Form(
        tuple(Choice(name, label, name == first) for name, label in names.items()),
        tuple(Choice(name, label, name == second) for name, label in names.items()),
        tuple(Choice(name, found.name, name == preset) for name, found in PRESETS.items()),
        tuple(
            (name, label, asked.get(name, ""), f"{getattr(active.parameters, name):g}")
            for name, label in OWN_SHARES.items()
        ),
        tuple(Choice(one.slug, one.name, one == theme) for one in themes),
        objective,
        OWN in (first, second),
    )
