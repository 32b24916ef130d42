"""Text, addresses and JSON cells as shops export them."""

import html
import json
import re
from typing import Any

_MISSING = {"", "-", "–", "—", "null", "none", "nan", "n/a"}

# By name, as "<new item>" and "3 <b" are text.
_BLOCK = (
    "address|article|aside|blockquote|body|br|button|center|dd|div|dl|dt|figcaption|figure|footer|"
    "form|h[1-6]|head|header|hr|html|iframe|img|input|li|link|main|meta|nav|object|ol|option|p|"
    "picture|pre|section|select|source|svg|table|tbody|td|tfoot|th|thead|title|tr|ul|video"
)
_INLINE = (
    "a|abbr|b|big|code|del|em|font|i|ins|label|mark|o:p|q|s|small|span|strike|strong|sub|sup|u"
)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
# Title case makes "&Amp;" of "&amp;".
_TITLED_ENTITY = re.compile(r"&(?:Amp|Quot|Nbsp|Apos);")
# Control characters, zero-width spaces, byte-order marks, broken characters and half surrogates;
# not U+200C and U+200D, which join letters and emoji.
_JUNK = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufffd\ud800-\udfff]")
# Commas stand within addresses as well.
_BETWEEN = re.compile(r"\s*[,|]\s*(?=https?:)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def is_missing(value: object) -> bool:
    """Whether a cell says that there is nothing, in words or without."""
    return value is None or (isinstance(value, str) and value.strip().lower() in _MISSING)


def clean(value: object, limit: int = 0) -> str:
    """One line of plain text, cut to `limit` characters if there is one."""
    if is_missing(value) or isinstance(value, dict | list):
        return ""
    text = str(value)
    if "<" in text or "&" in text:
        # Twice, as some shops escape the tags themselves.
        text = _without_tags(html.unescape(_TITLED_ENTITY.sub(_lower, _without_tags(text))))
    text = " ".join(_JUNK.sub("", text).split())
    if limit:
        text = text[:limit].rstrip()
    return "" if is_missing(text) else text


def decoded(value: Any) -> Any:
    """What a cell holds: JSON lists and objects decoded, all else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def address(value: object) -> str:
    """The first web address of a cell; "" if there is none, or one that no link should open."""
    return next(iter(addresses(value)), "")


def addresses(value: object) -> list[str]:
    """The web addresses of a cell, each once: a list, JSON, or several with commas between."""
    value = decoded(value)
    if isinstance(value, list):
        return list(dict.fromkeys(at for item in value for at in addresses(item)))
    if not isinstance(value, str) or is_missing(value):
        return []
    found = (_address(part) for part in _BETWEEN.split(value))
    return list(dict.fromkeys(at for at in found if at))


def _address(value: str) -> str:
    # Only this entity: "&copy=2" is a parameter.
    url = _JUNK.sub("", value).strip().replace("&amp;", "&")
    if url.startswith("//"):
        return f"https:{url}"
    scheme = _SCHEME.match(url)
    return url if not scheme or scheme[0].lower() in ("http:", "https:") else ""


def _without_tags(text: str) -> str:
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", _UNSEEN.sub(" ", text)))


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()
