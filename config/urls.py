"""Every address of Plumbline. The apps own theirs; config adds the overview and the health checks."""

from django.urls import URLPattern, URLResolver, include, path

from alignment.views import signing_in
from config import health, overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("", overview.overview, name="overview"),
    path("sign-in", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/sample", signing_in.sign_in_as_sample, name="sign-in-as-sample"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("", include("alignment.urls")),
]
