#!/usr/bin/env python
"""Django's command line for Plumbline.

Where no database is configured and `make run` does not run, the servers of config/embedded.py run for as long as
the command. Commands that change tables speak to the database as its owner, all others as the application.
"""

import os
import sys

OWNER_COMMANDS = {"migrate", "sqlmigrate", "showmigrations", "sqlflush", "flush", "dbshell"}
WITHOUT_SERVERS = {
    "",
    "help",
    "--help",
    "version",
    "--version",
    "analyze",
    "build_assets",
    "calibrate_signals",
    "collectstatic",
    "check",
    "startapp",
}


def main() -> None:
    """Run the command named on the command line; a wrong environment or no database is one clear message."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_LONG_STATEMENTS", "1")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    from django.db.utils import OperationalError

    from config.environment import WrongEnvironment

    try:
        run(command)
    except WrongEnvironment as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(
            f"The database did not answer: {error}\n"
            "Check that it runs, and that DATABASE_URL names its host, port, user and password rightly."
        )


def run(command: str) -> None:
    """Run the command, with servers at hand where it needs them."""
    from django.core.management import execute_from_command_line

    from config.at_hand import servers_at_hand

    if command in WITHOUT_SERVERS or "--help" in sys.argv:
        execute_from_command_line(sys.argv)
        return
    with servers_at_hand(migrated=command not in OWNER_COMMANDS):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
