"""Publishing, rolling back and collecting, as Cloud Storage has it: with generations.

The emulator ignores preconditions, so this is a bucket in memory that heeds them. What the client
makes of Cloud Storage's answers is tested below against those answers.
"""

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from indexer_job import publish as publishing
from indexer_job.collect import SETTLED, collect
from indexer_job.publish import publish
from shopfyp.errors import BucketError, NoRelease, Overtaken, ReleaseError, UnknownRelease
from shopfyp.history import current, point, releases, roll_back
from shopfyp.holder import ReleaseHolder
from shopfyp.manifest import POINTER, read_pointer
from shopfyp.signatures import PUBLIC_KEY, SIGNING_KEY, new_keys
from tests.unit.quick_release import build_quick
from tests.unit.test_release import _change_manifest

LATER = SETTLED + timedelta(minutes=1)


class Killed(BaseException):
    """The process ends here."""


class MemoryBucket:
    """Objects with generations, as Cloud Storage keeps them; atomic, one call at a time."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, int, datetime]] = {}
        self.now = datetime.now(UTC)
        self.before_change: Callable[[str], None] = lambda name: None
        self._numbers = count(1)
        self._lock = threading.Lock()

    def read(self, name: str, most: int) -> bytes | None:
        with self._lock:
            content = self.objects[name][0] if name in self.objects else None
        if content is not None and len(content) > most:
            raise ReleaseError(f"{name} has more than {most} bytes")
        return content

    def download(self, name: str, path: Path, most: int) -> None:
        content = self.read(name, most)
        if content is None:
            raise ReleaseError(f"{name} does not exist")
        path.write_bytes(content)

    def generation(self, name: str) -> int:
        with self._lock:
            return self.objects[name][1] if name in self.objects else 0

    def write(self, name: str, content: bytes, generation: int | None = None) -> None:
        self.before_change(name)
        with self._lock:
            held = self.objects[name][1] if name in self.objects else 0
            if generation is not None and generation != held:
                raise Overtaken(f"{name} was changed meanwhile")
            self.objects[name] = content, next(self._numbers), self.now

    def upload(self, path: Path, name: str) -> bool:
        try:
            self.write(name, path.read_bytes(), 0)
        except Overtaken:
            return False
        return True

    def delete(self, name: str) -> None:
        self.before_change(name)
        with self._lock:
            self.objects.pop(name, None)

    def written(self, prefix: str) -> dict[str, datetime]:
        with self._lock:
            return {n: held[2] for n, held in self.objects.items() if n.startswith(prefix)}


@pytest.fixture
def bucket() -> MemoryBucket:
    return MemoryBucket()


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_quick(tmp_path_factory.mktemp("publishing") / "release")


@pytest.fixture
def versions(quick: Path, tmp_path: Path) -> Iterator[Path]:
    """One release after the other, with the same files."""

    def made() -> Iterator[Path]:
        for number in range(100):
            folder = shutil.copytree(quick, tmp_path / str(number))
            _change_manifest(folder, version=f"20260101-{number:06}-00000000")
            yield folder

    return made()


def version_of(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text())["version"])


def content_of(bucket: MemoryBucket) -> dict[str, str]:
    return {name: hashlib.sha256(held[0]).hexdigest() for name, held in bucket.objects.items()}


def is_whole(bucket: MemoryBucket, folder: Path) -> bool:
    """Whether a release can be taken up from the bucket, by an instance that has nothing yet."""
    cache = folder.parent / "cold"
    shutil.rmtree(cache, ignore_errors=True)
    return ReleaseHolder(bucket, cache).get().version == version_of(folder)


# Interruptions


def test_killed_at_any_step_the_old_release_is_served_and_publishing_again_repairs(
    bucket: MemoryBucket, versions: Iterator[Path], tmp_path: Path
) -> None:
    old, new = next(versions), next(versions)
    publish(old, bucket)
    steps = count_steps(bucket, lambda: publish(new, bucket))
    files = len(json.loads((new / "manifest.json").read_text())["files"])
    assert steps == files + 2, "files, manifest, pointer"
    holder = ReleaseHolder(bucket, tmp_path / "cache")
    holder.refresh()
    # Files are alike, so every third will do.
    for step in [*range(0, steps - 4, 3), *range(steps - 4, steps)]:
        bucket.objects = {n: o for n, o in bucket.objects.items() if version_of(new) not in n}
        point_back(bucket, old)
        kill_at(bucket, step, lambda: publish(new, bucket))
        assert current(bucket) == version_of(old)
        assert version_of(new) not in {r.manifest.version for r in releases(bucket)} or (
            step == steps - 1
        ), "a release without all its files is listed"
        holder.refresh()
        assert holder.get().version == version_of(old)
        assert publish(new, bucket) == version_of(new)
        if step % 10 == 0 or step >= steps - 2:
            assert is_whole(bucket, new)


def point_back(bucket: MemoryBucket, folder: Path) -> None:
    point(bucket, version_of(folder), replaces=current(bucket))


def count_steps(bucket: MemoryBucket, act: Callable[[], object]) -> int:
    """How often `act` changes the bucket."""
    names: list[str] = []
    bucket.before_change = names.append
    act()
    bucket.before_change = lambda name: None
    return len(names)


def kill_at(bucket: MemoryBucket, step: int, act: Callable[[], object]) -> None:
    """End `act` just before its change number `step`, from 0 on."""
    left = count()

    def killed(_: str) -> None:
        if next(left) == step:
            raise Killed

    bucket.before_change = killed
    with pytest.raises(Killed):
        act()
    bucket.before_change = lambda name: None


def test_what_did_not_arrive_whole_is_not_published_and_can_be_again(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    old, new = next(versions), next(versions)
    publish(old, bucket)
    whole = bucket.write

    def cut(name: str, content: bytes, generation: int | None = None) -> None:
        whole(name, content[:-1] if name.endswith("kinds.npy") else content, generation)

    bucket.write = cut  # type: ignore[method-assign]
    with pytest.raises(ReleaseError, match=r"kinds\.npy in the bucket is not the one"):
        publish(new, bucket)
    assert current(bucket) == version_of(old)
    bucket.write = whole  # type: ignore[method-assign]
    publish(new, bucket)
    assert is_whole(bucket, new)


# Signatures


def test_only_what_was_signed_is_pointed_to_where_that_is_asked_for(
    bucket: MemoryBucket, versions: Iterator[Path], monkeypatch
) -> None:
    ours, newer, theirs = new_keys(), new_keys(), new_keys()
    unsigned, first, second = next(versions), next(versions), next(versions)
    publish(unsigned, bucket)
    monkeypatch.setenv(SIGNING_KEY, ours.signing)
    publish(first, bucket)
    monkeypatch.setenv(PUBLIC_KEY, f"{newer.public},{ours.public}")
    monkeypatch.setenv(SIGNING_KEY, newer.signing)
    publish(second, bucket)
    assert is_whole(bucket, second)
    assert roll_back(bucket) == version_of(first), "the signature stays with the release"
    assert is_whole(bucket, first)
    for key, reason in (("", "not signed"), (theirs.signing, "signed by no key")):
        monkeypatch.setenv(SIGNING_KEY, key)
        with pytest.raises(ReleaseError, match=reason):
            publish(unsigned, bucket)
        assert current(bucket) == version_of(first)


def test_what_was_not_signed_is_not_served_until_it_is(
    bucket: MemoryBucket, versions: Iterator[Path], tmp_path: Path, monkeypatch
) -> None:
    keys, old, new = new_keys(), next(versions), next(versions)
    monkeypatch.setenv(SIGNING_KEY, keys.signing)
    publish(old, bucket)
    monkeypatch.delenv(SIGNING_KEY)
    publish(new, bucket)
    monkeypatch.setenv(PUBLIC_KEY, keys.public)
    with pytest.raises(NoRelease, match="not signed"):
        ReleaseHolder(bucket, tmp_path / "cold").get()
    point_back(bucket, old)
    holder = ReleaseHolder(bucket, tmp_path / "warm")
    holder.refresh()
    signature = read_pointer(bucket).signature
    for wrong in (None, signature, "?"):
        pointer = {"version": version_of(new), "signature": wrong} | digest_of(new)
        bucket.write(POINTER, json.dumps(pointer).encode())
        with pytest.raises(ReleaseError, match="sign"):
            holder.refresh()
        assert holder.get().version == version_of(old)
    monkeypatch.setenv(SIGNING_KEY, keys.signing)
    publish(new, bucket)
    holder.refresh()
    assert holder.get().version == version_of(new)


def digest_of(folder: Path) -> dict[str, str]:
    data = (folder / "manifest.json").read_bytes()
    return {"manifest_sha256": hashlib.sha256(data).hexdigest()}


@pytest.mark.parametrize("name", [PUBLIC_KEY, SIGNING_KEY])
def test_a_key_that_is_none_is_named(
    bucket: MemoryBucket, versions: Iterator[Path], monkeypatch, name: str
) -> None:
    monkeypatch.setenv(SIGNING_KEY, new_keys().signing)
    monkeypatch.setenv(name, "c2hvcnQ=")
    with pytest.raises(ReleaseError, match=f"{name} must be 32 bytes in base64"):
        publish(next(versions), bucket)


# Two publishers


def test_of_two_publishers_the_first_wins_and_the_second_is_told(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    old, slow, fast = next(versions), next(versions), next(versions)
    publish(old, bucket)

    def overtake(name: str) -> None:
        if name.endswith(f"{version_of(slow)}/manifest.json"):
            bucket.before_change = lambda name: None
            publish(fast, bucket)

    bucket.before_change = overtake
    with pytest.raises(Overtaken, match=f"{version_of(slow)} is in the bucket"):
        publish(slow, bucket)
    assert current(bucket) == version_of(fast)
    # It was not in vain.
    assert roll_back(bucket, version_of(slow)) == version_of(slow)
    assert is_whole(bucket, slow)


def test_of_many_publishers_at_once_one_wins_and_all_are_told(
    bucket: MemoryBucket, versions: Iterator[Path], monkeypatch
) -> None:
    publish(next(versions), bucket)
    folders = [next(versions) for _ in range(4)]
    together = threading.Barrier(len(folders))
    opened = publishing.open_release

    def at_once(folder: Path):
        release = opened(folder)
        together.wait(30)
        return release

    monkeypatch.setattr(publishing, "open_release", at_once)
    won: list[str] = []
    lost: list[Overtaken] = []

    def run(folder: Path) -> None:
        try:
            won.append(publish(folder, bucket))
        except Overtaken as error:
            lost.append(error)

    threads = [threading.Thread(target=run, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert current(bucket) == won[0]


def test_the_same_release_published_twice_at_once_is_written_once(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    folder = next(versions)
    inner: list[str] = []

    def again(name: str) -> None:
        bucket.before_change = lambda name: None
        inner.append(publish(folder, bucket))

    bucket.before_change = again
    assert publish(folder, bucket) == inner[0] == current(bucket)
    before = dict(bucket.objects)
    assert publish(folder, bucket) == current(bucket)
    assert bucket.objects == before


@pytest.mark.parametrize("changed", ["kinds.npy", "manifest.json"])
def test_another_release_of_the_same_version_is_refused(
    bucket: MemoryBucket, versions: Iterator[Path], quick: Path, tmp_path: Path, changed: str
) -> None:
    folder = next(versions)
    publish(folder, bucket)
    before = content_of(bucket)
    other = build_quick(tmp_path / "other", products=30)
    _change_manifest(other, version=version_of(folder))
    if changed == "manifest.json":
        other = shutil.copytree(folder, tmp_path / "third")
        _change_manifest(other, evaluation={"hits": 1.0})
    with pytest.raises(ReleaseError):
        publish(other, bucket)
    assert content_of(bucket) == before


def test_a_rollback_that_was_overtaken_changes_nothing(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    first, second, third = next(versions), next(versions), next(versions)
    publish(first, bucket)
    publish(second, bucket)

    def overtake(name: str) -> None:
        bucket.before_change = lambda name: None
        publish(third, bucket)

    bucket.before_change = overtake
    with pytest.raises(Overtaken):
        roll_back(bucket)
    assert current(bucket) == version_of(third)


def test_a_file_that_the_manifest_does_not_name_is_not_published(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    folder = next(versions)
    (folder / "notes.txt").write_text("for me alone")
    with pytest.raises(ReleaseError, match=r"notes\.txt is not in the manifest"):
        publish(folder, bucket)
    assert not bucket.objects


# Collecting


def published(bucket: MemoryBucket, versions: Iterator[Path], number: int) -> list[str]:
    """Publish some releases on the last days, and keep them all."""
    found = []
    for days in range(number, 0, -1):
        bucket.now = datetime.now(UTC) - timedelta(days=days)
        found.append(publish(next(versions), bucket, keep=100))
    bucket.now = datetime.now(UTC)
    return found


def versions_in(bucket: MemoryBucket) -> set[str]:
    return {name.split("/")[1] for name in bucket.objects if name != POINTER}


def test_the_newest_the_live_one_and_the_one_before_it_stay(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    made = published(bucket, versions, 7)
    roll_back(bucket, made[2])
    assert collect(bucket, 2, bucket.now + LATER) == [made[0], made[3], made[4]]
    assert versions_in(bucket) == {made[1], made[2], made[5], made[6]}
    assert roll_back(bucket) == made[1]
    assert collect(bucket, 2, bucket.now + LATER) == [made[2]]
    assert collect(bucket, 2, bucket.now + LATER) == []


def test_publishing_collects(bucket: MemoryBucket, versions: Iterator[Path]) -> None:
    made = published(bucket, versions, 3)
    new = publish(next(versions), bucket, keep=2)
    assert versions_in(bucket) == {made[2], new}


def test_what_is_being_uploaded_stays_and_what_was_given_up_goes(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    published(bucket, versions, 1)
    new = next(versions)
    kill_at(bucket, 20, lambda: publish(new, bucket))
    assert collect(bucket, 1, bucket.now + SETTLED / 2) == []
    assert version_of(new) in versions_in(bucket)
    assert collect(bucket, 1, bucket.now + LATER) == [version_of(new)]
    assert version_of(new) not in versions_in(bucket)


def test_without_a_live_release_nothing_is_deleted(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    published(bucket, versions, 3)
    bucket.delete(POINTER)
    before = content_of(bucket)
    with pytest.raises(ReleaseError, match="nothing was published"):
        collect(bucket, 1, bucket.now + LATER)
    assert content_of(bucket) == before


def test_killed_at_any_step_of_collecting_no_half_release_is_offered(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    made = published(bucket, versions, 4)
    full = dict(bucket.objects)
    steps = count_steps(bucket, lambda: collect(bucket, 1, bucket.now + LATER))
    assert versions_in(bucket) == {made[2], made[3]}
    for step in range(steps):
        bucket.objects = dict(full)
        kill_at(bucket, step, lambda: collect(bucket, 1, bucket.now + LATER))
        assert current(bucket) == made[3]
        for release in releases(bucket):
            prefix = f"releases/{release.manifest.version}"
            assert all(f"{prefix}/{name}" in bucket.objects for name in release.manifest.files)
        collect(bucket, 1, bucket.now + LATER)
        assert versions_in(bucket) == {made[2], made[3]}


def test_a_rollback_to_what_is_being_collected_wins_or_loses_whole(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    made = published(bucket, versions, 4)
    full = dict(bucket.objects)
    steps = count_steps(bucket, lambda: collect(bucket, 1, bucket.now + LATER))
    for step in range(steps):
        bucket.objects = dict(full)
        left, moved = count(), list[str]()

        def rolls_back(
            _: str, step: int = step, left: Iterator[int] = left, moved: list[str] = moved
        ) -> None:
            if next(left) == step:
                bucket.before_change = lambda name: None
                with suppress(UnknownRelease):
                    moved.append(roll_back(bucket, made[0]))

        bucket.before_change = rolls_back
        with suppress(Overtaken):
            collect(bucket, 1, bucket.now + LATER)
        live = str(current(bucket))
        assert live == (moved[0] if moved else made[3])
        names = json.loads(bucket.objects[f"releases/{live}/manifest.json"][0])["files"]
        assert all(f"releases/{live}/{name}" in bucket.objects for name in names)


# What Cloud Storage answers


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch):
    """A bucket whose every request is answered by what the test says."""
    monkeypatch.setenv("FIREBASE_STORAGE_EMULATOR_HOST", "127.0.0.1:1")
    from shopfyp.bucket import CloudBucket

    return CloudBucket("shop")


def answers(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[dict]:
    from google.cloud.storage import Blob, Bucket

    asked: list[dict] = []

    def raises(*_: object, **options: object) -> None:
        asked.append(options)
        raise error

    for name in ("upload_from_string", "upload_from_filename", "download_to_file", "delete"):
        monkeypatch.setattr(Blob, name, raises)
    monkeypatch.setattr(Bucket, "get_blob", raises)
    return asked


def test_a_failed_precondition_is_told_apart(cloud, monkeypatch, tmp_path: Path) -> None:
    from google.api_core.exceptions import PreconditionFailed

    asked = answers(monkeypatch, PreconditionFailed("412"))
    with pytest.raises(Overtaken):
        cloud.write(POINTER, b"{}", 7)
    assert cloud.upload(tmp_path, "x") is False
    assert [options["if_generation_match"] for options in asked] == [7, 0]


def test_an_outage_says_nothing_of_a_release(cloud, monkeypatch, tmp_path: Path) -> None:
    from google.api_core.exceptions import NotFound, ServiceUnavailable
    from google.auth.exceptions import TransportError

    for error in (ServiceUnavailable("503"), TransportError("no token"), ConnectionError("reset")):
        answers(monkeypatch, error)
        for act in (
            lambda: cloud.read("x", 1),
            lambda: cloud.download("x", tmp_path / "x", 1),
            lambda: cloud.upload(tmp_path, "x"),
            lambda: cloud.write("x", b""),
            lambda: cloud.generation("x"),
            lambda: cloud.delete("x"),
        ):
            with pytest.raises(BucketError):
                act()
    answers(monkeypatch, NotFound("404"))
    assert cloud.read("x", 1) is None
    with pytest.raises(ReleaseError) as refused:
        cloud.download("x", tmp_path / "x", 1)
    assert not isinstance(refused.value, BucketError)


def test_an_object_larger_than_promised_is_not_downloaded(
    cloud, monkeypatch, tmp_path: Path
) -> None:
    from google.cloud.storage import Blob

    def endless(_: Blob, file) -> None:
        while True:
            file.write(bytes(1000))

    monkeypatch.setattr(Blob, "download_to_file", endless)
    for act in (
        lambda: cloud.download("x", tmp_path / "x", 10_000),
        lambda: cloud.read("x", 10_000),
    ):
        with pytest.raises(ReleaseError, match="x has more than 10000 bytes"):
            act()
    assert (tmp_path / "x").stat().st_size <= 10_000
