"""The demo catalogue: coherent products, generated from a seed."""

import random

from indexer_job.demo.illustrations import views_of
from indexer_job.demo.ratings import histogram
from indexer_job.demo.types import ProductType, brands, colours, product_types, themes
from shopfyp.catalog import AttributeValue, Product

_PER_TYPE = 43
_PER_THEMED_TYPE = 80
_AGES = [(2, 4), (3, 5), (4, 6), (6, 8), (8, 12), (9, 11)]
_STYLES = ["Classic", "Everyday", "Studio", "Essential", "Heritage", "Nova", "Alto", "Field"]
_FOR = {"kids": "for {gender}", "women": "Women's", "men": "Men's", "baby": "Baby", "adults": ""}
OCCASIONS = ["birthday", "everyday", "back to school", "Christmas", "holiday", "housewarming"]
"""What the demo's products are for."""
_SHOE_SIZES = {(2, 4): (22, 27), (3, 5): (24, 29), (4, 6): (26, 31), (6, 8): (29, 34)}


def demo_products(seed: int = 7) -> list[Product]:
    """Some 4,500 products in 23 departments; the same seed gives the same products."""
    rng = random.Random(seed)
    products: list[Product] = []
    for kind in product_types():
        for place in range(_PER_THEMED_TYPE if kind.themed else _PER_TYPE):
            products.append(_product(f"p{len(products) + 1:05}", kind, place, rng))
    return products


def _product(product_id: str, kind: ProductType, place: int, rng: random.Random) -> Product:
    colour = rng.choice(list(colours()))
    brand, material = rng.choice(brands(kind.department)), rng.choice(kind.materials)
    feature, other = rng.sample(kind.features, 2) if len(kind.features) > 1 else kind.features * 2
    attributes: dict[str, AttributeValue] = {"type": kind.noun}
    theme = list(themes())[place % len(themes())] if kind.themed else ""
    gender = _gender(kind, theme, rng)
    age = rng.choice(_AGES) if kind.who == "kids" else None
    if theme:
        attributes["theme"] = theme
    if gender:
        attributes["gender"] = gender
    if age:
        attributes["age_range"] = f"{age[0]}-{age[1]} years"
    attributes |= {"colour": colour, "material": material}
    sizes = _sizes(kind, age)
    if sizes:
        attributes["sizes"] = sizes
    attributes["feature"] = feature
    attributes["occasion"] = rng.choice(OCCASIONS)
    tier = brands(kind.department).index(brand) / max(len(brands(kind.department)) - 1, 1)
    price = _price(kind, tier, rng)
    sold = int(rng.paretovariate(0.8) * 12) if rng.random() < 0.9 else 0
    sold = min(sold, 180_000)
    title = _title(kind, brand, theme, gender, colour, feature, age, rng)
    list_price = _list_price(price, rng) if rng.random() < 0.35 else None
    rating = round(min(4.9, max(2.9, rng.gauss(4.4, 0.35))), 1) if sold else None
    ratings = int(sold * rng.uniform(0.05, 0.3))
    rating = rating if ratings else None
    picture = f"/demo/products/{product_id}.svg"
    return Product(
        product_id=product_id,
        title=title,
        description=_description(kind, theme, age, colour, material, feature, other),
        brand=brand,
        category=[kind.department, kind.category],
        price=price,
        list_price=list_price,
        currency="USD",
        rating=rating,
        rating_count=ratings,
        rating_histogram=histogram(rating, ratings) if rating else [],
        sold_count=sold,
        in_stock=rng.random() < 0.95,
        image_url=picture,
        image_urls=views_of(picture),
        url=f"/product/{product_id}",
        attributes=attributes,
    )


def _gender(kind: ProductType, theme: str, rng: random.Random) -> str:
    if kind.who == "kids":
        leaning = themes()[theme].who if theme else "unisex"
        return leaning if leaning != "unisex" else rng.choice(["boys", "girls", "unisex"])
    return {"women": "women", "men": "men", "adults": "unisex"}.get(kind.who, "")


def _title(
    kind: ProductType,
    brand: str,
    theme: str,
    gender: str,
    colour: str,
    feature: str,
    age: tuple[int, int] | None,
    rng: random.Random,
) -> str:
    who = _FOR.get(kind.who, "")
    first = [brand, who if "{" not in who and who != "Baby" else "", theme]
    if not theme:
        first.append(rng.choice(_STYLES))
    name = " ".join(part for part in [*first, kind.noun] if part)
    if kind.who == "kids":
        whose = {"boys": "Boys", "girls": "Girls"}.get(gender, "Kids")
        name += f" for {whose}"
    tail = [colour.capitalize(), feature]
    if age and rng.random() < 0.7:
        tail.append(f"Ages {age[0]}–{age[1]}")
    return f"{name}, {', '.join(tail)}"


def _description(
    kind: ProductType,
    theme: str,
    age: tuple[int, int] | None,
    colour: str,
    material: str,
    feature: str,
    other: str,
) -> str:
    noun = kind.noun.lower()
    opening = f"{colour.capitalize()} {noun} in {material}, with {feature}"
    if other != feature:
        opening += f" and {other}"
    sentences = [opening + "."]
    if theme:
        sentences.append(f"Made for everyone who loves {theme}.")
    if age:
        sentences.append(f"Sized for children from {age[0]} to {age[1]} years.")
    sentences.append(f"Part of our {kind.category.lower()} in {kind.department}.")
    return " ".join(sentences)


def _sizes(kind: ProductType, age: tuple[int, int] | None) -> list[str]:
    if kind.department == "Shoes":
        adult = {"women": (36, 42), "men": (40, 47)}.get(kind.who, (37, 46))
        low, high = _SHOE_SIZES.get(age, (32, 38)) if age else adult
        return [str(size) for size in range(low, high + 1)]
    if kind.department == "Kids' Clothing" and age:
        return [f"{year} years" for year in range(age[0], age[1] + 1)]
    if kind.department in {"Women's Clothing", "Men's Clothing"}:
        return ["XS", "S", "M", "L", "XL"]
    return []


def _price(kind: ProductType, tier: float, rng: random.Random) -> float:
    low, high = kind.price
    place = min(max(rng.gauss(0.25 + 0.5 * tier, 0.18), 0), 1)
    whole = int(low + (high - low) * place)
    return whole + rng.choice([0.99, 0.99, 0.49, 0.0] if whole < 100 else [0.0, 0.99])


def _list_price(price: float, rng: random.Random) -> float:
    return float(int(price * rng.uniform(1.12, 1.75)) + 1) + 0.99
