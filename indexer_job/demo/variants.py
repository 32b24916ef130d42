"""Further colours and sizes of some of the demo's products.

They are made from products that are there, with random numbers of their own, and stand behind
them: events, clips and all that was made of the others stays as it was.
"""

import random
from collections.abc import Iterator, Sequence

from indexer_job.demo.illustrations import views_of
from indexer_job.demo.ratings import histogram
from indexer_job.demo.types import colours
from shopfyp.catalog import Product

_COLOURS, _COLOURS_OF_SIZED = 4, 2
_SIZES = 4
_IN_STOCK = 0.8


def with_variants(products: Sequence[Product], seed: int = 7) -> list[Product]:
    """The products, the most sold one of each type with its colours and, where it has, sizes."""
    rng = random.Random(f"variants {seed}")
    best: dict[str, Product] = {}
    for product in products:
        kind = str(product.attributes["type"])
        if product.in_stock and product.sold_count > getattr(best.get(kind), "sold_count", -1):
            best[kind] = product
    groups = {product.product_id: list(_group(product, rng)) for product in best.values()}
    own = [groups[p.product_id][0] if p.product_id in groups else p for p in products]
    return own + [variant for group in groups.values() for variant in group[1:]]


def _group(product: Product, rng: random.Random) -> Iterator[Product]:
    """A product and its variants; itself first, in the first size."""
    sizes = product.attributes.get("sizes", [])
    # Children's sizes go by their age, which the product says as a whole.
    sized = isinstance(sizes, list) and "age_range" not in product.attributes and len(sizes) > 1
    own = str(product.attributes["colour"])
    others = rng.sample([colour for colour in colours() if colour != own], _COLOURS - 1)
    number = 0
    for colour in [own, *others][: _COLOURS_OF_SIZED if sized else _COLOURS]:
        picture = ""
        for size in _spread(sizes) if isinstance(sizes, list) and sized else [""]:
            number += 1
            variant = _variant(product, number, colour, size, picture, rng)
            picture = variant.image_url
            yield variant


def _variant(
    product: Product, number: int, colour: str, size: str, picture: str, rng: random.Random
) -> Product:
    first = number == 1
    own = str(product.attributes["colour"]).capitalize()
    product_id = product.product_id if first else f"{product.product_id}-{number}"
    attributes = {**product.attributes, "colour": colour}
    if size:
        del attributes["sizes"]
        attributes["size"] = size
    sold = product.sold_count if first else int(product.sold_count * rng.uniform(0.05, 0.5))
    ratings = product.rating_count if first else int(sold * rng.uniform(0.05, 0.3))
    rating = product.rating if ratings else None
    image_url = picture or f"/demo/products/{product_id}.svg"
    return product.model_copy(
        update={
            "product_id": product_id,
            "group_id": product.product_id,
            "title": product.title.replace(f", {own}", f", {colour.capitalize()}", 1)
            + (f", Size {size}" if size else ""),
            "description": product.description.replace(own, colour.capitalize(), 1),
            "sold_count": sold,
            "rating": rating,
            "rating_count": ratings,
            "rating_histogram": histogram(rating, ratings) if rating else [],
            "in_stock": first or rng.random() < _IN_STOCK,
            "image_url": image_url,
            "image_urls": views_of(image_url),
            "url": f"/product/{product_id}",
            "attributes": attributes,
        }
    )


def _spread(sizes: Sequence[str]) -> list[str]:
    """At most four sizes, from the middle on."""
    start = max(0, (len(sizes) - _SIZES) // 2)
    return list(sizes[start : start + _SIZES])
