"""What all tests share: a small catalogue of ours, and a real release built from it."""

import os
from pathlib import Path

import pytest

from indexer_job.build import build_release
from indexer_job.files import UserEvent, user_event
from shopfyp.catalog import Clip, Product
from shopfyp.release import Release, open_release

_SHOES = ["trainers", "sandals", "wellies", "slippers", "light-up trainers", "school shoes"]


def product(product_id: str, title: str, **fields: object) -> Product:
    """A product with little said of it."""
    return Product.model_validate({"product_id": product_id, "title": title, **fields})


def small_catalog() -> list[Product]:
    """40 products in 5 departments; the last of each department is out of stock."""
    rows: list[Product] = []
    for number, kind in enumerate(_SHOES):
        rows.append(
            product(
                f"ben10-{number}",
                f"Ben 10 {kind} for boys",
                brand=f"Omni {number % 2}",
                category=["Shoes", "Kids"],
                price=19.99 + number,
                attributes={"age_range": "8-12 years", "theme": "Ben 10"},
            )
        )
    for number, kind in enumerate(_SHOES):
        rows.append(
            product(
                f"heels-{number}",
                f"Women's {kind} in red leather",
                brand="Marlowe",
                category=["Shoes", "Women"],
                price=59.0,
                in_stock=number < 5,
            )
        )
    other = {
        "Kitchen": ["cast iron frying pan", "non-stick wok", "chef's knife", "silicone spatula"],
        "Audio": [
            "wireless headphones",
            "bluetooth speaker",
            "noise cancelling earbuds",
            "turntable",
        ],
        "Garden": ["garden hose 20 m", "plant pot", "pruning shears", "tomato seeds"],
        "Toys": ["wooden train set", "Ben 10 action figure", "jigsaw of 100 pieces", "teddy bear"],
    }
    for department, titles in other.items():
        for number, title in enumerate([*titles, *(f"large {t}" for t in titles[:3])]):
            rows.append(
                product(
                    f"{department.lower()}-{number}",
                    title,
                    category=[department],
                    price=10.0 + number,
                    sold_count=100 * number,
                    in_stock=number < 6,
                )
            )
    return rows


def small_clips() -> list[Clip]:
    """Two clips."""
    return [
        Clip(
            clip_id=f"c{number}",
            creator="@mila",
            caption=caption,
            topic=topic,
            video_url=f"/c{number}.mp4",
            poster_url=f"/c{number}.jpg",
            duration_s=4,
        )
        for number, (topic, caption) in enumerate(
            [("frying pans", "Sunday pancakes"), ("gardening", "My first tomatoes")]
        )
    ]


def small_events() -> list[UserEvent]:
    """Twenty shoppers who each buy a pan, then a spatula."""
    return [
        user_event(
            {
                "event_id": f"{user}-{place}",
                "user_id": f"u{user}",
                "type": "purchase",
                "product_id": product_id,
                "at": f"2026-01-{place + 1:02}T10:00:00Z",
            },
            "small_events",
        )
        for user in range(20)
        for place, product_id in enumerate(["kitchen-0", "kitchen-3"])
    ]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--index milvus` runs the same tests on releases whose vectors are in Milvus Lite."""
    parser.addoption("--index", choices=("file", "milvus"), default="file")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What is about the file of an index has nothing to say of Milvus."""
    if item.get_closest_marker("index_file") and item.config.getoption("--index") == "milvus":
        pytest.skip("about the index's file")


@pytest.fixture(scope="session", autouse=True)
def _index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    if request.config.getoption("--index") == "milvus":
        pytest.importorskip(
            "milvus_lite", reason="pip install -r functions/milvus.requirements.txt"
        )
        os.environ["MILVUS_ADDRESS"] = str(tmp_path_factory.mktemp("milvus") / "vectors.db")
        build_release.__kwdefaults__["index"] = "milvus"


@pytest.fixture(scope="session")
def release_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the small catalogue, never to be changed by a test."""
    folder = tmp_path_factory.mktemp("release") / "first"
    build_release(small_catalog(), folder, clips=small_clips(), events=small_events())
    return folder


@pytest.fixture(scope="session")
def release(release_folder: Path) -> Release:
    """The small catalogue's release, open."""
    return open_release(release_folder)
