"""The record files of a release: products and clips, memory-mapped and read by row.

Layout of `products/`: `records.bin` (each product as JSON, packed with `dictionary.bin`),
`offsets.npy` (int64, where each starts, and the end), `ids.npy` (sorted ids as bytes) with
`id_rows.npy` (their rows), and a column each for what filters, ranking and re-ranking ask:
`marks.npy` (what page tokens keep of a product), `in_stock.npy`, `brand.npy`, `category.npy` (code
of the whole path), `group.npy` (code of what variants share), `price.npy` (NaN where unknown) with
`currency.npy`, `rating.npy` (NaN where unknown), `sold.npy`, `published.npy` (seconds since 1970,
NaN where unknown), and `age.npy` (years from and to, -1 where unknown). Code 0 stands for none;
`names.json` says what the codes of brands, categories and currencies stand for. `groups.npy` holds
the ids of groups, sorted; a group's place in it is its code less one.
"""

import mmap
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pydantic import BaseModel

from shopfyp.arrays import load, starts
from shopfyp.catalog import STARS, Clip, Product
from shopfyp.intent.fitting import age_range_of
from shopfyp.packed import unpacked
from shopfyp.paging import mark_of

if TYPE_CHECKING:
    # Insights read records without loading the model.
    from shopfyp.encoder import Vectors

_READ = 100
"""So many of the products are read when a release is opened, evenly spread."""
MAX_VARIANTS = 60
"""So many products of a group are shown to choose from, those beside the one in question."""


Name = TypeVar("Name", bound=Hashable)


class Names(BaseModel):
    """`names.json`: what codes stand for; a name's place is its code, and 0 is none."""

    brand: list[str]
    category: list[tuple[str, ...]]
    currency: list[str]


class Codes(NamedTuple):
    """The codes by name, those of a release or none yet."""

    brand: dict[str, int]
    category: dict[tuple[str, ...], int]
    currency: dict[str, int]
    group: dict[str, int]

    @property
    def names(self) -> Names:
        """What the codes stand for."""
        return Names(
            brand=list(self.brand), category=list(self.category), currency=list(self.currency)
        )


def columns_of(products: Sequence[Product], codes: Codes) -> dict[str, NDArray[Any]]:
    """The columns of products by name, each (products, ...); new names are added to `codes`."""

    def numbers(values: Iterable[float | None], dtype: DTypeLike) -> NDArray[Any]:
        return np.array([np.nan if value is None else value for value in values], dtype)

    most = np.iinfo(np.int32).max
    times = (p.published_at.timestamp() if p.published_at else None for p in products)
    ages = [age_range_of(str(p.attributes.get("age_range", ""))) for p in products]
    return {
        "marks": np.array([mark_of(p.product_id) for p in products], np.uint32),
        "in_stock": np.array([p.in_stock for p in products], np.bool_),
        "brand": coded((p.brand for p in products), codes.brand),
        "category": coded((tuple(p.category) for p in products), codes.category),
        "group": coded((p.group_id for p in products), codes.group),
        "price": numbers((p.price for p in products), np.float64),
        "currency": coded((p.currency for p in products), codes.currency),
        "rating": numbers((p.rating for p in products), np.float32),
        "sold": np.array([min(p.sold_count, most) for p in products], np.int32),
        "published": numbers(times, np.float64),
        "age": np.array(ages, np.float32).reshape(len(products), 2),
    }


def coded(values: Iterable[Name], codes: dict[Name, int]) -> NDArray[np.int32]:
    """The code of each value; one that has none is given the next."""
    return np.array([codes.setdefault(value, len(codes)) for value in values], np.int32)


def row_of(ids: NDArray[Any], id_rows: NDArray[Any], product_id: str) -> int | None:
    """The row of a product by the sorted `ids` and their rows, both (products,); None if absent."""
    place = _place(ids, product_id)
    return None if place is None else int(id_rows[place])


def _place(texts: NDArray[Any], text: str) -> int | None:
    """The place of a text among sorted ones; None if it is not there."""
    key = text.encode()
    if len(key) > texts.dtype.itemsize:
        return None
    place = int(np.searchsorted(texts, np.bytes_(key)))
    return None if place == len(texts) or texts[place] != key else place


class ProductStore:
    """The product records of a release; a row is a product's place in every file."""

    def __init__(self, folder: Path) -> None:
        """Open the files in `folder`, and read some of the records.

        Raises:
            ValueError: a file is not what it should be.
        """
        self._dictionary = (folder / "dictionary.bin").read_bytes()
        self._records = _map(folder / "records.bin")
        self._offsets = starts(folder / "offsets.npy", None, len(self._records))
        self.names = Names.model_validate_json((folder / "names.json").read_bytes())
        count = len(self)

        def column(name: str, dtype: DTypeLike, *width: int, **bounds: Any) -> NDArray[Any]:
            return load(folder / f"{name}.npy", dtype, count, *width, **bounds)

        def codes(name: str, most: int) -> NDArray[np.int32]:
            return column(name, np.int32, least=0, most=most)

        self._ids = column("ids", "S")
        self._id_rows = column("id_rows", np.int32, least=0, most=count - 1)
        self.marks = column("marks", np.uint32)
        self.in_stock = column("in_stock", np.bool_)
        self.brand = codes("brand", len(self.names.brand) - 1)
        self.age = column("age", np.float32, 2)
        self.category = codes("category", len(self.names.category) - 1)
        self.price = column("price", np.float64, least=0, unknown=True)
        self._groups = load(folder / "groups.npy", "S", None)
        self.group = codes("group", len(self._groups))
        self.currency = codes("currency", len(self.names.currency) - 1)
        self.rating = column("rating", np.float32, least=0, most=STARS, unknown=True)
        self.sold = column("sold", np.int32, least=0)
        self.published = column("published", np.float64, unknown=True)
        self._product_cached = lru_cache(maxsize=4096)(self._product)
        for row in np.linspace(0, count - 1, min(count, _READ), dtype=int).tolist():
            if self.row_of(self._product(row).product_id) != row:
                raise ValueError(f"records.bin: number {row} is another product")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def row_of(self, product_id: str) -> int | None:
        """The row of a product, or None when the release does not hold it."""
        return row_of(self._ids, self._id_rows, product_id)

    def codes_for(self, group_ids: Iterable[str]) -> Codes:
        """All codes of brands, categories and currencies, and those of some groups."""
        names = self.names
        groups = {"": 0}
        following = len(self._groups) + 1
        for group_id in dict.fromkeys(group_ids):
            if group_id:
                place = _place(self._groups, group_id)
                groups[group_id] = following if place is None else place + 1
                following += place is None
        return Codes(
            {name: code for code, name in enumerate(names.brand)},
            {name: code for code, name in enumerate(names.category)},
            {name: code for code, name in enumerate(names.currency)},
            groups,
        )

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
        return Product.model_validate_json(unpacked(self._records[start:end], self._dictionary))


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
