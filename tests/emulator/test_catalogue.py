"""The catalogue in Firestore: filled and read, whatever a shop does to its documents."""

from collections.abc import Iterator

import pytest

from indexer_job.firestore import FirestoreError, read_products, write_catalog
from shopfyp.store.client import client
from shopfyp.store.products import PRODUCTS, load_product
from tests.conftest import product
from tests.emulator.conftest import Shopper

ODD = {
    "odd-plain": {"title": "A cup that names no id"},
    "odd-price": {"title": "A cup that costs less than nothing", "price": -1},
    "odd-copy": {"title": "A cup copied in the console", "product_id": "p00001"},
}


@pytest.fixture
def odd() -> Iterator[None]:
    """Documents as people write them by hand."""
    for document_id, fields in ODD.items():
        client().collection(PRODUCTS).document(document_id).set(fields)
    yield
    for document_id in ODD:
        client().collection(PRODUCTS).document(document_id).delete()


@pytest.mark.usefixtures("odd")
def test_what_is_no_product_keeps_no_other_from_being_built(capsys) -> None:
    ids = [p.product_id for p in read_products()]
    assert len(ids) == len(set(ids)) >= 4000
    assert {"odd-plain"} == set(ODD) & set(ids)
    logged = capsys.readouterr().err
    assert "odd-price" in logged
    assert "less than nothing" not in logged


@pytest.mark.usefixtures("odd")
def test_a_document_needs_no_id_of_its_own_to_have_a_page() -> None:
    found = load_product("odd-plain")
    assert found is not None
    assert found.title == "A cup that names no id"


@pytest.mark.usefixtures("odd")
def test_who_holds_what_is_no_product_still_sees_their_interests(shopper: Shopper) -> None:
    for product_id in ("odd-price", "p00001"):
        shopper.log("view_item", product_id)
    held = shopper.call("my_interests").result["recent"]
    named = {item["about"]["params"]["product_id"] for item in held}
    assert named == {"odd-price", "p00001"}


def test_what_firestore_does_not_take_is_said() -> None:
    large = product("odd-large", "A cup", description="long " * 250_000)
    with pytest.raises(FirestoreError, match="after 0 documents"):
        write_catalog([product("odd-small", "A cup"), large], [])
    assert load_product("odd-large") is None
