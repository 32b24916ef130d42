"""The catalogue changes in Firestore, and shoppers see it without a build."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shopfyp.changes import InvalidProduct
from shopfyp.store import products
from shopfyp.store.client import client
from shopfyp.store.products import CHANGES, PRODUCTS
from tests.emulator.conftest import Shopper

WITHIN_SECONDS = 60
TITLE = "Zorblax Peak dome tent for two"


def _product(product_id: str):
    return client().collection(PRODUCTS).document(product_id)


@pytest.fixture
def new_product():
    """A product written a moment ago, and gone after the test."""
    fields = {"title": TITLE, "brand": "Zorblax", "category": ["Camping", "Tents"], "price": 120}
    document = _product("delta-tent")
    document.set(fields)
    yield document
    document.delete()
    _until(lambda: _noted() is None)


def _noted() -> dict | None:
    """What is noted of the product; None if it is none."""
    note = client().collection(CHANGES).document("delta-tent").get().to_dict()
    return note and note["product"]


def _until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "too late"
        time.sleep(0.2)


def _found(shopper: Shopper, query: str = TITLE) -> list[str]:
    found = shopper.search(query).result["products"]
    return [item["product"]["product_id"] for item in found]


def _status(shopper: Shopper) -> int:
    return shopper.call("similar", product_id="delta-tent").status


def test_a_product_is_found_soon_after_it_was_written_and_never_after_it_is_gone(
    shopper: Shopper, new_product
) -> None:
    _until(lambda: _found(shopper)[:1] == ["delta-tent"])
    new_product.update({"title": "Zorblax Peak hiking boots", "price": 60})
    _until(lambda: _found(shopper, "Zorblax hiking boots")[:1] == ["delta-tent"])
    _until(lambda: _status(shopper) == 200)
    new_product.update({"in_stock": False})
    _until(lambda: "delta-tent" not in _found(shopper, "Zorblax"))
    new_product.delete()
    _until(lambda: _status(shopper) == 404)


def test_what_is_no_product_leaves_the_one_before(new_product) -> None:
    _until(lambda: (_noted() or {}).get("title") == TITLE)
    new_product.update({"price": -1})
    with pytest.raises(InvalidProduct, match="price"):
        products.note_change("delta-tent", datetime.now(UTC))
    assert _noted()["price"] == 120


def test_what_the_demo_was_seeded_with_is_no_change() -> None:
    noted = client().collection(CHANGES).count().get()[0][0].value
    assert noted < 10
