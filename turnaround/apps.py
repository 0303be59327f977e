"""The Django application `turnaround`."""

from django.apps import AppConfig


class TurnaroundConfig(AppConfig):
    """Registers `turnaround` with Django."""

    name = "turnaround"
    default_auto_field = "django.db.models.BigAutoField"
