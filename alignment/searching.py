"""The search registry: what can be found by its name, and by whom. Upper apps add finders; config registers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alignment.models import User

LONGEST = 200
"""Characters of a search that are read; the rest is left out."""
MOST_WORDS = 8
MOST_HITS = 40
MOST_OF_A_KIND = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its kind in words, its name, a note that tells it from its like, and its address.

    `is_record` marks what exists in many copies (an imported file of each week): it comes after the things themselves
    unless its whole name was typed.
    """

    kind: str
    name: str
    note: str
    address: str
    is_record: bool = False


Finder = Callable[[User, tuple[str, ...]], Iterable[Hit]]
"""The hits for a person whose names or notes hold every one of the words, MOST_OF_A_KIND at most, in one query."""

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Add a finder, once; finders are asked in the order in which they were added."""
    if finder not in _finders:
        _finders.append(finder)


def words_of(text: str) -> tuple[str, ...]:
    """What is looked for: the words of the first 200 characters, eight at most, without NUL."""
    return tuple(text[:LONGEST].replace("\0", " ").split()[:MOST_WORDS])


def find(user: User, text: str) -> tuple[Hit, ...]:
    """What a person may see that is called so, best first: same name, names that begin so, the rest, records."""
    words = words_of(text)
    if not words:
        return ()
    hits = [hit for finder in _finders for hit in finder(user, words)]
    return tuple(sorted(hits, key=lambda hit: _rank(hit, words))[:MOST_HITS])


def _rank(hit: Hit, words: tuple[str, ...]) -> int:
    name, text = hit.name.casefold(), " ".join(words).casefold()
    if name == text or hit.note.casefold() == text:
        return 0
    if hit.is_record:
        return 4
    if name.startswith(text):
        return 1
    return 2 if f" {text}" in f" {name}" else 3
