"""Forms of objectives and key results, for those who may change them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from alignment.forms.goals import KeyResultForm, ObjectiveForm
from alignment.models import KeyResult, Objective
from alignment.periods import Cadence, Period
from alignment.permissions import (
    check_may_add_objective,
    get_key_result_for,
    get_objective_for,
    teams_to_give_objectives,
)
from alignment.removing import Kept, put_back_key_result, remove_key_result
from alignment.removing_objectives import (
    acts_on,
    end_objective,
    put_back_objective,
    remove_objective,
)
from alignment.views.asking import signed_in
from alignment.views.editing import edit_answer
from alignment.views.framed import frame, readable_address

_TEMPLATE = "alignment/goal_form.html"
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@form_methods
@readable_address
def objective_new(request: HttpRequest) -> HttpResponse:
    """A new objective; product managers give it to their own team."""
    user = signed_in(request)
    check_may_add_objective(user)
    company, day, shell = frame(request)
    if company is None:
        raise Http404("There is no company yet.")
    quarter = Period.containing(day, Cadence.QUARTER, company.calendar)
    new = Objective(period_start=quarter.start, period_end=quarter.end, team_id=user.team_id)
    form = ObjectiveForm(_sent(request), instance=new, teams=teams_to_give_objectives(user))
    return edit_answer(
        request, form, _TEMPLATE, "objectives", shell, done=_page_of, heading="New objective",
        cancel=reverse("alignment:objectives"), action="Add the objective",
    )  # fmt: skip


@form_methods
@readable_address
def objective_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """An objective; 403 for those who may not change it."""
    user = signed_in(request)
    objective = get_objective_for(user, slug, to_change=True)
    _, _, shell = frame(request)
    name = objective.name
    form = ObjectiveForm(_sent(request), instance=objective, teams=teams_to_give_objectives(user))
    return edit_answer(
        request, form, _TEMPLATE, "objectives", shell, done=_page_of, heading=f"Change “{name}”",
        objective=objective, objective_name=name, cancel=_page_of(objective), action="Save",
        acts=acts_on(objective, timezone.now()),
    )  # fmt: skip


@form_methods
@readable_address
def key_result_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new key result of an objective."""
    objective = get_objective_for(signed_in(request), slug, to_change=True)
    _, _, shell = frame(request)
    new = KeyResult(objective=objective, start=objective.period_start, due=objective.period_end)
    form = KeyResultForm(_sent(request), instance=new)
    return edit_answer(
        request, form, _TEMPLATE, "objectives", shell, done=lambda row: _page_of(objective), objective=objective,
        objective_name=objective.name, heading="New key result", cancel=_page_of(objective),
        action="Add the key result",
    )  # fmt: skip


@form_methods
@readable_address
def key_result_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A key result of an objective; 403 for those who may not change it."""
    key_result = get_key_result_for(signed_in(request), slug, number, to_change=True)
    _, _, shell = frame(request)
    objective, name = key_result.objective, key_result.name
    form = KeyResultForm(_sent(request), instance=key_result)
    return edit_answer(
        request, form, _TEMPLATE, "objectives", shell, done=lambda row: f"{_page_of(objective)}#key-result-{row.pk}",
        objective=objective, objective_name=objective.name, heading=f"Change “{name}”", key_result=key_result,
        cancel=_page_of(objective), action="Save",
    )  # fmt: skip


@require_POST
def objective_remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an objective away that never counted; the list of objectives offers to put it back."""
    objective = get_objective_for(signed_in(request), slug, to_change=True)
    act = partial(remove_objective, objective=objective, seen=request.POST.get("seen", ""))
    done = f"“{objective.name}” is removed with its key results. Below it can be put back."
    return _acted(request, objective, act, done, f"{reverse('alignment:objectives')}#removed")


@require_POST
def objective_end(request: HttpRequest, slug: str) -> HttpResponse:
    """Make today the last day of an objective that counts; what was said of days before stays."""
    objective = get_objective_for(signed_in(request), slug, to_change=True)
    act = partial(end_objective, objective=objective, seen=request.POST.get("seen", ""))
    done = (
        "Today is its last day: from tomorrow on it no longer counts. To take that back, change its last day."
    )
    return _acted(request, objective, act, done, _page_of(objective))


@require_POST
def objective_put_back(request: HttpRequest, number: int) -> HttpResponse:
    """Put back an objective that was taken away lately; 404 where there is none that the person may change."""
    user = signed_in(request)
    check_may_add_objective(user)
    try:
        objective = put_back_objective(number=number, by=user, now=timezone.now())
    except Kept as kept:
        messages.error(request, str(kept))
        return HttpResponseRedirect(f"{reverse('alignment:objectives')}#removed", status=303)
    if objective is None:
        raise Http404("Nothing was removed here lately.")
    messages.success(request, "The objective is back as it was, with its key results.")
    return HttpResponseRedirect(_page_of(objective), status=303)


@require_POST
def key_result_remove(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a key result away; the objective's page offers to put it back."""
    user = signed_in(request)
    key_result = get_key_result_for(user, slug, number, to_change=True)
    why = remove_key_result(key_result=key_result, by=user, now=timezone.now())
    said = "The key result is removed from today on. Below it can be put back."
    messages.success(request, f"{said}{_not_ready(key_result.objective, why)}")
    return HttpResponseRedirect(f"{_page_of(key_result.objective)}#removed", status=303)


@require_POST
def key_result_put_back(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put back what was taken away lately; 404 where there is nothing."""
    user = signed_in(request)
    objective = get_objective_for(user, slug, to_change=True)
    try:
        why = put_back_key_result(objective=objective, number=number, by=user, now=timezone.now())
    except Kept as kept:
        messages.error(request, str(kept))
        return HttpResponseRedirect(f"{_page_of(objective)}#removed", status=303)
    if why is None:
        raise Http404("Nothing was removed here lately.")
    messages.success(request, f"The key result is back as it was.{_not_ready(objective, why)}")
    return HttpResponseRedirect(_page_of(objective), status=303)


def _acted(
    request: HttpRequest, objective: Objective, act: Callable[..., None], done: str, on: str
) -> HttpResponse:
    """Done and gone on from, or the form again with what forbids it."""
    try:
        act(by=signed_in(request), now=timezone.now())
    except Kept as kept:
        messages.error(request, f"Nothing was changed. {kept}")
        return HttpResponseRedirect(reverse("alignment:objective-edit", args=[objective.slug]), status=303)
    messages.success(request, done)
    return HttpResponseRedirect(on, status=303)


def _not_ready(objective: Objective, why: str) -> str:
    return f" “{objective.name}” is no longer marked ready, because {why}" if why else ""


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _page_of(objective: Objective) -> str:
    return reverse("alignment:objective", args=[objective.slug])
