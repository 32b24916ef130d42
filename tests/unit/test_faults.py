"""The holder of a release when all comes at once, or the bucket does not come at all."""

import gc
import platform
import shutil
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shopfyp import holder as holding
from shopfyp.api import RecommendRequest, SearchRequest, SimilarRequest
from shopfyp.errors import BucketError, DiskError, NoRelease
from shopfyp.holder import ReleaseHolder
from shopfyp.profile import Interest, Profile
from shopfyp.recommend import recommend, similar
from shopfyp.release import Release, open_release
from shopfyp.search import search
from tests.folder_bucket import FolderBucket
from tests.unit.quick_release import build_quick

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONCURRENCY = 20
"""As many requests as an instance is given at once (`settings.SERVING`)."""

_ASKING = 8


class UnsteadyBucket(FolderBucket):
    """A bucket that counts what it is asked, takes its time, and can be out of reach."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.down, self.asked, self.seconds = False, 0, 0.0
        self.down_from: str | None = None

    def read(self, name: str, most: int) -> bytes | None:
        self._answer(name)
        return super().read(name, most)

    def download(self, name: str, path: Path, most: int) -> None:
        self._answer(name)
        super().download(name, path, most)

    def _answer(self, name: str) -> None:
        self.asked += 1
        time.sleep(self.seconds)
        if self.down or (self.down_from and self.down_from in name):
            raise BucketError("503")


@pytest.fixture
def bucket(tmp_path: Path) -> UnsteadyBucket:
    (tmp_path / "bucket").mkdir()
    return UnsteadyBucket(tmp_path / "bucket")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> list[Path]:
    """Two releases, of 40 and of 26 products; their index is flat, or `IVF` by parameter."""
    folder = tmp_path_factory.mktemp("faults")
    ivf_from = 1 if getattr(request, "param", "") == "IVF" else 50_000
    return [
        build_quick(folder / "large", ivf_from=ivf_from),
        build_quick(folder / "small", ivf_from=ivf_from, products=26),
    ]


@pytest.fixture
def holder(bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path) -> ReleaseHolder:
    """Of the larger release, which looks for another one when it is told to."""
    bucket.publish(folders[0])
    return ReleaseHolder(bucket, tmp_path / "cache", check_seconds=3600)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder that a release was opened from."""
    found: list[Path] = []
    whole = open_release

    def counted(folder: Path, **options: Any) -> Release:
        found.append(folder)
        return whole(folder, **options)

    monkeypatch.setattr(holding, "open_release", counted)
    return found


def at_once(holder: ReleaseHolder) -> list[Release | NoRelease]:
    """What as many callers get as there are requests at once."""
    together = threading.Barrier(CONCURRENCY)

    def get(_: int) -> Release | NoRelease:
        together.wait(10)
        try:
            return holder.get()
        except NoRelease as error:
            return error

    with ThreadPoolExecutor(CONCURRENCY) as pool:
        return list(pool.map(get, range(CONCURRENCY)))


def test_a_herd_on_a_cold_instance_loads_the_release_once(
    bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path, opened: list[Path]
) -> None:
    bucket.publish(folders[0])
    bucket.seconds = 0.002
    got = at_once(ReleaseHolder(bucket, tmp_path / "cache"))
    assert len({id(release) for release in got}) == 1
    assert isinstance(got[0], Release)
    assert len(opened) == 1
    assert bucket.asked == 2 + len(got[0].manifest.files), "pointer, manifest, files"


def test_a_herd_with_no_bucket_asks_it_once_and_again_some_seconds_later(
    bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path, monkeypatch
) -> None:
    bucket.publish(folders[0])
    bucket.down, bucket.seconds = True, 0.1
    monkeypatch.setattr(holding, "_RETRY_SECONDS", 0.5)
    holder = ReleaseHolder(bucket, tmp_path / "cache")
    started = time.monotonic()
    assert [type(got) for got in at_once(holder)] == [NoRelease] * CONCURRENCY
    assert bucket.asked == 1
    assert time.monotonic() - started < 1, "nobody waits for the attempts of others"
    bucket.down, bucket.seconds = False, 0
    with pytest.raises(NoRelease, match="503"):
        holder.get()
    assert bucket.asked == 1
    time.sleep(0.5)
    assert holder.get().version


def test_the_last_good_release_is_served_while_the_bucket_is_down(
    bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path, capsys
) -> None:
    version = bucket.publish(folders[0])
    holder = ReleaseHolder(bucket, tmp_path / "cache", check_seconds=0)
    holder.get()
    bucket.down = True
    for _ in range(50):
        assert holder.get().version == version
        time.sleep(0.002)
    assert "release check failed" in capsys.readouterr().err
    newer = bucket.publish(folders[1])
    bucket.down = False
    assert _taken_up(holder, newer)


def test_checks_do_not_pile_up_while_the_bucket_hangs(
    bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path
) -> None:
    bucket.publish(folders[0])
    holder = ReleaseHolder(bucket, tmp_path / "cache", check_seconds=0)
    holder.get()
    bucket.seconds = 2
    before = threading.active_count()
    started = time.monotonic()
    for _ in range(100):
        holder.get()
    assert time.monotonic() - started < 0.3, "no caller waits"
    time.sleep(0.05)
    assert threading.active_count() <= before + 1


def test_an_outage_in_the_middle_of_a_download_is_no_verdict(
    holder: ReleaseHolder, bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path
) -> None:
    old = holder.get().version
    new = bucket.publish(folders[1])
    bucket.down_from = "popular/rows.npy"
    with pytest.raises(BucketError):
        holder.refresh()
    assert holder.get().version == old
    bucket.down_from = None
    holder.refresh()
    assert holder.get().version == new
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [new]


def test_a_copy_that_was_damaged_is_downloaded_again(
    bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path, monkeypatch
) -> None:
    version = bucket.publish(folders[0])
    ReleaseHolder(bucket, tmp_path / "cache").get()
    (tmp_path / "cache" / version / "kinds.npy").write_bytes(b"")
    monkeypatch.setattr(holding, "_RETRY_SECONDS", 0)
    holder = ReleaseHolder(bucket, tmp_path / "cache")
    with pytest.raises(NoRelease, match=r"kinds\.npy has 0 bytes"):
        holder.get()
    assert holder.get().version == version


def test_a_release_that_does_not_fit_is_not_downloaded(
    bucket: UnsteadyBucket, folders: list[Path], tmp_path: Path, monkeypatch
) -> None:
    version = bucket.publish(folders[0])
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(holding.shutil, "disk_usage", lambda _: usage)
    holder = ReleaseHolder(bucket, tmp_path / "cache")
    with pytest.raises(DiskError, match="and 1000 are free"):
        holder.refresh()
    assert bucket.asked == 2
    # That says nothing of the release: it is taken up when there is room.
    monkeypatch.undo()
    holder.refresh()
    assert holder.get().version == version


def test_what_the_served_release_has_as_well_needs_no_room(
    holder: ReleaseHolder, bucket: UnsteadyBucket, folders: list[Path], monkeypatch
) -> None:
    served, coming = (open_release(folder).manifest.files for folder in folders)
    needed = sum(facts.bytes for name, facts in coming.items() if served.get(name) != facts)
    assert needed < sum(facts.bytes for facts in coming.values())
    holder.get()
    bucket.publish(folders[1])
    usage = shutil.disk_usage(folders[1])._replace(free=needed)
    monkeypatch.setattr(holding.shutil, "disk_usage", lambda _: usage)
    holder.refresh()
    assert holder.get().version == open_release(folders[1]).version


@pytest.mark.parametrize("folders", ["SQ8", "IVF"], indirect=True)
def test_every_answer_comes_whole_from_one_release_while_they_are_swapped(
    holder: ReleaseHolder,
    bucket: UnsteadyBucket,
    folders: list[Path],
    request: pytest.FixtureRequest,
) -> None:
    expected = {}
    for folder in folders:
        release = open_release(folder)
        assert release.manifest.index.type.startswith(request.node.callspec.params["folders"])
        expected[release.version] = _answers(release, number=0)
    assert len(expected) == 2
    holder.get()
    ends = threading.Event()

    def ask(number: int) -> list[tuple[str, list[dict], list[dict]]]:
        found = []
        while not ends.is_set():
            release = holder.get()
            found.append((release.version, _answers(release, number), expected[release.version]))
        return found

    with ThreadPoolExecutor(_ASKING) as pool:
        asked = [pool.submit(ask, number) for number in range(_ASKING)]
        try:
            for place in range(6):
                bucket.publish(folders[(place + 1) % 2])
                holder.refresh()
        finally:
            ends.set()
        found = [answer for part in asked for answer in part.result()]
    assert {version for version, _, _ in found} == set(expected)
    assert all(answered == wanted for _, answered, wanted in found)


def test_a_release_that_was_replaced_is_gone_by_the_next_check(
    holder: ReleaseHolder, bucket: UnsteadyBucket, folders: list[Path]
) -> None:
    gc.disable()
    try:
        replaced = weakref.ref(holder.get().encoder)
        bucket.publish(folders[1])
        holder.refresh()
        holder.refresh()
        assert replaced() is None
    finally:
        gc.enable()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to")
def test_what_searches_freed_is_given_back_at_a_check_that_finds_nothing_new(
    holder: ReleaseHolder,
) -> None:
    holder.get()
    # Too small to be mapped by themselves; the last keeps the heap from shrinking by itself.
    blocks = [bytearray(64 * 1024) for _ in range(2048)]
    del blocks[:-1]
    before = _anonymous_mb()
    holder.refresh()
    assert _anonymous_mb() < before - 100


def _anonymous_mb() -> float:
    _, _, rest = Path("/proc/self/status").read_text().partition("RssAnon:")
    return int(rest.split()[0]) / 1024


def _answers(release: Release, number: int) -> list[dict]:
    """The same for the same release, whoever asks; `number` makes some queries new to it."""
    interests = [
        Interest(kind="query", value="red leather shoes", strength=1, at=NOW),
        Interest(kind="product", value="heels-1", strength=1, at=NOW),
    ]
    profile = Profile(recent=interests)
    release.encoder.encode(f"{number} {time.monotonic()}")
    asked = SearchRequest(query="Ben 10 shoes", event_id="e", at=NOW)
    answers = [
        search(release, asked, NOW),
        recommend(release, profile, "u", RecommendRequest(cards=2), NOW, np.random.default_rng(0)),
        similar(release, SimilarRequest(product_id="ben10-1"), NOW),
    ]
    return [
        answer.model_dump(mode="json", exclude={"cards": {"__all__": {"card_id"}}})
        for answer in answers
    ]


def _taken_up(holder: ReleaseHolder, version: str) -> bool:
    for _ in range(100):
        if holder.get().version == version:
            return True
        time.sleep(0.02)
    return False
