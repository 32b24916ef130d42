"""What events taught of a shop: item-to-item weights, popularity and the learnt space."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer_job.ease import ease
from indexer_job.files import UserEvent
from indexer_job.index_file import write_index
from indexer_job.learnt import ItemSpace, learn_space
from indexer_job.neighbours import (
    History,
    Rows,
    Weights,
    covisitation,
    histories_of,
    strongest,
)
from indexer_job.popularity import new_rows, popular_by_category, popular_order, popularity
from indexer_job.slit import slit
from indexer_job.sparse_ease import sparse_ease
from shopfyp.catalog import Product
from shopfyp.encoder import Vectors
from shopfyp.records import coded

Neighbours = Literal["auto", "dense", "sparse"]

MAX_DENSE = 20_000
"""Up to so many products, item-to-item weights are learnt by the inverse of a dense matrix."""
EASE_SCALE, _SLIT = 2.0, 5.0
"""What the two linear models' weights count beside log-odds of the learnt space, in tens."""


@dataclass(frozen=True)
class Behaviour:
    """What events taught.

    Attributes:
        neighbour_rows: of every product, best first; -1 where there are fewer.
        neighbour_weights: of the same shape.
        popular_rows: all in stock, departments in turn.
        popular_by_category: (category codes, at most POPULAR_IN_CATEGORY); -1 where fewer.
        new_rows: published lately and hardly shown yet.
        space: the learnt item space, when there were enough events.
    """

    neighbour_rows: Rows
    neighbour_weights: Weights
    popular_rows: Rows
    popular_by_category: Rows
    new_rows: Rows
    space: ItemSpace | None


def learn(
    products: Sequence[Product],
    events: Sequence[UserEvent],
    vectors: Vectors,
    *,
    now: datetime | None = None,
    neighbours: Neighbours = "auto",
    table: tuple[Rows, Weights] | None = None,
    progress: bool = False,
) -> Behaviour:
    """Neighbours, popularity and the learnt space, from events, texts and the shop's own counts.

    Args:
        products: the catalogue.
        events: what shoppers did, in the order of time.
        vectors: the products' text vectors.
        now: the time from which a product is new; default: that of the last event.
        neighbours: how item-to-item weights are learnt: `dense` (EASE and SLIT) or `sparse`
            (EASE of neighbourhoods); `auto` is dense up to MAX_DENSE products. With too few
            events for a learnt space all are co-visitation.
        table: neighbours that were made of the same events already.
        progress: show progress bars.
    """
    row_of = {product.product_id: row for row, product in enumerate(products)}
    histories = histories_of(events, row_of)
    space = learn_space(histories, vectors, progress=progress)
    rows, weights = table or _neighbours(histories, vectors, space, neighbours, progress)
    counts, in_stock = popularity(products, events, row_of), _in_stock(products)
    now = now or max((event.at for event in events), default=datetime.now(UTC))
    return Behaviour(
        neighbour_rows=rows,
        neighbour_weights=weights,
        popular_rows=popular_order(counts, _departments(products), in_stock),
        popular_by_category=popular_by_category(counts, _categories(products), in_stock),
        new_rows=new_rows(products, events, now),
        space=space,
    )


def _neighbours(
    histories: Sequence[History],
    vectors: Vectors,
    space: ItemSpace | None,
    kind: Neighbours,
    progress: bool,
) -> tuple[Rows, Weights]:
    """Item-to-item weights: of linear models when there are events enough, else co-visitation."""
    if space is None:
        return covisitation(histories, len(vectors))
    if kind == "sparse" or (kind == "auto" and len(vectors) > MAX_DENSE):
        return sparse_ease(histories, vectors, scale=EASE_SCALE, progress=progress)
    dense = _SLIT * slit(histories, vectors)
    dense += EASE_SCALE * ease(histories, vectors)
    rows, weights = strongest(dense)
    return rows, np.minimum(weights, 1)


def write_behaviour(behaviour: Behaviour, out: Path) -> None:
    """Write it into the folder `out` of a release, in place of what an earlier one left there."""
    for folder in ("neighbours", "popular", "new"):
        (out / folder).mkdir(exist_ok=True)
    write_neighbours(behaviour.neighbour_rows, behaviour.neighbour_weights, out / "neighbours")
    np.save(out / "popular" / "rows.npy", behaviour.popular_rows)
    np.save(out / "popular" / "by_category.npy", behaviour.popular_by_category)
    np.save(out / "new" / "rows.npy", behaviour.new_rows)
    shutil.rmtree(out / "learnt", ignore_errors=True)
    if behaviour.space:
        (out / "learnt").mkdir()
        write_space(behaviour.space, out / "learnt")


def write_neighbours(rows: Rows, weights: Weights, out: Path) -> None:
    """Write a table of neighbours (products, most), -1 where there are fewer, as lists."""
    known = rows >= 0
    np.save(out / "rows.npy", rows[known])
    np.save(out / "weights.npy", weights[known].astype(np.float16))
    np.save(out / "offsets.npy", np.append(0, known.sum(axis=1).cumsum()))


def write_space(space: ItemSpace, out: Path) -> None:
    """Write the learnt space into the folder `out`."""
    np.save(out / "lengths.npy", np.linalg.norm(space.taken, axis=1))
    write_index(space.wanted, out / "wanted.faiss")


def _departments(products: Sequence[Product]) -> NDArray[np.int32]:
    return coded((p.category[0] if p.category else "" for p in products), {"": 0})


def _categories(products: Sequence[Product]) -> NDArray[np.int32]:
    codes: dict[tuple[str, ...], int] = {(): 0}
    return coded((tuple(product.category) for product in products), codes)


def _in_stock(products: Sequence[Product]) -> NDArray[np.bool_]:
    return np.array([product.in_stock for product in products], np.bool_)
