"""Variants: products of one group, which differ in what a shopper chooses last (colour, size)."""

from collections.abc import Mapping, Sequence

from shopfyp.catalog import Product

_CHOSEN: Mapping[str, str] = {
    "colour": "colour",
    "color": "colour",
    "pattern": "pattern",
    "material": "material",
    "size": "size",
}
"""Attributes that tell variants apart, in the order of choosing; those of Google Merchant
Center's `item_group_id`, by the names that this app has for them."""


def options_of(products: Sequence[Product]) -> list[dict[str, str]]:
    """What tells each of a group's products from the others: its value of each option.

    An option is an attribute that all of them have, as one text, and not all the same. None is
    left where they differ by other things: their titles and pictures then have to tell.
    """
    options: dict[str, list[str]] = {}
    for attribute, option in _CHOSEN.items():
        values = [product.attributes.get(attribute) for product in products]
        texts = [str(value) for value in values if isinstance(value, str | int | float)]
        if len(texts) == len(products) and len(set(texts)) > 1:
            options.setdefault(option, texts)
    return [
        {name: texts[place] for name, texts in options.items()} for place in range(len(products))
    ]
