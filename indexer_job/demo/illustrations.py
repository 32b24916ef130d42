"""A picture for each product: drawn by its type, in its own colour."""

import colorsys
import hashlib
import tomllib
from functools import cache
from pathlib import Path
from string import Template

from indexer_job.demo.types import colours, themes, type_named
from shopfyp.catalog import Product

_FILE = Path(__file__).with_name("art.toml")
_ACCENTS = ["#ffcf4a", "#ff7d6b", "#5ad1c0", "#7aa7ff", "#c792ea", "#9bd86b"]
# Pairs of background colours, warm and cool, light enough for any product.
_BACKGROUNDS = [
    ("#fff1e0", "#ffd9b8"),
    ("#e6f4ff", "#bfe0fa"),
    ("#f2ecff", "#d6c9f7"),
    ("#e9f8ee", "#c2e8cf"),
    ("#fff0f3", "#f9ccd6"),
    ("#f4f5f7", "#d4d9e2"),
    ("#fff8d9", "#f5e3a1"),
    ("#e4f7f7", "#b8e3e4"),
]


# Further views of the same file, shown by what follows a # in its address.
_VIEWS = {"side": "400 0 400 400", "detail": "96 116 208 208"}


def views_of(picture: str) -> list[str]:
    """The addresses of a picture's further views: from the other side, and from near."""
    return [f"{picture}#{view}" for view in _VIEWS]


def product_svg(product: Product) -> str:
    """A square picture of a product, 400 x 400, and its further views beside it."""
    light, deep = _BACKGROUNDS[_pick(product, "background", len(_BACKGROUNDS))]
    views = "".join(f'<view id="{name}" viewBox="{box}"/>' for name, box in _VIEWS.items())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">'
        '<defs><radialGradient id="b" cx=".4" cy=".3" r=".9">'
        f'<stop stop-color="{light}"/><stop offset="1" stop-color="{deep}"/>'
        f"</radialGradient></defs>{views}"
        '<rect width="400" height="400" fill="url(#b)"/>'
        f'<g id="a">{product_art(product)}</g>'
        f'<path d="M400 0h400v400H400z" fill="{light}"/>'
        f'<path d="M400 286h400v114H400z" fill="{deep}"/>'
        '<use href="#a" transform="matrix(-.8 0 0 .8 760 58)"/></svg>'
    )


def product_art(product: Product) -> str:
    """The drawing alone, on its shadow and without a background, in a box of 400 x 400."""
    colour = colours()[str(product.attributes["colour"])]
    accent = _ACCENTS[_pick(product, "accent", len(_ACCENTS))]
    kind = type_named(str(product.attributes["type"]))
    drawing = Template(_drawings()[kind.art]).substitute(
        c=colour, d=_shade(colour, 0.68), l=_shade(colour, 1.28), a=accent, w="#fbf8f2"
    )
    shadow = '<ellipse cx="200" cy="326" rx="138" ry="15" fill="#1b2440" opacity=".16"/>'
    return shadow + drawing + _badge(str(product.attributes.get("theme", "")))


def _badge(theme: str) -> str:
    if not theme:
        return ""
    badge = themes()[theme]
    return (
        '<g transform="translate(292 34)"><circle cx="37" cy="37" r="37" fill="#fff"/>'
        f'<circle cx="37" cy="37" r="32" fill="{badge.colour}"/>'
        f'<path transform="translate(14.5 14.5) scale(.75)" d="{badge.badge}" fill="#fff" '
        'fill-rule="evenodd"/></g>'
    )


@cache
def _drawings() -> dict[str, str]:
    return tomllib.loads(_FILE.read_text())


def _pick(product: Product, what: str, count: int) -> int:
    # Variants of a product stand before the same background.
    picked_by = product.group_id or product.product_id
    return hashlib.sha256(f"{picked_by}{what}".encode()).digest()[0] % count


@cache
def _shade(colour: str, factor: float) -> str:
    """A darker (factor < 1) or lighter (factor > 1) tone of a hex colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * factor if factor < 1 else 1 - (1 - light) / factor
    mixed = colorsys.hls_to_rgb(hue, light, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in mixed)
