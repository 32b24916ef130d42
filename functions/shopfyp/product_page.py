"""A product's page for what runs no JavaScript: the web app's own, with the product in its head.

Crawlers and the previews of messengers read Open Graph tags (https://ogp.me) and JSON-LD
(https://schema.org/Product); browsers start the app as from any other address.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import escape
from http import HTTPStatus
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import quote, urljoin

from pydantic import TypeAdapter, ValidationError

from shopfyp.catalog import Id, Product
from shopfyp.errors import ShopFYPError
from shopfyp.logs import log

SITE_NAME = "ShopFYP"

_PATH = "/product/"
_ID: TypeAdapter[str] = TypeAdapter(Id)
_TIMEOUT_S = 5
_DESCRIPTION_CHARS = 200
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION = re.compile(r"<meta\s+name=\"description\"[^>]*>")
# A script ends at "</script" wherever that stands; these letters end nothing.
_SCRIPT_SAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


GUARDS = (
    "Content-Security-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
)
"""What bounds a page: Hosting sends these headers (firebase.json), and so does the function."""


class Page(NamedTuple):
    """A page, and the headers that bound what it may do."""

    html: str
    guards: dict[str, str]


class ShellError(ShopFYPError):
    """The web app's page cannot be had from Hosting."""


class Shell:
    """The web app's `index.html`, as Hosting serves it now.

    It is kept, and Hosting is asked each time whether it is still the same: after a deploy an old
    one would name scripts that are gone, and the CDN would hold such a page for an hour.
    """

    def __init__(self, origin: str) -> None:
        """Read it from Hosting at `origin`, such as https://shop.example."""
        self._url = f"{origin}/index.html"
        self._kept: tuple[str, Page] | None = None

    def get(self) -> "Page":
        """The page; the last one known while Hosting does not answer.

        Raises:
            ShellError: Hosting does not answer, and never did.
        """
        kept = self._kept
        request = urllib.request.Request(self._url)
        if kept and kept[0]:
            request.add_header("If-None-Match", kept[0])
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
                sent = response.headers
                guards = {name: sent[name] for name in GUARDS if name in sent}
                page = Page(str(response.read(), "utf-8"), guards)
                self._kept = sent.get("ETag", ""), page
                return page
        except (OSError, ValueError, HTTPException) as error:
            if kept is None:
                raise ShellError(f"{self._url}: {error}") from error
            if not (
                isinstance(error, urllib.error.HTTPError) and error.code == HTTPStatus.NOT_MODIFIED
            ):
                log("WARNING", "Hosting does not answer", reason=str(error))
            return kept[1]


def product_id_of(path: str) -> str | None:
    """The product whose page a decoded path is, `/product/<id>`; None if it can be nobody's."""
    try:
        return _ID.validate_python(path.removeprefix(_PATH).removesuffix("/"))
    except ValidationError:
        return None


def with_product(html: str, product: Product, origin: str) -> str:
    """The page `html` with a product's name, description, picture and price in its head.

    Args:
        html: a page with a title and a head.
        product: what it is about; every text of it is escaped.
        origin: of the web app, for absolute addresses.
    """
    head = "\n    ".join(_head(product, origin))
    html = _TITLE.sub("", _DESCRIPTION.sub("", html, count=1), count=1)
    return html.replace("</head>", f"  {head}\n  </head>", 1)


def _head(product: Product, origin: str) -> Iterator[str]:
    url = f"{origin}{_PATH}{quote(product.product_id, safe='')}"
    title = f"{product.title} · {SITE_NAME}"
    about = _shortened(product.description or " › ".join(product.category) or product.title)
    pictures = [urljoin(f"{origin}/", at) for at in _pictures(product)]
    yield f"<title>{escape(title)}</title>"
    yield _meta("name", "description", about)
    yield f'<link rel="canonical" href="{escape(url)}" />'
    yield _meta("property", "og:type", "product")
    yield _meta("property", "og:site_name", SITE_NAME)
    yield _meta("property", "og:title", product.title)
    yield _meta("property", "og:description", about)
    yield _meta("property", "og:url", url)
    if pictures:
        yield _meta("property", "og:image", pictures[0])
        yield _meta("property", "og:image:alt", product.title)
    if product.price is not None:
        yield _meta("property", "product:price:amount", _amount(product.price))
        yield _meta("property", "product:price:currency", product.currency)
    availability = "in stock" if product.in_stock else "out of stock"
    yield _meta("property", "product:availability", availability)
    yield _meta("name", "twitter:card", "summary_large_image" if pictures else "summary")
    data = json.dumps(_json_ld(product, url, about, pictures), ensure_ascii=False)
    yield f'<script type="application/ld+json">{data.translate(_SCRIPT_SAFE)}</script>'


def _json_ld(product: Product, url: str, about: str, pictures: list[str]) -> dict[str, object]:
    """The product in the words of schema.org, as far as it is known."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "description": about,
        "sku": product.product_id,
        "url": url,
    }
    if pictures:
        data["image"] = pictures
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    if product.group_id:
        data["inProductGroupWithID"] = product.group_id
    if product.rating is not None and product.rating_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": product.rating,
            "reviewCount": product.rating_count,
        }
    if product.price is not None:
        stock = "InStock" if product.in_stock else "OutOfStock"
        data["offers"] = {
            "@type": "Offer",
            "price": _amount(product.price),
            "priceCurrency": product.currency,
            "availability": f"https://schema.org/{stock}",
            "url": url,
        }
    return data


def _pictures(product: Product) -> list[str]:
    """Its pictures, each once: views of one file are told apart by what follows a #."""
    addresses = [product.image_url, *product.image_urls]
    return list(dict.fromkeys(at.partition("#")[0] for at in addresses if at))


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}" />'


def _amount(price: float) -> str:
    return f"{price:.2f}"


def _shortened(text: str) -> str:
    """One line of at most 200 characters, cut between words where that is possible."""
    line = " ".join(text.split())
    if len(line) <= _DESCRIPTION_CHARS:
        return line
    cut = line[: _DESCRIPTION_CHARS - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"
