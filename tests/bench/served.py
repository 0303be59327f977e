"""The application as production serves it (hashed, compressed static files), over plain HTTP on loopback.

Two pages to hold it against: hello-world, and a bare page that draws a page's figures and nothing else.
"""

from __future__ import annotations

import re
from functools import cache

import django
from csp.decorators import csp_exempt
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

_ = settings.SECRET_KEY  # the settings are read here, so that what follows stands
settings.SECURE_SSL_REDIRECT = False
settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "session", "csrf"
settings.ROOT_URLCONF = "tests.bench.served"
django.setup()

FIGURE = re.compile(r'<script id="(figure-[^"]+)" type="application/json">(.*?)</script>', re.S)
DRAW = """
const jobs = [...document.querySelectorAll("script[type='application/json']")].map((source) => {
  const target = document.getElementById("at-" + source.id);
  const figure = JSON.parse(source.textContent);
  return Plotly.newPlot(target, figure.data, figure.layout, { displayModeBar: false });
});
Promise.all(jobs).then(() => { window.allDrawn = performance.now(); });
"""


def hello(request: HttpRequest) -> HttpResponse:
    """The least that a page behind sign-in can do."""
    return HttpResponse(f"Hello {request.user}")


@cache
def figures_of(address: str, session: str) -> list[tuple[str, str]]:
    """Name and JSON of each figure of a page, read once."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.cookies.load({"session": session})
    return FIGURE.findall(client.get(address).content.decode())


@csp_exempt()  # its script stands within it
def bare(request: HttpRequest) -> HttpResponse:
    """The figures of the page that `?of=` names, drawn by the same bundle, without anything around them."""
    holders = "".join(
        f'<div id="at-{name}"></div><script id="{name}" type="application/json">{text}</script>'
        for name, text in figures_of(request.GET["of"], request.COOKIES["session"])
    )
    bundle = staticfiles_storage.url("vendor/plotly.js")
    scripts = f'<script src="{bundle}" defer></script><script type="module">{DRAW}</script>'
    figures = f'<div id="bare-figures">{holders}</div>{scripts}' if holders else ""
    return HttpResponse(
        f'<!doctype html><html lang="en"><title>Bare</title><body><p>Bare</p>{figures}</body></html>'
    )


urlpatterns = [path("hello", hello), path("bare", bare), path("", include("config.urls"))]
application = WSGIHandler()
