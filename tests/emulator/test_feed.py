"""The feed's file, as Hosting hands it out, follows what becomes of the products in its clips."""

import time
from collections.abc import Callable

import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from tests.emulator.conftest import HOSTING, PROJECT

WITHIN_SECONDS = 60


def _sold() -> list[str]:
    clips = requests.get(f"{HOSTING}/feed.json", timeout=30).json()["clips"]
    return [product["product_id"] for clip in clips for product in clip["products"]]


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "too late"
        time.sleep(0.3)


def test_what_sells_out_leaves_the_feed_and_comes_back_with_its_stock() -> None:
    first = _sold()[0]
    store = firestore.Client(project=PROJECT, credentials=AnonymousCredentials())
    product = store.collection("products").document(first)
    product.update({"in_stock": False})
    try:
        _until(lambda: first not in _sold())
    finally:
        product.update({"in_stock": True})
    _until(lambda: first in _sold())
