"""Changes: what became of products of the catalogue since a release was built."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from shopfyp.catalog import Product
from shopfyp.errors import ShopFYPError

MOST = 1000
"""So many changed products are served before the next build; the latest, if there are more."""

CLOCKS = timedelta(seconds=60)
"""So much before a release was built changes are asked for: the clocks of who builds and of
Firestore may differ. To take up what a release holds already changes nothing."""
SETTLED = timedelta(seconds=10)
"""So long after its time a change may still become visible."""


class InvalidProduct(ShopFYPError):
    """A document of the catalogue that is no product; the message names the field, no content."""


class Change(NamedTuple):
    """What a product has become, and when that was noted; None when it was deleted."""

    product_id: str
    at: datetime
    product: Product | None


ChangesSince = Callable[[datetime, int], list[Change]]
"""(since when, how many at the most) -> the latest changes, one a product."""


def product_of(document_id: str, fields: Mapping[str, Any]) -> Product:
    """The product in a document of the catalogue.

    Raises:
        InvalidProduct: there is none, or one with the id of another document.
    """
    try:
        product = Product.model_validate({"product_id": document_id, **fields})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidProduct(f"{where}: {first['type']}") from None
    if product.product_id != document_id:
        raise InvalidProduct("product_id: must be the document's id")
    return product
