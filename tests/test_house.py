"""The house keeps its shape: foreign keys and templates point down, nothing lives in a drawer."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["alignment", "diagnostics", "turnaround"]
DRAWERS = {"utils", "helpers", "services", "common", "core"}
LONGEST_FILE = 400


def test_foreign_keys_point_down_only() -> None:
    upward = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ORDER
        for field in model._meta.get_fields()
        if getattr(field, "many_to_one", False) or getattr(field, "one_to_one", False)
        if field.related_model is not None and not field.auto_created
        if field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > ORDER.index(model._meta.app_label)
    ]
    assert upward == []


def test_templates_include_and_extend_no_higher_app() -> None:
    upward = [
        f"{template.relative_to(ROOT)} uses {name}"
        for position, app in enumerate(ORDER)
        for template in (ROOT / "templates" / app).rglob("*.html")
        for name in re.findall(r"{% (?:include|extends) [\"']([^\"']+)", template.read_text())
        if name.split("/")[0] in ORDER[position + 1 :]
    ]
    assert upward == []


def test_no_module_is_a_drawer_and_no_file_grows_past_reading() -> None:
    modules = [path for app in (*ORDER, "config", "tests") for path in (ROOT / app).rglob("*.py")]
    assert len(modules) > 50
    assert [path for path in modules if path.stem in DRAWERS or path.parent.name in DRAWERS] == []
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}
