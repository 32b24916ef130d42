"""The feed of a release: its clips, with the products that can be bought."""

import json
from pathlib import Path

from indexer_job.feed import MAX_CLIPS, write_feed
from shopfyp.catalog import Clip
from shopfyp.feed import FILE, FeedFile
from shopfyp.public_file import PublicFile
from tests.conftest import product
from tests.folder_bucket import FolderBucket


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
