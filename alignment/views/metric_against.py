"""Two metrics held against each other, and choosing the other one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from alignment.models import Metric
from alignment.permissions import get_metric_for, metrics_visible_to
from alignment.queries.addresses import asking
from alignment.queries.metric_against import against_page, choosing_page, lag_problem
from alignment.views.asking import AddressProblem, signed_in
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def choose(request: HttpRequest, key: str) -> HttpResponse:
    """With what a metric can be compared, found by `?q=`; `?with=` goes on to the comparison."""
    user = signed_in(request)
    first = get_metric_for(user, key)
    if other := request.GET.get("with", ""):
        return HttpResponseRedirect(_address(request, first, get_metric_for(user, other)))
    _, _, shell = frame(request)
    page = choosing_page(
        first,
        metrics_visible_to(user),
        words=request.GET.get("q", "").strip()[:200],
        lag=_asked_lag(request, first),
    )
    return framed(request, "alignment/metric_choose.html", "metrics", shell, page)


@require_safe
@readable_address
def against(request: HttpRequest, key: str, other: str) -> HttpResponse:
    """Whether one metric outgrows another, with `?lag=` periods between them."""
    user = signed_in(request)
    first, second = get_metric_for(user, key), get_metric_for(user, other)
    company, day, shell = frame(request)
    if company is None:
        raise Http404("There is no company yet.")
    _check_differ(first, second)
    page = against_page(first, second, metrics_visible_to(user), day, lag=_asked_lag(request, first))
    return framed(request, "alignment/metric_against.html", "metrics", shell, page)


def _check_differ(first: Metric, second: Metric) -> None:
    if first.pk == second.pk:
        raise AddressProblem(f"“{first.name}” cannot be compared with itself. Choose another metric.")


def _asked_lag(request: HttpRequest, metric: Metric) -> int:
    """The lag in periods, 0 where none is asked for. Raises AddressProblem for what is no lag or too long a one."""
    text = request.GET.get("lag", "").strip().replace("−", "-").removeprefix("+") or "0"
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 6):
        raise AddressProblem(
            f"“{text[:40]}” is no lag. Write lag as a whole number of periods, such as lag=13."
        )
    if problem := lag_problem(metric, int(text)):
        raise AddressProblem(problem)
    return int(text)


def _address(request: HttpRequest, first: Metric, second: Metric) -> str:
    """Of the comparison, with the lag and the day that were asked for."""
    _check_differ(first, second)
    lag = _asked_lag(request, first)
    address = reverse("alignment:metric-against", args=[first.key, second.key])
    return asking(address, {"lag": lag, "as_of": request.GET.get("as_of", "")})
