"""From what a shop wrote to a product: the rules that all formats share."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from indexer_job.importers import figures
from indexer_job.importers.attributes import brand, brand_among, flatten, pairs
from indexer_job.importers.base import BadRow
from indexer_job.importers.text import address, addresses, clean, decoded, is_missing
from shopfyp.catalog import MAX_PICTURES, STARS, Product

_TITLE_CHARS = 1_000
_DESCRIPTION_CHARS = 5_000
_GROUP_CHARS = 128
_LEVELS = 10
_SEPARATOR = re.compile(r"\s*[>›»|]\s*")
_OUT_OF_STOCK = {"false", "no", "outofstock", "soldout", "unavailable", "discontinued"}


def to_product(raw: Mapping[str, Any]) -> Product:
    """A product of raw fields, named as in `Product` and written as the shop wrote them.

    Raises:
        BadRow: they make no product.
    """
    product_id, title = _text_id(raw.get("product_id")), clean(raw.get("title"), _TITLE_CHARS)
    for field, value in (("product_id", product_id), ("title", title)):
        if not value:
            raise BadRow(field, "is missing")
    description = clean(raw.get("description"), _DESCRIPTION_CHARS)
    url = address(raw.get("url"))
    currency = figures.currency_code(raw.get("currency"), raw.get("price"), url)
    price = figures.price(raw.get("price"), "price", currency)
    list_price = figures.price(raw.get("list_price"), "list_price", currency)
    rating_count = figures.count(raw.get("rating_count"), "rating_count")
    specification = list(pairs(raw.get("attributes")))
    pictures = _pictures(raw.get("image_url"), raw.get("image_urls"))
    try:
        return Product(
            product_id=product_id,
            group_id=clean(raw.get("group_id"), _GROUP_CHARS),
            title=title,
            description="" if description == title else description,
            brand=brand(raw.get("brand")) or brand_among(specification),
            category=category_path(raw.get("category")),
            price=price,
            list_price=list_price if price is None or (list_price or 0) > price else None,
            currency=currency,
            rating=figures.rating(raw.get("rating"), rating_count),
            rating_count=rating_count,
            rating_histogram=_histogram(raw.get("rating_histogram")),
            sold_count=figures.count(raw.get("sold_count"), "sold_count"),
            in_stock=in_stock(raw.get("in_stock")),
            published_at=_moment(raw.get("published_at")),
            image_url=pictures[0] if pictures else "",
            image_urls=pictures[1 : MAX_PICTURES + 1],
            url=url,
            attributes=flatten(specification),
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise BadRow(str(first["loc"][0]), first["msg"], first["input"]) from error


def category_path(value: Any) -> list[str]:
    """A path, widest first, of a list, of JSON, or of `A > B`."""
    value = decoded(value)
    if isinstance(value, str):
        value = _SEPARATOR.split(clean(value))
    levels = value if isinstance(value, list) else []
    if levels and isinstance(levels[0], list):
        levels = levels[0]
    names = (clean(level.get("name") if isinstance(level, dict) else level) for level in levels)
    return [name for name in names if name][:_LEVELS]


def in_stock(value: object) -> bool:
    """Whether a cell does not say that the product is sold out.

    Shops say so in words, in a feed's ("out_of_stock") or by schema.org's address of them.
    """
    said = re.sub(r"[\s_-]", "", str(value).rpartition("/")[2].lower())
    return said not in _OUT_OF_STOCK and not re.fullmatch(r"-?0+(\.0+)?", said)


def _moment(value: object) -> datetime | None:
    """A time, or a day, in UTC where no zone is named."""
    if is_missing(value):
        return None
    try:
        at = datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise BadRow("published_at", "is no date as in 2026-01-31T12:00:00Z", value) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def unless_zero(value: object) -> object:
    """The price, or None where a shop writes 0 for a price that it does not know."""
    return None if re.fullmatch(r"[0.,]*", str(value).strip()) else value


def first(*values: object) -> object:
    """The first value that says something."""
    return next((value for value in values if not is_missing(value)), None)


def _pictures(*values: Any) -> list[str]:
    """The addresses of pictures, each once; among Shein's there are pages."""
    return [at for at in addresses(list(values)) if not at.lower().endswith(".html")]


def _histogram(value: Any) -> list[int]:
    """The counts of one to five stars, of a list or of JSON; nothing where there are no such."""
    counts = decoded(value)
    if not isinstance(counts, list) or len(counts) != STARS:
        return []
    whole = [figures.count(count, "rating_histogram") for count in counts]
    return whole if any(whole) else []


def _text_id(value: object) -> str:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return "" if is_missing(text) else text
