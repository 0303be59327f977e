"""How a form is answered: shown, refused with words (422), out of date (409), or saved and gone on from (303)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from alignment.editing import Refused, Saved, save_edit
from alignment.forms.editing import EditForm
from alignment.queries.shell import Shell
from alignment.views.asking import signed_in
from alignment.views.framed import framed

SAVED = "Your change is saved. Scores and statuses follow within a minute."
UNCHANGED = "Nothing was different, so nothing was changed."


def edit_answer(
    request: HttpRequest,
    form: EditForm,
    template: str,
    place: str,
    shell: Shell,
    *,
    done: Callable[[Any], str],
    **more: Any,
) -> HttpResponse:
    """The answer to GET and POST of a form; `done` gives the address to go on to from the saved row.

    The template sees the form as `form` and `more` by name; it includes components/_form.html.
    """
    status, adds = 200, form.instance._state.adding
    if request.method == "POST":
        status = 422
        if form.is_valid():
            result = save_edit(form=form, by=signed_in(request), now=timezone.now())
            if isinstance(result, Saved):
                messages.success(request, SAVED if result.changed else UNCHANGED)
                return HttpResponseRedirect(done(result.instance), status=303)
            status = 422 if isinstance(result, Refused) else 409
    response = framed(request, template, place, shell, None, status=status, form=form, **more)
    if adds:
        response["Cache-Control"] = "no-store"  # each tab gets a form of its own
    return response
