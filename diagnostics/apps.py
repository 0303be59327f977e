"""The Django application `diagnostics`."""

from django.apps import AppConfig


class DiagnosticsConfig(AppConfig):
    """Registers `diagnostics` with Django."""

    name = "diagnostics"
    default_auto_field = "django.db.models.BigAutoField"
