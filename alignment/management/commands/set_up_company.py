"""`manage.py set_up_company`: the first command of a new installation."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from alignment.setting_up import complaints, set_up_company


class Command(BaseCommand):
    """Write the company's row."""

    help = "Set up the company of this installation: its name, currency and calendar."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("name", help="the company's name")
        parser.add_argument("--currency", default="USD", help="ISO 4217 code (default USD)")
        parser.add_argument("--fiscal-year-start", type=int, default=1, help="month, 1 to 12 (default 1)")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/Berlin (default UTC)")
        parser.add_argument(
            "--first-day-of-week", type=int, default=0, help="0 is Monday (default), 6 Sunday"
        )
        parser.add_argument("--staff", type=int, default=0, help="people employed")
        parser.add_argument("--yearly-revenue", default="0", help="in the currency, as 12345678.90")

    def handle(self, *args: Any, **options: Any) -> None:
        """Parse, call the verb, say what to do next."""
        try:
            revenue = Decimal(options["yearly_revenue"])
        except InvalidOperation as error:
            raise CommandError("--yearly-revenue: write a number such as 12345678.90.") from error
        try:
            company = set_up_company(
                by="system:set_up_company",
                name=options["name"],
                currency=options["currency"],
                fiscal_year_start_month=options["fiscal_year_start"],
                time_zone=options["time_zone"],
                first_day_of_week=options["first_day_of_week"],
                staff=options["staff"],
                yearly_revenue=revenue,
            )
        except ValidationError as error:
            raise CommandError(complaints(error)) from error
        self.stdout.write(
            f"{company.name} is set up ({company.currency}). Next: manage.py add_person NAME --role …, "
            "then manage.py import_metrics FILE."
        )
