"""Themes side by side, and one of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from alignment.forms.theme import ThemeForm
from alignment.permissions import get_theme_for, may_change_themes, may_enter, may_see_money
from alignment.queries.known import load_known
from alignment.queries.portfolio import SORTS, portfolio_page
from alignment.queries.theme import theme_page
from alignment.views.asking import AddressProblem, signed_in
from alignment.views.editing import edit_answer
from alignment.views.exporting import export_asked
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def portfolio(request: HttpRequest) -> HttpResponse:
    """All themes, in the order of `?sort=`; as a file with `?format=`."""
    user = signed_in(request)
    company, day, shell = frame(request)
    sort = request.GET.get("sort") or "plan"
    if sort not in SORTS:
        raise AddressProblem(
            f"“{sort[:40]}” is no order of themes. Write sort as one of: {', '.join(SORTS)}."
        )
    page = None
    if company and may_enter(user):
        page = portfolio_page(load_known(day), company, sees_money=may_see_money(user), sort=sort)
    if page and (file := export_asked(request, page.sheet, f"portfolio-{day}")):
        return file
    return framed(request, "alignment/portfolio.html", "portfolio", shell, page)


@require_safe
@readable_address
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """One theme; 404 for those who may not know of it."""
    user = signed_in(request)
    found = get_theme_for(user, slug)
    company, day, shell = frame(request)
    if company is None:
        raise Http404("There is no company yet.")
    page = theme_page(found, company, day, sees_money=may_see_money(user))
    may_change = may_change_themes(user)
    return framed(request, "alignment/theme.html", "portfolio", shell, page, may_change=may_change)


@require_http_methods(["GET", "HEAD", "POST"])
@readable_address
def theme_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """A theme's name, weight, owner and value stream; 403 for those who may not change it."""
    found = get_theme_for(signed_in(request), slug, to_change=True)
    _, _, shell = frame(request)
    name, address = found.name, reverse("alignment:theme", args=[found.slug])
    form = ThemeForm(request.POST if request.method == "POST" else None, instance=found)
    return edit_answer(
        request, form, "alignment/theme_form.html", "portfolio", shell, done=lambda saved: address,
        heading=f"Change “{name}”", theme_name=name, cancel=address, action="Save",
    )  # fmt: skip
