"""Item-to-item neighbours from the order in which shoppers take products (co-visitation)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer_job.files import UserEvent
from shopfyp.events import ProductEvent

NEIGHBOURS = 100
_WINDOW = 5
_DECAY = 0.7
_BACKWARD = 0.8
_POPULARITY_POWER = 0.3

EVENT_WEIGHTS: Mapping[str, float] = {
    "select_item": 0.5,
    "view_item": 0.5,
    "add_to_cart": 0.8,
    "purchase": 1.0,
}

Rows = NDArray[np.int32]
Weights = NDArray[np.float32]
History = Sequence[tuple[int, float]]
"""What one shopper took, in the order of time, as (row, event weight)."""


def histories_of(events: Sequence[UserEvent], row_of: Mapping[str, int]) -> list[History]:
    """Each shopper's products in the order of time, as (row, event weight).

    Products that the catalogue does not hold are left out; a product that follows itself
    (clicked, then viewed) counts once, with the greater weight.
    """
    by_user: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for user_event in events:
        event = user_event.event
        if not isinstance(event, ProductEvent):
            continue
        weight, row = EVENT_WEIGHTS.get(event.type), row_of.get(event.product_id)
        if weight is None or row is None:
            continue
        history = by_user[user_event.user_id]
        if history and history[-1][0] == row:
            history[-1] = (row, max(history[-1][1], weight))
        else:
            history.append((row, weight))
    return list(by_user.values())


def pairs(
    histories: Sequence[History], window: int
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]:
    """What stands 1, then 2, ... `window` places apart in a history.

    Yields:
        the distance, the earlier rows, the later rows, and the product of both events' weights.
    """
    flat = np.array([row for history in histories for row, _ in history], np.int64)
    weight = np.array([weight for history in histories for _, weight in history], np.float32)
    shopper = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    for distance in range(1, window + 1):
        same = shopper[:-distance] == shopper[distance:]
        yield (
            distance,
            flat[:-distance][same],
            flat[distance:][same],
            weight[:-distance][same] * weight[distance:][same],
        )


def covisitation(histories: Sequence[History], products: int) -> tuple[Rows, Weights]:
    """Item-to-item neighbours from the order in which shoppers took products.

    Two products `d` places apart in a history (d <= 5) give 0.7^(d-1) to the earlier one's
    neighbour list and 0.8 of that to the later one's, times both events' weights; the sum is
    divided by popularity^0.3 of the neighbour. (Session-based co-visitation in the manner of
    Linden, Smith, York: Amazon.com Recommendations, 2003, with distance decay.)

    Returns:
        rows (products, NEIGHBOURS), -1 where there are fewer, and weights with a best of 1.
    """
    rows = np.full((products, NEIGHBOURS), -1, np.int32)
    weights = np.zeros((products, NEIGHBOURS), np.float32)
    if sum(map(len, histories)) < 2:
        return rows, weights
    popularity = np.zeros(products)
    for history in histories:
        for row, weight in history:
            popularity[row] += weight
    keys, gains = [], []
    for distance, earlier, later, strength in pairs(histories, _WINDOW):
        gain = _DECAY ** (distance - 1) * strength
        keys += [earlier * products + later, later * products + earlier]
        gains += [gain, _BACKWARD * gain]
    key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate(gains)).astype(np.float64)
    source, target = np.divmod(key, products)
    total = total / popularity[target] ** _POPULARITY_POWER
    apart = source != target
    source, target, total = source[apart], target[apart], total[apart]
    order = np.lexsort((target, -total, source))
    source, target, total = source[order], target[order], total[order]
    place = np.arange(len(source)) - np.searchsorted(source, source)
    kept = place < NEIGHBOURS
    source, target, total, place = source[kept], target[kept], total[kept], place[kept]
    rows[source, place] = target
    best = np.zeros(products)
    np.maximum.at(best, source, total)
    weights[source, place] = total / best[source]
    return rows, weights
