"""What the demo shop sells: its product types, brands, colours and character themes."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).with_name("product_types.toml")


class ProductType(NamedTuple):
    """A kind of product; see product_types.toml for what the fields mean."""

    department: str
    category: str
    noun: str
    art: str
    price: tuple[float, float]
    who: str
    themed: bool
    materials: list[str]
    features: list[str]


class Theme(NamedTuple):
    """A character theme: whose it mostly is, and its badge's colour and drawing (60 x 60)."""

    who: str
    colour: str
    badge: str


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


@cache
def product_types() -> tuple[ProductType, ...]:
    """All product types, in a fixed order."""
    return tuple(
        ProductType(
            department=t["department"],
            category=t["category"],
            noun=t["noun"],
            art=t["art"],
            price=tuple(t["price"]),
            who=t.get("who", ""),
            themed=t.get("themed", False),
            materials=t["materials"],
            features=t["features"],
        )
        for t in _file()["types"]
    )


@cache
def type_named(noun: str) -> ProductType:
    """The product type with this noun; raises StopIteration when there is none."""
    return next(t for t in product_types() if t.noun == noun)


@cache
def colours() -> dict[str, str]:
    """The colours that products come in, as hex by name."""
    return dict(_file()["colours"])


@cache
def themes() -> dict[str, Theme]:
    """The character themes by name."""
    return {name: Theme(**fields) for name, fields in _file()["themes"].items()}


def brands(department: str) -> list[str]:
    """The brands sold in a department."""
    found: list[str] = _file()["brands"][department]
    return found


def goes_with(noun: str) -> list[str]:
    """The types that buyers of this type take next."""
    found: list[str] = _file()["goes_with"].get(noun, [])
    return found
