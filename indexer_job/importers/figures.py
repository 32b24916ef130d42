"""Prices, ratings, counts and currencies out of what shops write."""

import math
import re
from typing import overload
from urllib.parse import urlsplit

from indexer_job.importers.base import BadRow

_MISSING = {"", "-", "–", "—", "null", "none", "n/a", "na"}
_TOO_LARGE = 1e15

_NUMBER = r"\d+(?:[.,'’]\d+|[ \u00a0\u202f]\d{3}(?!\d))*(?:[eE][+-]?\d+)?"
_SIGN = r"(?:[^\W\d_]{1,3}\.?\s?)?[$£¥฿\u20a0-\u20cf]?"
_AMOUNT = rf"{_SIGN}\s*({_NUMBER})(?:,[-–])?\s*{_SIGN}"
_PRICE = re.compile(
    rf"(?:(?:from|desde|dari|ab)\s+)?{_AMOUNT}(?:\s*(?:[-–—~]|to)\s*{_AMOUNT})?", re.IGNORECASE
)
_NEGATIVE = re.compile(rf"{_SIGN}\s*[-−]\s*{_SIGN}\s*\d")
_RATING = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/\s*5|out of 5.*|stars?|★)?", re.IGNORECASE)
_WHOLE = re.compile(r"\d+|\d{1,3}([.,]\d{2,3})*[.,]\d{3}")
_COUNT = re.compile(rf"({_NUMBER})\s*([km]?)\+?(?:\s.*)?", re.IGNORECASE)

# Where "10.000" is ten thousand even without a sign: nobody there pays fractions.
_WITHOUT_CENTS = {"IDR", "VND", "CLP", "COP", "KRW", "JPY", "PYG", "HUF", "ISK", "CRC"}
# Where a price written for people groups thousands by dots.
_DOTS_GROUP = _WITHOUT_CENTS | {"EUR", "BRL", "ARS", "TRY", "DKK", "PLN", "UYU", "RON"}

_SIGNS = {
    "US$": "USD", "US $": "USD", "NT$": "TWD", "HK$": "HKD", "MX$": "MXN", "AU$": "AUD",
    "CA$": "CAD", "A$": "AUD", "C$": "CAD", "S$": "SGD", "R$": "BRL", "$": "USD", "€": "EUR",
    "£": "GBP", "¥": "JPY", "₹": "INR", "₫": "VND", "₱": "PHP", "฿": "THB", "₩": "KRW",
    "₺": "TRY", "₴": "UAH", "₪": "ILS", "₦": "NGN", "Rs": "INR", "Rp": "IDR", "RM": "MYR",
    "zł": "PLN",
}  # fmt: skip
_CODES = {*_SIGNS.values(), *_DOTS_GROUP, "CNY", "CHF", "SEK", "NOK", "CZK", "ZAR", "AED", "SAR"}
_SIGN_OR_CODE = re.compile(
    "|".join(
        rf"(?<![^\W\d_]){re.escape(sign)}(?![^\W\d_])"
        for sign in sorted({*_SIGNS, *_CODES}, key=len, reverse=True)
    )
)
_COUNTRIES = {
    "id": "IDR", "my": "MYR", "sg": "SGD", "ph": "PHP", "th": "THB", "vn": "VND", "tw": "TWD",
    "br": "BRL", "mx": "MXN", "cl": "CLP", "com.co": "COP", "in": "INR", "uk": "GBP", "de": "EUR",
    "fr": "EUR", "it": "EUR", "es": "EUR", "nl": "EUR", "ie": "EUR", "at": "EUR", "be": "EUR",
    "jp": "JPY", "kr": "KRW", "ca": "CAD", "au": "AUD", "pl": "PLN", "se": "SEK", "tr": "TRY",
}  # fmt: skip


def price(value: object, field: str = "price", currency: str = "") -> float | None:
    """A price; the lowest of a range; None where there is none.

    Raises:
        BadRow: it is negative, or not to be read as a number.
    """
    given = _given(value)
    if given is None or isinstance(given, float):
        return _sane(given, field, value)
    match = _PRICE.fullmatch(given)
    if not match:
        raise _unreadable(given, field, value)
    signed = sign(given)
    dots_group = (currency or signed) in (_DOTS_GROUP if signed else _WITHOUT_CENTS)
    return _sane(min(_number(part, dots_group) for part in match.groups() if part), field, value)


def rating(value: object, reviews: int, field: str = "rating") -> float | None:
    """Stars out of five; 0 stars by 0 shoppers is no rating.

    Raises:
        BadRow: it is not to be read as a number.
    """
    given = _given(value)
    if isinstance(given, str):
        match = _RATING.fullmatch(given)
        if not match:
            raise _unreadable(given, field, value)
        given = float(match[1].replace(",", "."))
    return None if given == 0 and reviews == 0 else _sane(given, field, value)


def count(value: object, field: str) -> int:
    """A count such as "1,234" or "1.2k+ sold"; 0 where there is none.

    Raises:
        BadRow: it is negative, or not to be read as a number.
    """
    given = _given(value)
    if isinstance(given, str):
        match = _COUNT.fullmatch(given)
        if not match:
            raise _unreadable(given, field, value)
        factor = {"": 1, "k": 1_000, "m": 1_000_000}[match[2].lower()]
        given = _number(match[1], dots_group=factor == 1) * factor
    return round(_sane(given, field, value) or 0)


def sign(text: str) -> str:
    """The code of the first currency that a text names by sign or code, or ""."""
    match = _SIGN_OR_CODE.search(text)
    return _SIGNS.get(match[0], match[0]) if match else ""


def currency_code(given: object, prices: object, url: str) -> str:
    """The currency's code: as given, by a price's sign, by the shop's domain, or USD."""
    text = str(given or "").strip()
    if text.lower() not in _MISSING:
        return text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else sign(text) or text
    labels = _host(url).split(".")
    country = _COUNTRIES.get(".".join(labels[-2:])) or _COUNTRIES.get(labels[-1])
    found = sign(prices) if isinstance(prices, str) else ""
    # Half of America writes its pesos with the dollar's sign.
    return country if country and found in ("", "USD") else found or "USD"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "") if "//" in url else ""
    except ValueError:  # brackets that hold no address
        return ""


def _given(value: object) -> str | float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < _TOO_LARGE else math.nan
    text = "" if value is None else str(value).strip()
    return None if text.lower() in _MISSING else text


def _number(text: str, dots_group: bool) -> float:
    text = re.sub(r"[ \u00a0\u202f'’]", "", text)
    marks = [mark for mark in text if mark in ",."]
    decimal = None
    if "e" in text.lower():
        decimal = "."
    elif len(set(marks)) == 2:
        decimal = marks[-1]
    elif len(marks) == 1 and not _groups(text, marks[0], dots_group):
        decimal = marks[0]
    whole, _, fraction = text.partition(decimal) if decimal else (text, "", "0")
    if not _WHOLE.fullmatch(whole):
        return math.nan
    try:
        return float(f"{re.sub('[,.]', '', whole)}.{fraction}")
    except ValueError:
        return math.nan


def _groups(text: str, mark: str, dots_group: bool) -> bool:
    head, tail = text.split(mark)
    return len(tail) == 3 and len(head) <= 3 and head != "0" and (mark == "," or dots_group)


@overload
def _sane(number: float, field: str, value: object) -> float: ...
@overload
def _sane(number: float | None, field: str, value: object) -> float | None: ...
def _sane(number: float | None, field: str, value: object) -> float | None:
    if number is None:
        return None
    if not number < _TOO_LARGE:
        raise BadRow(field, "is not a number", value)
    if number < 0:
        raise BadRow(field, "is negative", value)
    return number


def _unreadable(text: str, field: str, value: object) -> BadRow:
    return BadRow(field, "is negative" if _NEGATIVE.match(text) else "is not a number", value)
