"""Every page of the sample company: queries, bytes and time, as a ratio to a hello-world view behind the same sign-in.

    python -m tests.bench.bench_pages [--rounds 30]

The pages are those of tests/alignment/views/addresses. All are asked in turn within one process, through every
middleware, in interleaved rounds, three times each: "first" after something was written (nothing is kept), "again" by
anybody while nothing changed, and "unchanged" by a browser that holds the page (304). Ratios are of medians to hello's;
p95 is that of "again". Goals: the overview's p95 at most 20 times hello's, unchanged at most 6 times.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

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

    from alignment.models import User
    from alignment.queries.kept import forget

    settings.SECURE_SSL_REDIRECT = False
    settings.ROOT_URLCONF = "tests.bench.pages_urls"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    call_command("load_sample", verbosity=0, stdout=sys.stderr)
    call_command("recompute", "--full", verbosity=0, stdout=sys.stderr)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.filter(groups__name="executive")[0])
    addresses = ["/hello", *sample_addresses()]
    client.get("/")  # brings the secret of forms, without which no page has a tag
    taken: dict[tuple[str, str], list[float]] = {}

    def ask(address: str, how: str, **headers: str) -> Any:
        began = time.perf_counter()
        response = client.get(address, headers=headers)
        taken.setdefault((address, how), []).append(time.perf_counter() - began)
        return response

    for _ in range(rounds):
        for address in addresses:
            forget()
            assert ask(address, "first").status_code == 200, address
            answer = ask(address, "again")
            if answer.has_header("ETag"):
                same = ask(address, "unchanged", **{"If-None-Match": answer["ETag"]})
                assert same.status_code == 304, address
    hello = sorted(taken["/hello", "again"])
    print(f"hello-world behind the same sign-in: {1000 * median(hello):.1f} ms")
    print(f"{'page':<44} queries    bytes  first  again    p95  unchanged")
    for address in addresses:
        forget()
        with CaptureQueriesContext(connection) as queries:
            size = len(client.get(address).content)
        ratios = [
            f"{median(taken[address, how]) / median(hello):.1f}" if (address, how) in taken else "-"
            for how in ("first", "again", "unchanged")
        ]
        late = _late(taken[address, "again"]) / _late(hello)
        print(
            f"{address[:44]:<44} {len(queries):>7} {size:>8,} {ratios[0]:>6} {ratios[1]:>6} {late:>6.1f}"
            f" {ratios[2]:>10}"
        )


def _late(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]


def sample_addresses() -> list[str]:
    """The addresses of the small company's pages, with names that the sample company has; and a key result's."""
    from alignment.models import ImportBatch, KeyResult, Metric, Objective, Theme
    from tests.alignment.views.addresses import OF_THE_COMPANY

    objective = Objective.objects.order_by("-period_end", "id")[0]
    names = {
        "objective-0": objective.slug,
        "theme-0": Theme.objects.order_by("id")[0].slug,
        "sales.0": Metric.objects.filter(key_results__objective=objective).order_by("id")[0].key,
        "imports/1": f"imports/{ImportBatch.objects.latest('id').pk}",
    }
    found = []
    for address in OF_THE_COMPANY.values():
        for small, sample in names.items():
            address = address.replace(small, sample)
        found.append(address)
    return [*found, f"/why/key-result/{KeyResult.objects.filter(objective=objective).order_by('id')[0].pk}"]


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
