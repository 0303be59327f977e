"""The Celery application. Its messages are nudges: the work stands in rows of alignment.Job (alignment.queueing)."""
