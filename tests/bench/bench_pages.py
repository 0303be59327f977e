"""Pages of the sample company: queries, bytes and time, as a ratio to a hello-world view behind the same sign-in.

    python -m tests.bench.bench_pages [--rounds 30]

All views are asked in turn within one process, through every middleware, in interleaved rounds. Goal: the overview's
95th percentile at most 20 times hello's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.bench_import import ROOT, Bench
from tests.database import running_servers, session_state


def run_child(rounds: int) -> None:
    """Load the sample, sign in, ask; print a line for each page."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from alignment.models import Objective, User

    settings.SECURE_SSL_REDIRECT = False
    settings.ROOT_URLCONF = "tests.bench.pages_urls"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    call_command("load_sample", verbosity=0, stdout=sys.stderr)
    call_command("recompute", "--full", verbosity=0, stdout=sys.stderr)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.filter(groups__name="executive")[0])
    slug = Objective.objects.order_by("-period_end", "id")[0].slug
    addresses = ["/hello", "/", "/objectives", f"/objectives/{slug}", "/why/company"]
    taken: dict[str, list[float]] = {address: [] for address in addresses}
    for _ in range(rounds):
        for address in addresses:
            began = time.perf_counter()
            response = client.get(address)
            taken[address].append(time.perf_counter() - began)
            assert response.status_code == 200, address
    hello = sorted(taken["/hello"])
    print(
        "page                                      queries    bytes    median       p95  p95/hello  median/hello"
    )
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            size = len(client.get(address).content)
        times = sorted(taken[address])
        late, late_hello = times[int(0.95 * len(times))], hello[int(0.95 * len(hello))]
        print(
            f"{address[:40]:<40} {len(queries):>8} {size:>8,} {1000 * median(times):>6.1f} ms {1000 * late:>6.1f} ms "
            f"{late / late_hello:>9.1f} {median(times) / median(hello):>12.1f}"
        )


def main() -> None:
    """Run in a process and database of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        run_child(given.rounds)
        return
    with running_servers(session_state()) as state, tempfile.TemporaryDirectory() as folder:
        Bench(state, Path(folder)).prepare()
        command = [sys.executable, "-m", "tests.bench.bench_pages", "--child", "--rounds", str(given.rounds)]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
