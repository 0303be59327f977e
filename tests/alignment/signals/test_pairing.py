"""Two series side by side: the same periods, or moved by a lag; gaps stay gaps."""

from __future__ import annotations

from datetime import date

from alignment.periods import Cadence, Period
from alignment.signals.columns import LONGEST, Columns, columns
from alignment.signals.pairing import side_by_side

FIRST = Period.containing(date(2026, 1, 1), Cadence.MONTH)


def months(values: list[float | None], later: int = 0) -> Columns:
    return columns(
        [(FIRST.next(at + later).start, value) for at, value in enumerate(values) if value is not None],
        Cadence.MONTH,
        longest=None,
    )


def test_only_the_stretch_in_which_both_are_known_is_laid_out_with_its_gaps() -> None:
    pair = side_by_side(months([1, 2, None, 4, 5]), months([20, 30, 40], later=1))
    assert pair.second.starts == tuple(FIRST.next(at).start for at in (1, 2, 3))
    assert pair.first == (2, None, 4)
    assert pair.second.values == (20, 30, 40)
    assert pair.both == 2


def test_a_lag_holds_each_reading_of_the_second_against_the_firsts_before() -> None:
    pair = side_by_side(months([1, 2, 3, 4]), months([10, 20, 30, 40]), lag=2)
    assert pair.second.starts == (FIRST.next(2).start, FIRST.next(3).start)
    assert (pair.first, pair.second.values) == ((1, 2), (30, 40))
    turned = side_by_side(months([10, 20, 30, 40]), months([1, 2, 3, 4]), lag=-2)
    assert (turned.first, turned.second.values) == ((30, 40), (1, 2))


def test_nothing_in_common_is_empty_and_what_is_long_is_cut() -> None:
    nothing = side_by_side(months([1, 2]), months([1, 2], later=5))
    assert (nothing.first, nothing.second.starts, nothing.both) == ((), (), 0)
    long = months([float(at) for at in range(LONGEST + 20)])
    assert side_by_side(long, long).second.starts == long.starts[-LONGEST:]
