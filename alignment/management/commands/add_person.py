"""`manage.py add_person`: a person, their roles, and a password asked for on the terminal."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from alignment.models.people import Role
from alignment.setting_up import add_person, complaints


class Command(BaseCommand):
    """Create a person who can sign in."""

    help = (
        "Add a person with one or more roles. Asks for a password; --password-stdin reads one line instead."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("username")
        parser.add_argument("--role", action="append", default=[], help=f"one of {', '.join(Role.values)}")
        parser.add_argument("--display-name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--team", default="", help="slug of the person's team")
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, call the verb."""
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
        else:
            password = getpass.getpass("Password: ")
            if getpass.getpass("Once more: ") != password:
                raise CommandError("The two passwords differ; nothing was saved.")
        try:
            user = add_person(
                by="system:add_person",
                username=options["username"],
                roles=options["role"],
                display_name=options["display_name"],
                email=options["email"],
                team=options["team"],
                password=password,
            )
        except ValidationError as error:
            raise CommandError(complaints(error)) from error
        self.stdout.write(f"{user.username} can sign in as {user.role_label}.")
