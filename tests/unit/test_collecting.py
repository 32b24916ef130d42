"""What old releases go when, as Cloud Storage has it: with generations."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from indexer_job.collect import SETTLED, collect
from indexer_job.publish import publish
from shopfyp.errors import Overtaken, ReleaseError, UnknownRelease
from shopfyp.history import current, releases, roll_back
from shopfyp.manifest import POINTER
from tests.unit.manifests import version_of
from tests.unit.memory_bucket import MemoryBucket, Objects

LATER = SETTLED + timedelta(minutes=1)


@pytest.fixture
def bucket() -> MemoryBucket:
    return MemoryBucket()


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
    bucket.kill_at(20, lambda: publish(new, bucket))
    assert collect(bucket, 1, bucket.now + SETTLED / 2) == []
    assert version_of(new) in versions_in(bucket)
    assert collect(bucket, 1, bucket.now + LATER) == [version_of(new)]
    assert version_of(new) not in versions_in(bucket)


def test_without_a_live_release_nothing_is_deleted(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    published(bucket, versions, 3)
    bucket.delete(POINTER)
    before = bucket.hashes()
    with pytest.raises(ReleaseError, match="nothing was published"):
        collect(bucket, 1, bucket.now + LATER)
    assert bucket.hashes() == before


def collected(bucket: MemoryBucket, versions: Iterator[Path]) -> tuple[list[str], Objects, int]:
    """Four releases of which two were collected; all that there was, and in how many steps."""
    made = published(bucket, versions, 4)
    full = dict(bucket.objects)
    return made, full, bucket.steps_of(lambda: collect(bucket, 1, bucket.now + LATER))


def test_killed_at_any_step_of_collecting_no_half_release_is_offered(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    made, full, steps = collected(bucket, versions)
    assert versions_in(bucket) == {made[2], made[3]}
    for step in range(steps):
        bucket.objects = dict(full)
        bucket.kill_at(step, lambda: collect(bucket, 1, bucket.now + LATER))
        assert current(bucket) == made[3]
        for release in releases(bucket):
            prefix = f"releases/{release.manifest.version}"
            assert all(f"{prefix}/{name}" in bucket.objects for name in release.manifest.files)
        collect(bucket, 1, bucket.now + LATER)
        assert versions_in(bucket) == {made[2], made[3]}


def test_a_rollback_to_what_is_being_collected_wins_or_loses_whole(
    bucket: MemoryBucket, versions: Iterator[Path]
) -> None:
    made, full, steps = collected(bucket, versions)
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
