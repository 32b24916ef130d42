"""Amazon's catalogues as researchers published them."""

import re
from collections.abc import Mapping
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from indexer_job.importers.attributes import pairs
from indexer_job.importers.base import BadRow, ImportFailed
from indexer_job.importers.cleaning import first, unless_zero
from indexer_job.importers.sources import CsvImporter, JsonlImporter, read_csv
from indexer_job.importers.text import address, clean, decoded

_CATEGORIES = "amazon_categories.csv"
_ASIN = re.compile(r"/dp/([A-Z0-9]{10})(?![A-Z0-9])")
_ID_CHARS = 20
_SIZES = ("hi_res", "large", "thumb")


class KaggleAmazon2023(CsvImporter):
    """`amazon_products.csv` and `amazon_categories.csv`, 1.4 million products of amazon.com."""

    required = ("asin", "title")

    def __init__(self, source: Path, columns: Mapping[str, str], categories: Path | None) -> None:
        super().__init__(source, columns, None)
        beside = source.parent / _CATEGORIES
        path = categories or (beside if beside.is_file() else None)
        self._names = _category_names(path) if path else {}

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The category by its id; 0 for what is not known."""
        best_seller = str(row.get("isBestSeller")).strip().lower() == "true"
        return {
            "product_id": row["asin"],
            "title": row["title"],
            "category": self._names.get(str(row.get("category_id")).strip()),
            "price": unless_zero(row.get("price")),
            "list_price": unless_zero(row.get("listPrice")),
            "rating": row.get("stars"),
            "rating_count": row.get("reviews"),
            "sold_count": row.get("boughtInLastMonth"),
            "image_url": row.get("imgUrl"),
            "url": row.get("productURL"),
            "attributes": {"best_seller": True} if best_seller else None,
        }


class KaggleAmazonCategories(CsvImporter):
    """One CSV per category of amazon.in, or a folder of them; no id but in the link."""

    required = ("name", "link")

    def files(self) -> list[Path]:
        """The CSV files of a folder by name, or the one file."""
        if not self.source.is_dir():
            return [self.source]
        found = sorted([*self.source.glob("*.csv"), *self.source.glob("*.csv.gz")])
        if not found:
            raise ImportFailed(f"{self.source} holds no *.csv and no *.csv.gz")
        return found

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Rupees; what it costs without a discount is its price."""
        discounted, full = row.get("discount_price"), row.get("actual_price")
        return {
            "product_id": _id_of_link(row["link"], row["name"]),
            "title": row["name"],
            "category": [row.get("main_category"), row.get("sub_category")],
            "price": first(discounted, full),
            "list_price": full,
            "currency": "INR",
            "rating": _unless_words(row.get("ratings")),
            "rating_count": _unless_words(row.get("no_of_ratings")),
            "image_url": row.get("image"),
            "url": row["link"],
        }


class AmazonReviews2023(JsonlImporter):
    """The item metadata of McAuley Lab's Amazon Reviews 2023 (`meta_*.jsonl`)."""

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The description followed by the features, as either may be empty."""
        asin = row.get("parent_asin")
        texts = [*_list(row.get("description")), *_list(row.get("features"))]
        details = [(name, v) for name, v in pairs(row.get("details")) if not isinstance(v, dict)]
        brands = [value for name, value in details if name == "Brand"]
        return {
            "product_id": asin,
            "title": row.get("title"),
            "description": " ".join(filter(None, map(clean, texts))),
            "brand": first(*brands, row.get("store")),
            "category": row.get("categories") or [row.get("main_category")],
            "price": row.get("price"),
            "currency": "USD",
            "rating": row.get("average_rating"),
            "rating_count": row.get("rating_number"),
            "image_urls": _images(row.get("images")),
            "url": f"https://www.amazon.com/dp/{asin}",
            "attributes": details,
        }


def _category_names(path: Path) -> dict[str, str]:
    names = {}
    try:
        for line, row in read_csv(path, ("id", "category_name"), lambda _: None):
            if isinstance(row, BadRow):
                raise ImportFailed(f"{path}, line {line}: {row}")
            # A list, as a name may hold a sign that separates levels elsewhere.
            names[row["id"].strip()] = row["category_name"]
    except (OSError, EOFError) as error:
        raise ImportFailed(f"{path}: {error}") from error
    return names


def _id_of_link(link: str, name: str) -> str:
    asin = _ASIN.search(unquote(link))
    if asin:
        return asin[1]
    stable = address(link) or clean(name)
    return sha256(stable.encode()).hexdigest()[:_ID_CHARS] if stable else ""


def _unless_words(value: object) -> object:
    """Where a product has no rating, these columns hold what the page said next ("FREE ...")."""
    return value if str(value).strip()[:1].isdigit() else None


def _list(value: Any) -> list[Any]:
    value = decoded(value)
    return value if isinstance(value, list) else [value]


def _images(value: Any) -> list[str]:
    """The largest of each image: a list of images, or lists by size as in Parquet."""
    value = decoded(value)
    if isinstance(value, dict):
        sizes = [_list(value.get(size)) for size in _SIZES]
        value = [dict(zip(_SIZES, image, strict=True)) for image in zip_longest(*sizes)]
    if not isinstance(value, list):
        return [address(value)]
    images = (item if isinstance(item, dict) else {"large": item} for item in value)
    return [next(filter(None, (address(i.get(size)) for size in _SIZES)), "") for i in images]
