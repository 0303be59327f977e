"""Leadership's page. It takes the summaries of the apps and does no sums of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alignment.permissions import may_enter
from alignment.queries.news import news_for
from alignment.queries.overview import overview_page
from alignment.views.asking import signed_in
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def overview(request: HttpRequest) -> HttpResponse:
    """The overview of today, or of `?as_of=YYYY-MM-DD`; without a company, how to begin."""
    user = signed_in(request)
    company, day, shell = frame(request)
    page = overview_page(user, company, shell, day) if company and may_enter(user) else None
    news = news_for(user, shell, timezone.now(), company.currency) if company and page else None
    return framed(request, "overview.html", "overview", shell, page, news=news)
