"""`manage.py calibrate_signals`: simulate the tables of luck anew, or check the stored ones against a new run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Rebuild `alignment/signals/luck_table.json`, by which trends and shifts are told from luck."""

    help = "Simulate the tables of luck anew (about a minute); with --check only compare, and write nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--runs", type=int, default=12_000, help="simulated series for each length and kind"
        )
        parser.add_argument("--seed", type=int, help="another seed than that of the stored table")
        parser.add_argument(
            "--check", action="store_true", help="say how far the stored table is off; write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Simulate, then write or compare."""
        from alignment.signals import (
            calibration,
            luck,
        )  # these load numpy, without which other commands start

        if options["runs"] < 200:
            raise CommandError("--runs: at least 200 series are needed for a table.")
        seed = calibration.SEED if options["seed"] is None else options["seed"]
        table = calibration.build(runs=options["runs"], seed=seed, said=self.stdout.write)
        if options["check"]:
            furthest = calibration.furthest_off(table)
            self.stdout.write(f"The stored 5 % limits are at most {furthest:.2f} off those of this run.")
            return
        size = calibration.write(table)
        self.stdout.write(f"Wrote version {calibration.VERSION}, {size:,} bytes, to {luck.TABLE.name}.")
