"""The record files of a release: products and clips, memory-mapped and read by row.

Layout of `products/`: `records.jsonl` (one product a line), `offsets.npy` (int64, where each
line starts, and the end), `ids.npy` (sorted ids as bytes) with `id_rows.npy` (their rows),
`marks.npy` (what page tokens keep of a product), and
a column each for what filters, ranking and re-ranking ask: `in_stock.npy`, `brand.npy`,
`department.npy`, `category.npy` (code of the whole path), `group.npy` (code of what variants
share), `price.npy` (NaN where unknown) with `currency.npy`, `rating.npy` (NaN where unknown),
`sold.npy`, `published.npy` (seconds since 1970, NaN where unknown), and `age.npy` (years from and
to, -1 where unknown). Code 0 stands for none; `names.json` says what the codes of brands,
categories and currencies stand for.
"""

import mmap
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pydantic import BaseModel

from shopfyp.arrays import load, starts
from shopfyp.catalog import STARS, Clip, Product

if TYPE_CHECKING:
    # Insights read records without loading the model.
    from shopfyp.encoder import Vectors

_READ = 100
"""So many of the products are read when a release is opened, evenly spread."""
MAX_VARIANTS = 60
"""So many products of a group are shown to choose from, those beside the one in question."""


class Names(BaseModel):
    """`names.json`: what codes stand for; a name's place is its code, and 0 is none."""

    brand: list[str]
    category: list[tuple[str, ...]]
    currency: list[str]


def row_of(ids: NDArray[Any], id_rows: NDArray[Any], product_id: str) -> int | None:
    """The row of a product by the sorted `ids` and their rows, both (products,); None if absent."""
    key = product_id.encode()
    if len(key) > ids.dtype.itemsize:
        return None
    place = int(np.searchsorted(ids, np.bytes_(key)))
    if place == len(ids) or ids[place] != key:
        return None
    return int(id_rows[place])


class ProductStore:
    """The product records of a release; a row is a product's place in every file."""

    def __init__(self, folder: Path) -> None:
        """Open the files in `folder`, and read some of the records.

        Raises:
            ValueError: a file is not what it should be.
        """
        self._records = _map(folder / "records.jsonl")
        self._offsets = starts(folder / "offsets.npy", None, len(self._records))
        self.names = Names.model_validate_json((folder / "names.json").read_bytes())
        count = len(self)

        def column(name: str, dtype: DTypeLike, *width: int, **bounds: Any) -> NDArray[Any]:
            return load(folder / f"{name}.npy", dtype, count, *width, **bounds)

        def coded(name: str, names: Sequence[object] | None = None) -> NDArray[np.int32]:
            most = count if names is None else len(names) - 1
            return column(name, np.int32, least=0, most=most)

        self._ids = column("ids", "S")
        self._id_rows = column("id_rows", np.int32, least=0, most=count - 1)
        self.marks = column("marks", np.uint32)
        self.in_stock = column("in_stock", np.bool_)
        self.brand = coded("brand", self.names.brand)
        self.age = column("age", np.float32, 2)
        self.department = coded("department")
        self.category = coded("category", self.names.category)
        self.price = column("price", np.float64, least=0, unknown=True)
        self.group = coded("group")
        self.currency = coded("currency", self.names.currency)
        self.rating = column("rating", np.float32, least=0, most=STARS, unknown=True)
        self.sold = column("sold", np.int32, least=0)
        self.published = column("published", np.float64, unknown=True)
        self._product_cached = lru_cache(maxsize=4096)(self._product)
        for row in np.linspace(0, count - 1, min(count, _READ), dtype=int).tolist():
            if self.row_of(self._product(row).product_id) != row:
                raise ValueError(f"records.jsonl: line {row + 1} is of another product")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def row_of(self, product_id: str) -> int | None:
        """The row of a product, or None when the release does not hold it."""
        return row_of(self._ids, self._id_rows, product_id)

    def product(self, row: int) -> Product:
        """The product in `row`."""
        return self._product_cached(int(row))

    def product_id(self, row: int) -> str:
        """The id of the product in `row`."""
        return self.product(row).product_id

    def variants(self, row: int) -> NDArray[np.int64]:
        """The rows of the group of `row`, itself among them: MAX_VARIANTS at the most, in order."""
        group = self.group[row]
        if not group:
            return np.array([row], np.int64)
        rows = np.flatnonzero(self.group == group)
        start = max(0, int(np.searchsorted(rows, row)) - MAX_VARIANTS // 2)
        return rows[start : start + MAX_VARIANTS]

    def title(self, row: int | None) -> str:
        """The title of the product in `row`; empty for no row."""
        return "" if row is None else self.product(row).title

    def currency_code(self, name: str) -> int | None:
        """The code of a currency; None when no price is in it."""
        names = self.names.currency
        return names.index(name) if name in names else None

    def _product(self, row: int) -> Product:
        start, end = self._offsets[row : row + 2]
        return Product.model_validate_json(self._records[start:end])


class ClipStore:
    """The clips of a release, few enough to be held open: records and unit vectors."""

    def __init__(self, folder: Path) -> None:
        """Open the files in `folder`.

        Raises:
            ValueError: a file is not what it should be.
        """
        lines = (folder / "records.jsonl").read_bytes().splitlines()
        self.clips = [Clip.model_validate_json(line) for line in lines]
        self.vectors: Vectors = load(folder / "vectors.npy", np.float32, len(self.clips), None)
        self._row_of = {clip.clip_id: row for row, clip in enumerate(self.clips)}

    def row_of(self, clip_id: str) -> int | None:
        """The row of a clip, or None when the release does not hold it."""
        return self._row_of.get(clip_id)


def _map(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
