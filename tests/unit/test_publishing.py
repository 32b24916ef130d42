"""Publishing and rolling back, as Cloud Storage has it: with generations."""

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer_job import publish as publishing
from indexer_job.publish import publish
from shopfyp.errors import NoRelease, Overtaken, ReleaseError, Unsigned
from shopfyp.history import current, point, releases, roll_back
from shopfyp.holder import ReleaseHolder
from shopfyp.manifest import POINTER, read_pointer
from shopfyp.signatures import PUBLIC_KEY, SIGNING_KEY, new_keys
from tests.unit.manifests import change_manifest, version_of
from tests.unit.memory_bucket import MemoryBucket
from tests.unit.quick_release import build_quick


@pytest.fixture
def bucket() -> MemoryBucket:
    return MemoryBucket()


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
    steps = bucket.steps_of(lambda: publish(new, bucket))
    files = len(json.loads((new / "manifest.json").read_text())["files"])
    assert steps == files + 2, "files, manifest, pointer"
    holder = ReleaseHolder(bucket, tmp_path / "cache")
    holder.refresh()
    # Files are alike, so every third will do.
    for step in [*range(0, steps - 4, 3), *range(steps - 4, steps)]:
        bucket.objects = {n: o for n, o in bucket.objects.items() if version_of(new) not in n}
        point_back(bucket, old)
        bucket.kill_at(step, lambda: publish(new, bucket))
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
    monkeypatch.delenv(PUBLIC_KEY)
    with pytest.raises(Unsigned):
        roll_back(bucket, version_of(unsigned))
    assert is_whole(bucket, first), "though the key is not known here"
    monkeypatch.setenv(PUBLIC_KEY, f"{newer.public},{ours.public}")
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
    before = bucket.hashes()
    other = build_quick(tmp_path / "other", products=30)
    change_manifest(other, version=version_of(folder))
    if changed == "manifest.json":
        other = shutil.copytree(folder, tmp_path / "third")
        change_manifest(other, evaluation={"hits": 1.0})
    with pytest.raises(ReleaseError):
        publish(other, bucket)
    assert bucket.hashes() == before


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
