"""Signing in and out. In the sample company one click per role, where the setting allows it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from alignment.models import User
from alignment.queries.people import SamplePerson, sample_people
from alignment.throttle import TooManyAttempts, forget_attempts, note_attempt


class SignInForm(AuthenticationForm):
    """User name and password, with errors that say what to do and not which of the two was wrong."""

    error_messages = {
        "invalid_login": "User name and password do not belong together. Check both; capital letters count.",
        "inactive": "This account is closed. Ask an administrator to open it.",
    }


def offered_people() -> tuple[SamplePerson, ...]:
    """The people of the sample company, one for each role; nobody where one-click sign-in is not allowed."""
    return sample_people() if settings.SAMPLE_SIGN_IN else ()


def next_address(request: HttpRequest) -> str:
    """Where to go after signing in: `next` if it is an address of ours, else the overview."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours else resolve_url(settings.LOGIN_REDIRECT_URL)


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(View):
    """The form, and what it sends. Attempts are counted per account and per address before a password is read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, or the overview for somebody who is signed in already."""
        if request.user.is_authenticated:
            return redirect(next_address(request))
        return self.page(request, SignInForm(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check user name and password; 429 with how long to wait after too many attempts."""
        account, address = request.POST.get("username", ""), request.META.get("REMOTE_ADDR", "")
        try:
            note_attempt(account=account, address=address, now=timezone.now())
        except TooManyAttempts as refusal:
            response = self.page(request, SignInForm(request), status=429, problem=str(refusal))
            response["Retry-After"] = str(refusal.seconds)
            return response
        form = SignInForm(request, data=request.POST)
        if not form.is_valid():
            return self.page(request, form, status=422)
        login(request, form.get_user())
        forget_attempts(account=account)
        return HttpResponseRedirect(next_address(request))

    def page(self, request: HttpRequest, form: SignInForm, **more: Any) -> HttpResponse:
        """The page with the form as it was sent; what was typed stays, but for the password."""
        status = more.pop("status", 200)
        context = {"form": form, "people": offered_people(), "next": next_address(request), **more}
        return render(request, "sign_in.html", context, status=status)


@login_not_required
@require_POST
@never_cache
def sign_in_as_sample(request: HttpRequest) -> HttpResponse:
    """Sign in as the sample company's person of the role that was clicked; 404 where that is not allowed."""
    person = next((person for person in offered_people() if person.role == request.POST.get("role")), None)
    if person is None:
        raise Http404("One-click sign-in is for the sample company alone.")
    login(request, User.objects.get(pk=person.id), backend="django.contrib.auth.backends.ModelBackend")
    return redirect(next_address(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and have the browser forget what it kept of ours."""
    logout(request)
    response = redirect("sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    response["Cache-Control"] = "no-store"
    return response
