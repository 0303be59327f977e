"""The composition: what is put together once Django's models are loaded."""

from django.apps import AppConfig


class CompositionConfig(AppConfig):
    """Makes the Celery application the current one and tells the queue which function does which kind of job,
    and the search what can be found."""

    name = "config"
    verbose_name = "Composition"

    def ready(self) -> None:
        """Imports for their effect; both are light."""
        from config import celery, finding, pipeline  # noqa: F401
