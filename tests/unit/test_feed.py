"""The feed of a release: its clips, with the products that can be bought."""

import json
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer_job.feed import MAX_CLIPS, write_feed
from shopfyp.catalog import Clip, Product
from shopfyp.changes import CLOCKS, Change
from shopfyp.feed import FILE, FeedFile, LiveFeed
from shopfyp.public_file import PublicFile
from tests.conftest import product
from tests.folder_bucket import FolderBucket
from tests.unit.manifests import reseal
from tests.unit.test_functions import main as main  # a fixture


def clip(clip_id: str, *product_ids: str) -> Clip:
    return Clip(
        clip_id=clip_id,
        creator="@her",
        caption="look",
        topic="tents",
        video_url="/a.mp4",
        poster_url="/a.jpg",
        duration_s=4,
        product_ids=list(product_ids),
    )


def written(clips: list[Clip], folder: Path) -> FeedFile:
    products = [
        product("tent", "Tent", attributes={"colour": "green"}, description="Stands."),
        product("pole", "Pole", in_stock=False),
        product("rope", "Rope"),
    ]
    write_feed(clips, products, folder)
    return FeedFile.model_validate_json((folder / FILE).read_bytes())


def test_a_clip_carries_what_can_be_bought_of_it_in_its_order(tmp_path: Path) -> None:
    (shown,) = written([clip("c1", "rope", "gone", "pole", "tent")], tmp_path).clips
    assert [p.product_id for p in shown.products] == ["rope", "tent"]
    assert shown.products[1].title == "Tent"
    # A tile shows neither, and a phone would have to load them.
    assert not shown.products[1].attributes
    assert not shown.products[1].description


def test_a_phone_is_sent_no_more_than_it_should(tmp_path: Path) -> None:
    clips = [clip(f"c{n}") for n in range(MAX_CLIPS + 50)]
    assert [c.clip_id for c in written(clips, tmp_path).clips][-1] == f"c{MAX_CLIPS - 1}"


def test_it_is_served_from_the_release(tmp_path: Path, release_folder: Path) -> None:
    bucket = FolderBucket(tmp_path)
    version = bucket.publish(release_folder)
    served = json.loads(PublicFile(bucket, FILE, FeedFile).get().plain)
    assert served["release"] == version
    assert served["clips"] == json.loads((release_folder / FILE).read_text())["clips"]
    assert served["clips"]


# What became of its products

BUILT = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Catalogue:
    """What was noted of products since the build, and since when it was asked for."""

    def __init__(self, **became: Product | None) -> None:
        self.became, self.asked = became, list[datetime]()

    def __call__(self, since: datetime, most: int) -> list[Change]:
        self.asked.append(since)
        at = BUILT + timedelta(hours=1)
        return [Change(key, at, found) for key, found in self.became.items()] if since < at else []


def live(folder: Path, catalogue: Catalogue, *product_ids: str) -> list[Product]:
    feed = written([clip("c1", *product_ids)], folder)
    (shown,) = LiveFeed(catalogue)(feed, BUILT).clips
    return shown.products


def test_what_sold_out_or_is_gone_since_the_build_is_not_shown(tmp_path: Path) -> None:
    catalogue = Catalogue(tent=product("tent", "Tent", in_stock=False), rope=None)
    assert live(tmp_path, catalogue, "tent", "rope") == []
    assert catalogue.asked == [BUILT - CLOCKS]


def test_what_is_there_again_or_costs_something_else_is_shown_so(tmp_path: Path) -> None:
    catalogue = Catalogue(
        pole=product("pole", "Pole", description="Long."), rope=product("rope", "Rope", price=3)
    )
    pole, rope, tent = live(tmp_path, catalogue, "pole", "rope", "tent")
    assert (pole.title, pole.description) == ("Pole", "")
    assert rope.price == 3
    assert tent.title == "Tent"


def test_what_is_known_stays_known_and_is_not_asked_for_again(tmp_path: Path) -> None:
    feed = written([clip("c1", "rope", "tent")], tmp_path)
    catalogue = Catalogue(rope=None)
    by_now = LiveFeed(catalogue)
    assert by_now(feed, BUILT) == by_now(feed, BUILT)
    assert catalogue.asked[1] > BUILT + timedelta(hours=1)
    # Another release has other clips, and knows what was before it.
    later = BUILT + timedelta(days=1)
    assert len(by_now(feed, later).clips[0].products) == 2


def test_an_outage_keeps_the_feed_from_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = written([clip("c1", "rope")], tmp_path)

    def away(since: datetime, most: int) -> list[Change]:
        raise RuntimeError("unavailable")

    assert LiveFeed(away)(feed, BUILT) == feed
    assert "look for changes failed" in capsys.readouterr().err

    free = threading.Event()

    def slow(since: datetime, most: int) -> list[Change]:
        assert free.wait(10)
        return [Change("rope", BUILT, None)]

    monkeypatch.setattr("shopfyp.feed._PATIENCE_SECONDS", 0.05)
    by_now = LiveFeed(slow)
    assert by_now(feed, BUILT) == feed
    free.set()
    monkeypatch.setattr("shopfyp.feed._PATIENCE_SECONDS", 10)
    assert by_now(feed, BUILT).clips[0].products == []


def test_the_function_keeps_the_feed_up_and_tags_what_it_has_become(
    main, tmp_path: Path, release_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = shutil.copytree(release_folder, tmp_path / "release")
    written([clip("c1", "rope", "tent")], release)
    reseal(release)
    bucket = FolderBucket(tmp_path / "bucket")
    bucket.publish(release)
    changes: list[Change] = []
    monkeypatch.setattr(main, "_bucket", lambda: bucket)
    monkeypatch.setattr(main, "CHECK_SECONDS", 0)
    monkeypatch.setattr(main.products, "changes_since", lambda since, most: changes)
    holder = main._public_file.__wrapped__(FILE)
    before = holder.get()
    assert holder.get().tag == before.tag
    changes.append(Change("rope", datetime.now(UTC), None))
    after = holder.get()
    assert after.release == before.release
    assert after.tag != before.tag
    (shown,) = json.loads(after.plain)["clips"]
    assert [found["product_id"] for found in shown["products"]] == ["tent"]
