"""Fair shares: exact Shapley values over a few players, and whole parts by largest remainder. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

THOUSAND = 1000


def coalition_weight(size: int, players: int) -> float:
    """Share of all orders in which exactly these `size` players come before the one looked at."""
    return math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)


def coalitions_without(player: int, players: int) -> Iterator[int]:
    """All sets of the other players, as bit masks in rising order."""
    return (mask for mask in range(1 << players) if not mask >> player & 1)


def shapley(players: int, worth: Callable[[int], float]) -> list[float]:
    """Each player's mean marginal effect over all orders; they add up to worth(all) - worth(none).

    `worth` takes a bit mask of who is in. Meant for at most seven players (128 coalitions).
    """
    table = [worth(mask) for mask in range(1 << players)]
    return [
        math.fsum(
            coalition_weight(mask.bit_count(), players) * (table[mask | 1 << player] - table[mask])
            for mask in coalitions_without(player, players)
        )
        for player in range(players)
    ]


def whole_parts(raw: Sequence[float], total: int) -> list[int]:
    """Whole numbers near `raw` that add up to `total`: rounded down, the rest to the largest remainders.

    Equal remainders go to the earlier one. Where `raw` is empty the total must be 0.
    """
    if not raw:
        if total:
            raise ValueError(f"There is nothing to spread {total} over.")
        return []
    parts = [math.floor(value) for value in raw]
    order = sorted(range(len(raw)), key=lambda i: (parts[i] - raw[i], i))
    left = total - sum(parts)
    step = 1 if left >= 0 else -1
    if step < 0:
        order.reverse()
    for turn in range(abs(left)):
        parts[order[turn % len(order)]] += step
    return parts
