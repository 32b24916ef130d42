"""Publishing, hot swap and rollback through Cloud Storage, seen from a client."""

import json
import os
import time
import typing
from pathlib import Path

import pytest
import requests

from indexer_job.__main__ import main as job
from indexer_job.demo.prepare import DATA
from indexer_job.firestore import read_events, read_products
from indexer_job.publish import publish
from shopfyp.bucket import CloudBucket
from shopfyp.errors import ReleaseError
from shopfyp.history import releases
from shopfyp.manifest import POINTER, POINTER_BYTES
from shopfyp.release import open_release
from shopfyp.suggestions import Kind
from tests.emulator.conftest import HOSTING, Shopper, now
from tests.unit.tiny_encoder import write_tiny_encoder


@pytest.fixture
def bucket() -> CloudBucket:
    return CloudBucket(os.environ["RELEASE_BUCKET"])


@pytest.fixture(autouse=True)
def _demo_release_again():
    """Whatever a test publishes, the demo's release is served after it."""
    yield
    version = json.loads((DATA / "release" / "manifest.json").read_text())["version"]
    assert job(["rollback", version]) == 0
    _served(Shopper(), version)


def _served(shopper: Shopper, version: str) -> None:
    """Wait until the functions serve `version`; each process takes it up by itself."""
    deadline = time.monotonic() + 30
    while shopper.call("recommend").result["release"] != version:
        assert time.monotonic() < deadline, f"{version} was never taken up"
        time.sleep(0.3)


def test_a_published_release_is_taken_up_and_rolled_back(
    shopper: Shopper, bucket: CloudBucket, release_folder: Path, capsys
) -> None:
    before = shopper.call("recommend").result["release"]
    assert job(["publish", str(release_folder)]) == 0
    version = json.loads(capsys.readouterr().out)["published"]
    _served(shopper, version)
    assert job(["releases"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in listed if line.startswith("*")] == [version]
    assert [r.manifest.version for r in releases(bucket) if r.current] == [version]
    # The small release was built last, so the one before it is the demo's.
    assert job(["rollback"]) == 0
    _served(shopper, before)


def test_paging_goes_on_through_a_swap(
    shopper: Shopper, bucket: CloudBucket, release_folder: Path
) -> None:
    asked = {"query": "Ben 10 shoes for boys", "event_id": "visit", "at": now(), "limit": 4}
    first = shopper.call("search", **asked).result
    version = publish(release_folder, bucket)
    deadline = time.monotonic() + 30
    while True:  # the search function is a process of its own
        answer = shopper.call("search", **asked, page_token=first["next_page_token"])
        assert answer.status == 200
        if answer.result["release"] == version:
            break
        assert time.monotonic() < deadline, f"{version} was never taken up"
        time.sleep(0.3)
    pages = [first, answer.result]
    found = [item["product"]["product_id"] for page in pages for item in page["products"]]
    assert len(found) == len(set(found)) == 8
    assert found[4].startswith("ben10-")


def test_a_broken_release_is_not_published(bucket: CloudBucket, release_folder, tmp_path) -> None:
    import shutil

    broken = shutil.copytree(release_folder, tmp_path / "broken")
    (broken / "index.faiss").write_bytes(b"")
    before = bucket.read(POINTER, POINTER_BYTES)
    with pytest.raises(ReleaseError, match=r"index\.faiss"):
        publish(broken, bucket)
    assert bucket.read(POINTER, POINTER_BYTES) == before


def test_a_release_broken_in_the_bucket_is_refused_and_the_old_one_served(
    shopper: Shopper, bucket: CloudBucket, release_folder: Path
) -> None:
    before = shopper.call("recommend").result["release"]
    version = publish(release_folder, bucket)
    _served(shopper, version)
    assert job(["rollback", before]) == 0
    _served(shopper, before)
    # Now the bytes change under a pointer that still names them.
    bucket.write(f"releases/{version}/manifest.json", b'{"format": 99}')
    assert job(["rollback", version]) == 0
    # Each process looks by itself, and answers with what it has while it does.
    until = time.monotonic() + 6
    while time.monotonic() < until:
        assert shopper.call("recommend").result["release"] == before
        time.sleep(0.3)
    manifest = (release_folder / "manifest.json").read_bytes()
    bucket.write(f"releases/{version}/manifest.json", manifest)


def test_suggestions_are_served_by_hosting_and_follow_the_release(
    bucket: CloudBucket, release_folder: Path
) -> None:
    url = f"{HOSTING}/suggestions.json"
    before = requests.get(url, timeout=30)
    assert before.status_code == 200
    assert before.headers["Content-Type"] == "application/json"
    assert before.headers["Content-Encoding"] == "gzip"
    assert "s-maxage=600" in before.headers["Cache-Control"]
    entries = before.json()["entries"]
    assert len(entries) > 1000
    assert ["Ben 10", "theme"] in [entry[:2] for entry in entries]
    assert {entry[1] for entry in entries} == set(typing.get_args(Kind))
    tag = {"If-None-Match": before.headers["ETag"]}
    again = requests.get(url, headers=tag, timeout=30)
    assert (again.status_code, again.content) == (304, b"")

    version = publish(release_folder, bucket)
    deadline = time.monotonic() + 30
    while (now := requests.get(url, headers=tag, timeout=30)).status_code == 304:
        assert time.monotonic() < deadline, f"the suggestions of {version} never appeared"
        time.sleep(0.3)
    assert now.json()["release"] == version
    assert now.headers["ETag"] == f'W/"{version}"'
    assert "Marlowe" in [entry[0] for entry in now.json()["entries"]]


def test_a_rollback_to_nothing_is_an_error(capsys) -> None:
    assert job(["rollback", "20200101-000000-00000000"]) == 1
    assert "there is no release" in capsys.readouterr().err


def test_a_release_is_built_from_firestore(shopper: Shopper, tmp_path: Path, capsys) -> None:
    shopper.log("purchase", "p00001")
    assert any(e.user_id == shopper.user_id for e in read_events())
    assert sum(1 for _ in read_products()) >= 4000
    encoder = write_tiny_encoder(tmp_path / "encoder", ["shoes", "kettle"])
    sources = [f"--{name}=firestore" for name in ("catalog", "clips", "events")]
    assert job(["build", *sources, "--model", str(encoder), "--out", str(tmp_path / "out")]) == 0
    counts = open_release(tmp_path / "out").manifest.counts
    assert json.loads(capsys.readouterr().out).items() >= counts.items()
    assert counts["products"] >= 4000
    assert counts["clips"] == 26
    assert counts["events"] >= 1
