"""Every page of the sample company: queries, bytes and time, as a ratio to a hello-world view behind the same sign-in.

    python -m tests.bench.bench_pages [--rounds 30]

The pages are those of tests/alignment/views/addresses: what all may read is asked as an executive, forms and files as
the technology lead. All are asked in turn within one process, through every
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
    from django.test.utils import CaptureQueriesContext

    from alignment.queries.kept import forget
    from tests.bench.sample_pages import EDITOR, READER, client_of, prepare_pages

    settings.SECURE_SSL_REDIRECT = False
    settings.ROOT_URLCONF = "tests.bench.pages_urls"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    call_command("load_sample", verbosity=0, stdout=sys.stderr)
    call_command("recompute", "--full", verbosity=0, stdout=sys.stderr)
    clients = {role: client_of(role) for role in (READER, EDITOR)}
    addresses = {"/hello": READER} | prepare_pages()
    taken: dict[tuple[str, str], list[float]] = {}

    def ask(address: str, how: str, **headers: str) -> Any:
        began = time.perf_counter()
        response = clients[addresses[address]].get(address, headers=headers)
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
            size = len(clients[addresses[address]].get(address).content)
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
