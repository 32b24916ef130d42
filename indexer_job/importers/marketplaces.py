"""Lazada, Shein and Shopee as data vendors export them: CSV with JSON in its cells."""

import re
from collections.abc import Mapping
from typing import Any

from indexer_job.importers.attributes import Pair, options, pairs, stock
from indexer_job.importers.cleaning import first, unless_zero
from indexer_job.importers.sources import CsvImporter
from indexer_job.importers.text import clean, decoded, is_missing

_SHEIN_GREETING = re.compile(r"^(?:Free Returns\s*✓\s*)?(?:Free Shipping\s*✓\s*)\.?\s*")
_SHEIN_FAREWELL = r"\s*-\s*{category} at (?:SHEIN|ROMWE)\b[^.]{{0,20}}\.?$"


class Lazada(CsvImporter):
    """One row per SKU: a listing of four colours is four products."""

    required = ("sku", "title")

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The chosen variation first, as it is what tells one SKU from the next."""
        chosen = list(pairs(row.get("product_variation")))
        if not any(value == row.get("color") for _, value in chosen):
            chosen.append(("colour", row.get("color")))
        choices = [(key, v) for key, v in options(row.get("variations")) if key in _LISTS]
        return {
            **_shared(row),
            "product_id": row["sku"],
            "group_id": row.get("mpn"),
            "description": row.get("product_description"),
            "category": row.get("breadcrumb"),
            "rating_count": row.get("reviews"),
            "sold_count": row.get("number_sold"),
            "attributes": [
                *chosen,
                *pairs(row.get("product_specifications")),
                *(choices or [("colours", row.get("colors"))]),
            ],
        }


class Shein(CsvImporter):
    """One row per product; its description is its title between two greetings."""

    required = ("product_id", "product_name")

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The sizes that are more than "one size"."""
        specification = list(pairs(row.get("other_attributes")))
        sizes = decoded(row.get("all_available_sizes"))
        if is_missing(sizes):
            sizes = [row.get("size")]
        if sizes != ["one-size"]:
            specification.append(("sizes", sizes))
        return {
            **_shared(row),
            "product_id": row["product_id"],
            "title": row["product_name"],
            "description": _shein_description(row),
            "category": first(row.get("category_tree"), row.get("category")),
            "rating_count": row.get("reviews_count"),
            "in_stock": row.get("in_stock"),
            "image_url": row.get("main_image"),
            "image_urls": row.get("image_urls"),
            "attributes": [*_colour(row, specification), *specification],
        }


class Shopee(CsvImporter):
    """One row per listing, in the languages and currencies of eleven countries."""

    required = ("id", "title")

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Sold out by `is_available`, or by a count of 0 that the specification does not deny."""
        specification = list(pairs(row.get("Product Specifications")))
        counted = stock(specification)
        return {
            **_shared(row),
            "product_id": row["id"],
            "description": row.get("Product Description"),
            "category": row.get("breadcrumb"),
            "rating_count": row.get("reviews"),
            "sold_count": row.get("sold"),
            "in_stock": first(row.get("is_available"), counted, row.get("stock")),
            "attributes": [*specification, *options(row.get("variations"))],
        }


_LISTS = ("colours", "sizes")


def _shared(row: Mapping[str, Any]) -> dict[str, Any]:
    final, initial = unless_zero(row.get("final_price")), unless_zero(row.get("initial_price"))
    return {
        "title": row.get("title"),
        "brand": row.get("brand"),
        "price": first(final, initial),
        "list_price": initial,
        "currency": row.get("currency"),
        "rating": row.get("rating"),
        "image_url": row.get("image"),
        "url": row.get("url"),
    }


def _colour(row: Mapping[str, Any], specification: list[Pair]) -> list[Pair]:
    named = any(name == "Color" for name, _ in specification)
    return [] if named else [("color", row.get("color"))]


def _shein_description(row: Mapping[str, Any]) -> str:
    text = _SHEIN_GREETING.sub("", clean(row.get("description")))
    category = re.escape(clean(row.get("category"))) or "[^-]{1,80}"
    return re.sub(_SHEIN_FAREWELL.format(category=category), "", text)
