"""Gunicorn: sync workers (performance: ASGI servers are three times slower for these pages), loaded once and forked."""

import importlib
import os
import threading
from typing import Any

bind = (
    f"0.0.0.0:{os.environ.get('PORT', '8000')}"  # within a container; `make run` gives an address of its own
)
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "sync"
preload_app = True
timeout = 30
graceful_timeout = 15
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - heartbeats, not data
accesslog = None
errorlog = "-"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Load the broker's client behind the first pages: it takes half a second, which the first job should not pay."""
    threading.Thread(target=importlib.import_module, args=("kombu.transport.redis",), daemon=True).start()
