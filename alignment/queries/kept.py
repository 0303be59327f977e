"""What many pages read and few writes change, kept in the process for as long as the data version stays the same.

Only what is the same for everybody is kept: who may see which amounts is decided later, by the page. A hit cannot be
old: the version is read first and afresh, and equal versions mean that nothing was committed in between. Within a
transaction nothing is kept, as it sees its own uncommitted writes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.db import connection

from alignment.data_version import data_version

T = TypeVar("T")
MOST = 12
"""Kept readings of a process; the one that was wanted least lately goes first."""

_kept: OrderedDict[Hashable, Any] = OrderedDict()
_version = ""
_lock = Lock()


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` answers, or answered before under this key and the present data version. One query on a hit."""
    global _version
    if connection.in_atomic_block:
        return make()
    version = data_version()
    with _lock:
        if version != _version:
            _kept.clear()
            _version = version
        if key in _kept:
            _kept.move_to_end(key)
            found: T = _kept[key]
            return found
    made = make()
    with _lock:
        if version == _version:
            _kept[key] = made
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return made


def forget() -> None:
    """Drop everything; for tests and measurements."""
    with _lock:
        _kept.clear()
