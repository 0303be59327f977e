"""`manage.py calibrate_signals`: simulate the tables of luck anew, or check the stored ones against a new run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Rebuild the tables in `alignment/signals` by which trends, shifts, changes and divergences are told from luck."""

    help = (
        "Simulate the tables of luck anew (about four minutes); with --check only compare, and write nothing."
    )

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
        from alignment.signals import (  # these load numpy
            calibration,
            luck,
            parting,
            parting_calibration,
            shift,
            shift_calibration,
        )

        runs, seed = options["runs"], options["seed"]
        if runs < 200:
            raise CommandError("--runs: at least 200 series are needed for a table.")
        trends = calibration.build(
            runs=runs, seed=calibration.SEED if seed is None else seed, said=self.stdout.write
        )
        if options["check"]:
            furthest = calibration.furthest_off(trends)
            self.stdout.write(
                f"The stored 5 % limits of trends are at most {furthest:.2f} off those of this run."
            )
            return
        shifts = shift_calibration.build(
            runs=runs // 2, seed=shift_calibration.SEED if seed is None else seed
        )
        pairs = parting_calibration.build(
            runs=runs, seed=parting_calibration.SEED if seed is None else seed, said=self.stdout.write
        )
        for name, version, size in (
            (luck.TABLE.name, calibration.VERSION, calibration.write(trends)),
            (shift.TABLE.name, shift_calibration.VERSION, shift_calibration.write(shifts)),
            (parting.TABLE.name, parting_calibration.VERSION, parting_calibration.write(pairs)),
        ):
            self.stdout.write(f"Wrote version {version}, {size:,} bytes, to {name}.")
