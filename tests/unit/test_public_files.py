"""Public files of a release, by the example of its suggestions: held, and served."""

import gzip
import json
import shutil
import threading
import time
from pathlib import Path
from statistics import median

import pytest
from flask import Flask, request

from shopfyp.errors import NoRelease
from shopfyp.public_file import PublicFile
from shopfyp.suggestions import FILE, SuggestionsFile
from tests.folder_bucket import FolderBucket
from tests.unit.manifests import reseal
from tests.unit.test_functions import FUNCTIONS, ROOT, _python
from tests.unit.test_functions import main as main  # a fixture


def holding(bucket: FolderBucket, check_seconds: float = 60) -> PublicFile:
    """What serves the suggestions in a bucket."""
    return PublicFile(bucket, FILE, SuggestionsFile, check_seconds)


# Serving


@pytest.fixture
def bucket(tmp_path: Path, release_folder: Path) -> FolderBucket:
    """A bucket in which the small release is the current one."""
    (tmp_path / "bucket").mkdir()
    bucket = FolderBucket(tmp_path / "bucket")
    bucket.publish(release_folder)
    return bucket


@pytest.fixture
def other(release_folder: Path, tmp_path: Path) -> Path:
    """A release with another version and one suggestion."""
    folder = shutil.copytree(release_folder, tmp_path / "other")
    (folder / FILE).write_text('{"entries":[["Kettles","category",7]]}')
    reseal(folder)
    _version(folder, "20990101-000000-00000000")
    return folder


def _version(folder: Path, version: str) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": version}))


def test_a_newer_release_is_seen_at_the_next_check(bucket: FolderBucket, other: Path) -> None:
    holder = holding(bucket, check_seconds=0)
    before = holder.get()
    assert json.loads(before.plain)["release"] == before.release
    version = bucket.publish(other)
    after = holder.get()
    assert json.loads(after.plain) == {"release": version, "entries": [["Kettles", "category", 7]]}
    assert gzip.decompress(after.gzipped) == after.plain


def test_between_checks_the_bucket_is_not_asked(bucket: FolderBucket, other: Path) -> None:
    holder = holding(bucket, check_seconds=3600)
    before = holder.get()
    bucket.publish(other)
    assert holder.get() is before


def test_a_release_made_before_there_were_suggestions_has_none(
    bucket: FolderBucket, other: Path
) -> None:
    from shopfyp.release import open_release

    (other / FILE).unlink()
    manifest = json.loads((other / "manifest.json").read_text())
    del manifest["files"][FILE]
    (other / "manifest.json").write_text(json.dumps(manifest))
    assert open_release(other).version == manifest["version"]
    bucket.publish(other)
    held = holding(bucket).get()
    assert json.loads(held.plain) == {"release": manifest["version"], "entries": []}


@pytest.mark.parametrize("sealed", [False, True], ids=["changed", "nonsense"])
def test_broken_suggestions_are_refused_and_the_old_ones_go_on(
    bucket: FolderBucket, other: Path, sealed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = holding(bucket, check_seconds=0)
    before = holder.get()
    (other / FILE).write_text('{"entries":[["Kettles","no kind",7]]}')
    if sealed:
        reseal(other)
    bucket.publish(other)
    assert holder.get() is before
    assert "file refused" in capsys.readouterr().err


def test_no_file_is_read_that_is_too_large_to_hold(
    bucket: FolderBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopfyp.public_file._MOST_BYTES", 10)
    with pytest.raises(NoRelease, match=r"suggestions\.json has \d+ bytes; 10 are read"):
        holding(bucket).get()


def test_nothing_published_is_said_and_tried_again_some_seconds_later(
    tmp_path: Path, release_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = FolderBucket(tmp_path)
    holder = holding(bucket)
    with pytest.raises(NoRelease, match="nothing was published yet"):
        holder.get()
    bucket.publish(release_folder)
    with pytest.raises(NoRelease, match="nothing was published yet"):
        holder.get()
    monkeypatch.setattr("shopfyp.public_file._RETRY_SECONDS", 0)
    assert holder.get().release


class SlowBucket(FolderBucket):
    """Holds each look at the pointer back until it is let go."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.free = threading.Event()
        self.free.set()

    def read(self, name: str, most: int) -> bytes | None:
        assert self.free.wait(10)
        return super().read(name, most)


def test_one_caller_looks_and_nobody_else_waits(bucket: FolderBucket, other: Path) -> None:
    slow = SlowBucket(bucket.root)
    holder = holding(slow, check_seconds=0)
    before = holder.get()
    slow.free.clear()
    bucket.publish(other)
    found = []
    looking = threading.Thread(target=lambda: found.append(holder.get()))
    looking.start()
    while not holder._lock.locked():
        time.sleep(0.001)
    assert holder.get() is before
    slow.free.set()
    looking.join()
    assert found[0].release != before.release


# The function


@pytest.fixture
def get(main, bucket: FolderBucket, monkeypatch: pytest.MonkeyPatch):
    """Ask the function, as Hosting does."""
    holder = holding(bucket)
    monkeypatch.setattr(main, "_public_file", lambda _: holder)
    app = Flask(__name__)

    def ask(method: str = "GET", path: str = "/suggestions.json", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with app.test_request_context(path, method=method, headers=named):
            return main.public_files(request)

    return ask


def test_the_answer_may_be_kept_by_the_cdn_and_is_named_by_its_release(get) -> None:
    answer = get()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300, s-maxage=600"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["ETag"] == f'W/"{answer.get_json()["release"]}"'
    zipped = get(Accept_Encoding="br, gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == answer.data
    assert {answer.headers["Vary"], zipped.headers["Vary"]} == {"Accept-Encoding"}


def test_who_has_it_already_is_told_so(get) -> None:
    tag = get().headers["ETag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        answer = get(If_None_Match=known)
        assert answer.status_code == 304
        assert answer.headers["ETag"] == tag
        assert "s-maxage" in answer.headers["Cache-Control"]
    assert get(If_None_Match='"other"').status_code == 200


def test_only_reading_is_allowed(get) -> None:
    assert get("POST").status_code == 405
    assert get("HEAD").status_code == 200


def test_a_query_leads_around_no_cache(get) -> None:
    assert get(path="/suggestions.json?x=1").status_code == 404


def test_without_a_release_nothing_is_kept(get, bucket: FolderBucket) -> None:
    shutil.rmtree(bucket.root / "releases")
    answer = get()
    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_warm_answer_takes_less_than_five_milliseconds(get) -> None:
    get()
    took = []
    for _ in range(200):
        start = time.perf_counter()
        get(Accept_Encoding="gzip")
        took.append(time.perf_counter() - start)
    assert median(took) < 0.005


def test_no_model_is_loaded_to_answer(bucket: FolderBucket) -> None:
    code = f"""
import sys
from pathlib import Path
from types import SimpleNamespace
import main
from flask import Flask, request

def read(name, most):
    return (Path({str(bucket.root)!r}) / name).read_bytes()

main._bucket = lambda: SimpleNamespace(read=read)
with Flask("f").test_request_context("/suggestions.json"):
    assert main.public_files(request).get_json()["entries"]
print([m for m in ("onnxruntime", "faiss", "tokenizers", "bm25s") if m in sys.modules])
"""
    assert _python(code).splitlines()[-1] == "[]"


def test_hosting_asks_the_function_where_it_runs_by_default() -> None:
    rewrites = json.loads((ROOT / "firebase.json").read_text())["hosting"]["rewrites"]
    assert rewrites[0]["source"] == "/@(feed|suggestions).json"  # before what catches all
    region = rewrites[0]["function"]["region"]
    assert f"FUNCTIONS_REGION={region}\n" in (FUNCTIONS / ".env").read_text()
