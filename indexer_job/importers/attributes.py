"""Specification lists of all shapes and languages as a product's attributes."""

import math
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from indexer_job.importers.text import clean, decoded
from shopfyp.catalog import AttributeValue

_MOST = 30
_VALUES = 20
_CHARS = 100

_NO_BRAND = {"no brand", "nobrand", "no-brand", "unbranded", "other", "otros"}
_BRAND = {"brand", "brand_name", "merek", "marca", "marcas", "thương_hiệu", "品牌"}
# Says nothing of what the product is: numbers of the shop's own, and where it ships from.
_BOILERPLATE = {
    "sku", "asin", "gtin", "ean", "upc", "isbn_10", "isbn_13", "best_sellers_rank",
    "date_first_available", "is_discontinued_by_manufacturer", "ships_from", "dikirim_dari",
    "opsi_pengiriman_instant", "ส่งจาก", "gửi_từ", "envio_de", "出貨地",
}  # fmt: skip
_STOCK_KEYS = {"kho", "商品數量", "số_lượng_hàng_khuyến_mãi", "số_sản_phẩm_còn_lại"}
_STOCK_WORDS = ("stock", "stok", "existencias", "estoque", "คลัง", "庫存")
_COLOUR_WORDS = {
    "color", "colour", "colors", "colours", "colores", "warna", "สี", "màu", "cor", "颜色", "顏色",
    "couleur", "farbe", "kulay",
}  # fmt: skip
_SIZE_WORDS = {
    "size", "sizes", "talla", "tamaño", "tamanho", "ukuran", "saiz", "ขนาด", "kích", "尺码", "尺寸",
    "taille", "größe",
}  # fmt: skip
# What a shop calls its options when it has no name for them.
_NAMELESS = {"", "variation", "variations", "variación", "variaciones", "default", "model", "type"}

Pair = tuple[str, Any]


@lru_cache(maxsize=4096)
def snake_case(name: str) -> str:
    """`Ukuran Layar (Inci)` -> `ukuran_layar_inci`; letters of all scripts stay."""
    folded = unicodedata.normalize("NFC", name).lower()
    # By category, as `\\w` leaves out the vowel signs of Thai and Hindi.
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in folded)
    return "_".join("".join(kept).split())


def pairs(value: Any) -> Iterator[Pair]:
    """Names and values of a specification: an object, or a list of `{name, value}` or of pairs."""
    value = decoded(value)
    if isinstance(value, dict):
        value = list(value.items())
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            item = (item.get("name"), item.get("value"))
        if isinstance(item, tuple) and isinstance(item[0], str):
            yield item


def options(value: Any) -> list[Pair]:
    """The choices of a listing, `[{"name": ..., "variations": [...]}]`: colours, sizes, others."""
    named: list[Pair] = []
    for item in decoded(value) if isinstance(decoded(value), list) else ():
        if isinstance(item, dict) and isinstance(item.get("variations"), list):
            key = snake_case(clean(item.get("name")))
            words = set(key.split("_"))
            if words & _COLOUR_WORDS:
                key = "colours"
            elif words & _SIZE_WORDS:
                key = "sizes"
            if key not in _NAMELESS:
                named.append((key, item["variations"]))
    return named


def brand_among(specification: Iterable[Pair]) -> str:
    """The brand that a specification names, or ""."""
    return next((b for name, v in specification if _is_brand(name) and (b := brand(v))), "")


def brand(value: object) -> str:
    """A brand; "" for the words that say there is none."""
    name = clean(value, _CHARS)
    return "" if name.lower() in _NO_BRAND else name


def stock(specification: Iterable[Pair]) -> int | None:
    """The pieces in stock that a specification counts, or None if it counts none."""
    counts = [int(v) for name, v in specification if _is_stock(name) and str(v).isdecimal()]
    return sum(counts) if counts else None


def flatten(specification: Iterable[Pair]) -> dict[str, AttributeValue]:
    """At most 30 attributes; a name that comes again makes a list of its values."""
    found: dict[str, AttributeValue] = {}
    for name, raw in specification:
        key = snake_case(name)[:_CHARS]
        value = _value(decoded(raw))
        if value is None or not key or _is_boilerplate(key):
            continue
        if key in found:
            found[key] = _joined(found[key], value)
        elif len(found) < _MOST:
            found[key] = value
    return found


def _value(raw: Any) -> AttributeValue | None:
    if isinstance(raw, list):
        texts = dict.fromkeys(text for item in raw if (text := clean(item, _CHARS)))
        return list(texts)[:_VALUES] or None
    if isinstance(raw, bool | int):
        return raw
    if isinstance(raw, float):
        return raw if math.isfinite(raw) else None
    return clean(raw, _CHARS) or None


def _joined(old: AttributeValue, new: AttributeValue) -> AttributeValue:
    both = dict.fromkeys([*_texts(old), *_texts(new)])
    return list(both)[:_VALUES] if len(both) > 1 else old


def _texts(value: AttributeValue) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _is_boilerplate(key: str) -> bool:
    return key in _BOILERPLATE or _is_stock(key) or _is_brand(key)


def _is_brand(name: str) -> bool:
    return snake_case(name) in _BRAND


def _is_stock(name: str) -> bool:
    key = snake_case(name)
    return key in _STOCK_KEYS or any(word in key for word in _STOCK_WORDS)
