"""What is made of Cloud Storage's answers, those of an outage among them."""

from pathlib import Path

import pytest

from shopfyp.errors import BucketError, Overtaken, ReleaseError
from shopfyp.manifest import POINTER


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
