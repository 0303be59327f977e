"""The throttle of sign-in: an atomic counter in the database per account and per address, before a password is read.

Not one attempt slips by when many come at once, because counting and reading are one statement. The owner is not
locked out for long: a window ends after ten minutes, and a sign-in that works forgets the account's count.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import connection, transaction

from alignment.models.throttle import SignInThrottle

WINDOW = timedelta(minutes=10)
MOST_PER_ACCOUNT = 10
MOST_PER_ADDRESS = 60
"""An address may be a whole office behind one gateway."""

_COUNT = """
INSERT INTO alignment_signinthrottle AS kept (key, since, count) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.since <= %(ended)s THEN 1 ELSE kept.count + 1 END,
    since = CASE WHEN kept.since <= %(ended)s THEN excluded.since ELSE kept.since END
RETURNING count, since
"""


class TooManyAttempts(Exception):
    """No more passwords are read for now; `seconds` says for how long."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        minutes = max(1, round(seconds / 60))
        super().__init__(
            f"Too many attempts. Wait {minutes} minute{'' if minutes == 1 else 's'}, then try again. "
            "If you do not know your password, ask an administrator for a new one."
        )


def note_attempt(*, account: str, address: str, now: datetime) -> None:
    """Count one attempt. Raises TooManyAttempts where the account or the address had its share in this window."""
    waits = [
        _wait(_key("address", address), MOST_PER_ADDRESS, now),
        _wait(_key("account", account.strip().casefold()), MOST_PER_ACCOUNT, now),
    ]
    if any(waits):
        raise TooManyAttempts(max(waits))


def forget_attempts(*, account: str) -> None:
    """Somebody signed in: the account starts from nothing again."""
    SignInThrottle.objects.filter(key=_key("account", account.strip().casefold())).delete()


def forget_old_attempts(*, now: datetime) -> int:
    """Remove counts whose window is over; how many were removed."""
    return SignInThrottle.objects.filter(since__lte=now - WINDOW).delete()[0]


def _key(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()


def _wait(key: str, most: int, now: datetime) -> int:
    """Counts one more; seconds to wait where that is too many, else 0."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "now": now, "ended": now - WINDOW})
        count, since = cursor.fetchone()
    return max(1, int((since + WINDOW - now).total_seconds())) if count > most else 0
