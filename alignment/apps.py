"""The Django application `alignment`."""

from django.apps import AppConfig


class AlignmentConfig(AppConfig):
    """Registers `alignment` with Django."""

    name = "alignment"
    default_auto_field = "django.db.models.BigAutoField"
