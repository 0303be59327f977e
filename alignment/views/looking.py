"""A person tells that they looked at the overview."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST

from alignment.looking import record_look
from alignment.models import Company
from alignment.permissions import may_enter
from alignment.views.asking import signed_in, today_of


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Told by the page itself a few seconds after it was opened, or by the button, which begins the news from here."""
    user = signed_in(request)
    if not may_enter(user):
        raise Http404("Nothing is shown to people without a role.")
    as_read = "read" in request.POST
    record_look(by=user, now=timezone.now(), today=today_of(Company.objects.first()), as_read=as_read)
    return HttpResponseRedirect(resolve_url("overview")) if as_read else HttpResponse(status=204)
