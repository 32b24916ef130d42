"""Item-to-item neighbours from the order in which shoppers take products (co-visitation)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer_job.files import UserEvent
from shopfyp.events import ProductEvent

NEIGHBOURS = 100
_WINDOW = 5
_DECAY = 0.7
_BACKWARD = 0.8
_POPULARITY_POWER = 0.3
_HALF_LIFE_DAYS = 30.0
_DAY_SECONDS = 86_400

EVENT_WEIGHTS: Mapping[str, float] = {
    "select_item": 0.5,
    "view_item": 0.5,
    "add_to_cart": 0.8,
    "purchase": 1.0,
}

Rows = NDArray[np.int32]
Weights = NDArray[np.float32]


class Taken(NamedTuple):
    """A product that a shopper took: its row, the event's weight, and the time in days."""

    row: int
    weight: float
    day: float = 0.0


History = Sequence[Taken]
"""What one shopper took, in the order of time."""


def histories_of(events: Sequence[UserEvent], row_of: Mapping[str, int]) -> list[History]:
    """Each shopper's products in the order of time.

    Products that the catalogue does not hold are left out; a product that follows itself
    (clicked, then viewed) counts once, with the greater weight.
    """
    by_user: defaultdict[str, list[Taken]] = defaultdict(list)
    for user_event in events:
        event = user_event.event
        if not isinstance(event, ProductEvent):
            continue
        weight, row = EVENT_WEIGHTS.get(event.type), row_of.get(event.product_id)
        if weight is None or row is None:
            continue
        take(by_user[user_event.user_id], Taken(row, weight, day_of(user_event.at)))
    return list(by_user.values())


def take(history: list[Taken], taken: Taken) -> None:
    """Add what a shopper took last; what follows itself counts once, with the greater weight."""
    if history and history[-1].row == taken.row:
        taken = taken._replace(weight=max(history.pop().weight, taken.weight))
    history.append(taken)


def day_of(at: datetime) -> float:
    """A time in days since 1970."""
    return at.timestamp() / _DAY_SECONDS


class Pairs(NamedTuple):
    """Events that stand the same number of places apart in their histories.

    `strength` is the product of both events' weights, `days` the time between them, `place` where
    the later event stands when all histories are laid end to end.
    """

    distance: int
    earlier: NDArray[np.int64]
    later: NDArray[np.int64]
    strength: NDArray[np.float32]
    days: NDArray[np.float64]
    place: NDArray[np.int64]


def pairs(histories: Sequence[History], window: int, *, itself: bool = False) -> Iterator[Pairs]:
    """What stands 1, then 2, ... `window` places apart; with `itself`, 0 places first."""
    flat = np.array([taken.row for history in histories for taken in history], np.int64)
    weight = np.array([taken.weight for history in histories for taken in history], np.float32)
    day = np.array([taken.day for history in histories for taken in history], np.float64)
    lengths = np.array([len(history) for history in histories], np.int64)
    shopper = np.repeat(np.arange(len(histories)), lengths)
    for distance in range(0 if itself else 1, window + 1):
        place = np.arange(distance, len(flat))
        place = place[shopper[place - distance] == shopper[place]]
        yield Pairs(
            distance,
            flat[place - distance],
            flat[place],
            weight[place - distance] * weight[place],
            day[place] - day[place - distance],
            place,
        )


def covisitation(histories: Sequence[History], products: int) -> tuple[Rows, Weights]:
    """Item-to-item neighbours from the order in which shoppers took products.

    Two products `d` places apart in a history (d <= 5) give 0.7^(d-1) to the earlier one's
    neighbour list and 0.8 of that to the later one's, times both events' weights, halved for
    every 30 days between them; the sum is divided by popularity^0.3 of the neighbour.
    (Session-based co-visitation in the manner of Linden, Smith, York: Amazon.com
    Recommendations, 2003, with distance decay.)

    Returns:
        rows (products, NEIGHBOURS), -1 where there are fewer, and weights with a best of 1.
    """
    if sum(map(len, histories)) < 2:
        return strongest_of_each(np.empty(0, int), np.empty(0, int), np.empty(0), products)
    popularity = np.zeros(products)
    for history in histories:
        for taken in history:
            popularity[taken.row] += taken.weight
    keys, gains = [], []
    for distance, earlier, later, strength, days, _ in pairs(histories, _WINDOW):
        gain = _DECAY ** (distance - 1) * strength * 0.5 ** (days / _HALF_LIFE_DAYS)
        keys += [earlier * products + later, later * products + earlier]
        gains += [gain, _BACKWARD * gain]
    key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate(gains)).astype(np.float64)
    source, target = np.divmod(key, products)
    total = total / popularity[target] ** _POPULARITY_POWER
    apart = source != target
    source, target, total = source[apart], target[apart], total[apart]
    rows, weights = strongest_of_each(source, target, total, products)
    best: Weights = np.maximum(weights[:, :1], np.float32(1e-9))
    return rows, weights / best


def strongest_of_each(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    weight: NDArray[np.float64],
    products: int,
) -> tuple[Rows, Weights]:
    """The greatest weights from each source, as a table.

    Returns:
        rows (products, NEIGHBOURS), -1 where there are fewer, and weights, best first.
    """
    rows = np.full((products, NEIGHBOURS), -1, np.int32)
    weights = np.zeros((products, NEIGHBOURS), np.float32)
    order = np.lexsort((target, -weight, source))
    source, target, weight = source[order], target[order], weight[order]
    place = np.arange(len(source)) - np.searchsorted(source, source)
    kept = place < NEIGHBOURS
    rows[source[kept], place[kept]] = target[kept]
    weights[source[kept], place[kept]] = weight[kept]
    return rows, weights


def strongest(matrix: NDArray[np.float32]) -> tuple[Rows, Weights]:
    """The greatest positive weights of each line of a square matrix, as `strongest_of_each`."""
    products = len(matrix)
    kept = min(NEIGHBOURS, products)
    rows = np.full((products, NEIGHBOURS), -1, np.int32)
    weights = np.zeros((products, NEIGHBOURS), np.float32)
    for row, line in enumerate(matrix):
        best = np.argpartition(-line, kept - 1)[:kept]
        best = best[np.lexsort((best, -line[best]))]
        best = best[line[best] > 0]
        rows[row, : len(best)] = best
        weights[row, : len(best)] = line[best]
    return rows, weights
