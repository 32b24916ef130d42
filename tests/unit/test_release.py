"""Releases: what must not be served is refused, and the old one goes on."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from indexer_job.build import build_release
from shopfyp.errors import NoRelease, ReleaseError
from shopfyp.holder import ReleaseHolder
from shopfyp.manifest import (
    FORMAT,
    MANIFEST_BYTES,
    POINTER,
    POINTER_BYTES,
    Manifest,
    parse_manifest,
    read_pointer,
)
from shopfyp.release import open_release
from shopfyp.verify import verify
from tests.conftest import small_catalog
from tests.folder_bucket import FolderBucket
from tests.unit.manifests import change_manifest, reseal


@pytest.fixture
def bucket(tmp_path: Path) -> FolderBucket:
    (tmp_path / "bucket").mkdir()
    return FolderBucket(tmp_path / "bucket")


@pytest.fixture
def holder(bucket: FolderBucket, release_folder: Path, tmp_path: Path) -> ReleaseHolder:
    """A holder that serves the first release."""
    bucket.publish(release_folder)
    holder = ReleaseHolder(bucket, tmp_path / "cache", check_seconds=3600)
    holder.refresh()
    return holder


@pytest.fixture(scope="session")
def second_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "second"
    build_release(small_catalog()[:20], folder)
    return folder


@pytest.fixture
def second(second_folder: Path, tmp_path: Path) -> Path:
    """A copy of a newer release, to be broken."""
    return shutil.copytree(second_folder, tmp_path / "second")


def _truncate(folder: Path) -> None:
    path = folder / "kinds.npy"
    path.write_bytes(path.read_bytes()[:-100])


def _flip_a_bit(folder: Path) -> None:
    path = folder / "kinds.npy"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _wrong_dimension(folder: Path) -> None:
    facts = json.loads((folder / "manifest.json").read_text())["encoder"]
    change_manifest(folder, encoder=facts | {"dimension": 768})


def _encoder_of_another_dimension(folder: Path) -> None:
    path = folder / "encoder" / "encoder.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"dimension": 768}))
    reseal(folder)


def _fewer_products_than_promised(folder: Path) -> None:
    change_manifest(folder, counts={"products": 19})


def _no_count(folder: Path) -> None:
    change_manifest(folder, counts={})


def _index_of_another_dimension(folder: Path) -> None:
    import faiss

    index = faiss.index_factory(64, "SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(np.ones((20, 64), np.float32))
    index.add(np.ones((20, 64), np.float32))
    faiss.write_index(index, str(folder / "index.faiss"))
    reseal(folder)


def _index_of_other_products(folder: Path) -> None:
    import faiss

    index = faiss.read_index(str(folder / "index.faiss"))
    vectors = index.reconstruct_n(0, index.ntotal)
    index.reset()
    index.add(-vectors)
    faiss.write_index(index, str(folder / "index.faiss"))
    reseal(folder)


def _fewer_products_than_vectors(folder: Path) -> None:
    path = folder / "products" / "offsets.npy"
    np.save(path, np.load(path)[:-1])
    reseal(folder)


def _newer_format(folder: Path) -> None:
    change_manifest(folder, format=FORMAT + 1)


def _path_outside(folder: Path) -> None:
    files = json.loads((folder / "manifest.json").read_text())["files"]
    change_manifest(folder, files=files | {"../../etc/passwd": files["kinds.npy"]})


def _not_json(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def _pickle(folder: Path) -> None:
    path = folder / "products" / "brand.npy"
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    reseal(folder)


def _missing_file(folder: Path) -> None:
    (folder / "popular" / "rows.npy").unlink()


BREAKS = [
    (_truncate, "bytes, but the manifest says"),
    (_flip_a_bit, "kinds.npy does not have the SHA-256"),
    (_wrong_dimension, "no index of 20 vectors of 768 dimensions"),
    (_encoder_of_another_dimension, "dimensions differ"),
    (_index_of_another_dimension, "no index of 20 vectors of 384 dimensions"),
    (_index_of_other_products, "self-test"),
    (_fewer_products_than_vectors, r"offsets\.npy does not lead from 0 to"),
    (_fewer_products_than_promised, "no index of 19 vectors"),
    (_no_count, "KeyError: 'products'"),
    (_newer_format, f"format {FORMAT + 1} is newer"),
    (_path_outside, "must be a relative path inside the release"),
    (_pickle, "cannot be opened"),
    (_missing_file, "popular/rows.npy"),
]


OF_THE_FILE = {_index_of_another_dimension, _index_of_other_products}


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        pytest.param(*b, id=b[0].__name__, marks=[pytest.mark.index_file] * (b[0] in OF_THE_FILE))
        for b in BREAKS
    ],
)
def test_a_broken_release_is_refused_and_the_old_one_goes_on(
    holder: ReleaseHolder, bucket: FolderBucket, second: Path, break_it, reason: str
) -> None:
    before = holder.get().version
    break_it(second)
    bucket.publish(second)
    with pytest.raises(ReleaseError, match=reason):
        holder.refresh()
    assert holder.get().version == before
    assert holder.get().nearest(holder.get().encoder.encode("wok")[None], 1)[0][0, 0] >= 0


def test_a_manifest_that_is_not_json_is_refused() -> None:
    with pytest.raises(ReleaseError, match=r"manifest\.json"):
        parse_manifest(b"{")


def test_no_pointer_and_no_manifest_is_read_beyond_what_it_may_have(bucket: FolderBucket) -> None:
    (bucket.root / POINTER).parent.mkdir()
    (bucket.root / POINTER).write_bytes(bytes(POINTER_BYTES + 1))
    with pytest.raises(ReleaseError, match=f"more than {POINTER_BYTES} bytes"):
        read_pointer(bucket)
    with pytest.raises(ReleaseError, match=f"more than {MANIFEST_BYTES} bytes"):
        parse_manifest(bytes(MANIFEST_BYTES + 1))


def test_a_manifest_swapped_after_publishing_is_refused(
    holder: ReleaseHolder, bucket: FolderBucket, second: Path
) -> None:
    version = bucket.publish(second)
    change_manifest(second, counts={})
    shutil.copy(second / "manifest.json", bucket.root / "releases" / version / "manifest.json")
    with pytest.raises(ReleaseError, match="SHA-256 that the pointer says"):
        holder.refresh()


def test_a_pointer_to_nothing_is_refused(holder: ReleaseHolder, bucket: FolderBucket) -> None:
    before = holder.get().version
    bucket.point("20990101-000000-ffffffff", b"{}")
    with pytest.raises(ReleaseError, match="does not exist"):
        holder.refresh()
    assert holder.get().version == before


def test_a_pointer_that_is_no_pointer_is_refused(
    holder: ReleaseHolder, bucket: FolderBucket
) -> None:
    before = holder.get().version
    (bucket.root / POINTER).write_text('{"version": "../escape", "manifest_sha256": "0"}')
    with pytest.raises(ReleaseError, match=r"current\.json"):
        holder.refresh()
    assert holder.get().version == before


def test_a_newer_release_is_taken_up_and_the_old_rolled_back_to(
    holder: ReleaseHolder, bucket: FolderBucket, second: Path, release_folder: Path
) -> None:
    old = holder.get()
    version = bucket.publish(second)
    holder.refresh()
    assert holder.get().version == version != old.version
    # Requests that began on the old release still end on it, though its files are gone.
    assert old.products.product(0).product_id == "ben10-0"
    assert old.nearest(old.encoder.encode("wok")[None], 3)[0].shape == (1, 3)
    bucket.publish(release_folder)
    holder.refresh()
    assert holder.get().version == old.version


def test_an_encoder_is_taken_over_where_it_is_the_same(
    holder: ReleaseHolder, bucket: FolderBucket, release_folder: Path, second: Path, tmp_path: Path
) -> None:
    old = holder.get()
    same = shutil.copytree(release_folder, tmp_path / "same")
    change_manifest(same, version="20990101-000000-00000000")
    bucket.publish(same)
    holder.refresh()
    assert holder.get().version != old.version
    assert holder.get().encoder is old.encoder
    path = second / "encoder" / "encoder.json"
    path.write_text(path.read_text() + "\n")
    reseal(second)
    bucket.publish(second)
    holder.refresh()
    assert holder.get().encoder is not old.encoder


def test_a_refused_release_is_tried_again_only_when_the_pointer_moves(
    holder: ReleaseHolder, bucket: FolderBucket, second: Path
) -> None:
    _truncate(second)
    bucket.publish(second)
    with pytest.raises(ReleaseError):
        holder.refresh()
    holder.refresh()  # the same pointer: known to be bad, nothing is downloaded again


@pytest.mark.parametrize("damaged", [False, True])
def test_what_did_not_change_is_not_downloaded_again(
    holder: ReleaseHolder,
    bucket: FolderBucket,
    release_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damaged: bool,
) -> None:
    asked: list[str] = []
    whole = bucket.download

    def counted(name: str, path: Path, most: int) -> None:
        asked.append(name)
        whole(name, path, most)

    monkeypatch.setattr(bucket, "download", counted)
    again = shutil.copytree(release_folder, tmp_path / "again")
    (again / "ranking.json").write_text('{"semantic": 0.5}\n')
    reseal(again)
    change_manifest(again, version="20990101-000000-0000abcd")
    if damaged:
        copy = tmp_path / "cache" / holder.get().version / "kinds.npy"
        content = copy.read_bytes()
        copy.unlink()  # not what is mapped, but what would be linked
        copy.write_bytes(content[:-1] + b"x")
    version = bucket.publish(again)
    holder.refresh()
    expected = ["ranking.json", *(["kinds.npy"] if damaged else [])]
    assert sorted(asked) == sorted(f"releases/{version}/{name}" for name in expected)
    assert holder.get().weights == {"semantic": 0.5}
    assert [*(tmp_path / "cache").iterdir()] == [tmp_path / "cache" / version]
    assert open_release(tmp_path / "cache" / version).version == version


def test_the_check_runs_in_the_background(
    release_folder: Path, bucket: FolderBucket, second: Path, tmp_path: Path
) -> None:
    bucket.publish(release_folder)
    holder = ReleaseHolder(bucket, tmp_path / "cache", check_seconds=0)
    holder.get()
    version = bucket.publish(second)
    deadline = threading.Event()
    for _ in range(200):
        if holder.get().version == version:
            return
        deadline.wait(0.05)
    pytest.fail("the newer release was never taken up")


def test_nothing_published_is_said_and_tried_again(bucket: FolderBucket, tmp_path: Path) -> None:
    holder = ReleaseHolder(bucket, tmp_path / "cache")
    for _ in range(2):
        with pytest.raises(NoRelease, match="nothing was published yet"):
            holder.get()


def test_many_threads_load_the_first_release_once(
    bucket: FolderBucket, release_folder: Path, tmp_path: Path
) -> None:
    bucket.publish(release_folder)
    holder = ReleaseHolder(bucket, tmp_path / "cache")
    found = []
    threads = [threading.Thread(target=lambda: found.append(holder.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(release) for release in found}) == 1


def test_the_manifest_names_everything(release_folder: Path, pytestconfig) -> None:
    manifest = Manifest.model_validate_json((release_folder / "manifest.json").read_bytes())
    verify(release_folder, manifest)
    on_disk = {p.relative_to(release_folder).as_posix() for p in release_folder.rglob("*.*")}
    assert on_disk == {*manifest.files, "manifest.json"}
    assert manifest.encoder.name == "all-MiniLM-L6-v2"
    assert manifest.encoder.dimension == 384
    types = {"file": "SQ8", "milvus": "milvus"}
    assert manifest.index.type == types[pytestconfig.getoption("--index")]
    assert manifest.counts["products"] == 40
    assert manifest.self_test


@pytest.mark.index_file
def test_an_ivf_index_serves_as_well(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("indexer_job.index_file._IVF_FROM", 10)
    manifest = build_release(small_catalog(), tmp_path / "ivf")
    assert manifest.index.type.startswith("IVF")
    release = open_release(tmp_path / "ivf")
    vector = release.encoder.encode("non-stick wok")
    row = int(release.nearest(vector[None], 1)[0][0, 0])
    assert "wok" in release.products.title(row)
    assert release.vector(row) @ vector > 0.6
