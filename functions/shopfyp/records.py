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
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from shopfyp.catalog import Clip, Product

if TYPE_CHECKING:
    # Insights read records without loading the model.
    from shopfyp.encoder import Vectors

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
        """Open the files in `folder`."""
        self._records = _map(folder / "records.jsonl")
        self._offsets = np.load(folder / "offsets.npy", mmap_mode="r")
        self._ids = np.load(folder / "ids.npy", mmap_mode="r")
        self._id_rows = np.load(folder / "id_rows.npy", mmap_mode="r")
        self.marks = np.load(folder / "marks.npy", mmap_mode="r")
        self.in_stock = np.load(folder / "in_stock.npy", mmap_mode="r")
        self.brand = np.load(folder / "brand.npy", mmap_mode="r")
        self.age = np.load(folder / "age.npy", mmap_mode="r")
        self.department = np.load(folder / "department.npy", mmap_mode="r")
        self.category = np.load(folder / "category.npy", mmap_mode="r")
        self.price = np.load(folder / "price.npy", mmap_mode="r")
        self.group = np.load(folder / "group.npy", mmap_mode="r")
        self.currency = np.load(folder / "currency.npy", mmap_mode="r")
        self.rating = np.load(folder / "rating.npy", mmap_mode="r")
        self.sold = np.load(folder / "sold.npy", mmap_mode="r")
        self.published = np.load(folder / "published.npy", mmap_mode="r")
        self.names = Names.model_validate_json((folder / "names.json").read_bytes())
        self._product_cached = lru_cache(maxsize=4096)(self._product)

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
        """Open the files in `folder`."""
        lines = (folder / "records.jsonl").read_text().splitlines()
        self.clips = [Clip.model_validate_json(line) for line in lines]
        self.vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._row_of = {clip.clip_id: row for row, clip in enumerate(self.clips)}

    def row_of(self, clip_id: str) -> int | None:
        """The row of a clip, or None when the release does not hold it."""
        return self._row_of.get(clip_id)


def _map(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
