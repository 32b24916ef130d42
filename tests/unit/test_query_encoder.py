"""The encoder of queries, kept from build to build."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer_job import query_encoder
from indexer_job.checkpoint import Checkpoint, load_checkpoint
from indexer_job.export import export_encoder
from indexer_job.kept import FolderStore
from shopfyp.encoder import Encoder
from tests.unit.tiny_encoder import write_tiny_encoder

_WORDS = ["ben", "10", "shoes", "for", "boys", "red", "leather", "frying", "pan", "garden", "box"]


def titles(first: int, count: int = 500) -> list[str]:
    return [
        f"{_WORDS[n % 11]}{n} {_WORDS[n % 7]} {_WORDS[n % 5]}" for n in range(first, first + count)
    ]


class Shop:
    """Builds encoders, and counts those that are exported."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.exported = root, 0
        self.checkpoint = load_checkpoint(str(write_tiny_encoder(root / "model", _WORDS)))
        self.store = FolderStore(root / "kept")

        def counted(*arguments: object) -> None:
            self.exported += 1
            export_encoder(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(query_encoder, "export_encoder", counted)

    def build(
        self, titles: Sequence[str], checkpoint: Checkpoint | None = None, precision: str = "q8"
    ) -> dict[str, bytes]:
        fp32, out = self.root / "fp32", self.root / "out"
        export_encoder(checkpoint or self.checkpoint, fp32, "fp32")
        query_encoder.write_query_encoder(
            checkpoint or self.checkpoint,
            fp32,
            precision,  # type: ignore[arg-type]
            titles,
            out,
            self.store,
        )
        assert Encoder(out).encode("red shoes").shape == (self.checkpoint.hidden,)
        assert len(self.store.written("encoders/")) <= 1
        return {path.name: path.read_bytes() for path in out.iterdir()}

    @property
    def kept(self) -> Path:
        (path,) = (self.root / "kept" / "encoders").iterdir()
        return path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path, monkeypatch)


def test_while_half_of_the_texts_still_begin_titles_the_encoder_stays_the_same(shop: Shop) -> None:
    first = shop.build(titles(0))
    assert shop.build(titles(0)[::-1]) == first
    assert shop.build([f" {title}" for title in titles(200)]) == first
    assert shop.exported == 1
    shop.build(titles(300))
    assert shop.exported == 2
    # What took its place is what counts from then on.
    shop.build(titles(400))
    assert shop.exported == 2


def test_another_model_precision_or_code_is_exported(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shop.build(titles(0))
    shop.build(titles(0), precision="int8")
    other = load_checkpoint(str(write_tiny_encoder(tmp_path / "other", _WORDS[::-1])))
    shop.build(titles(0), other)
    assert shop.exported == 3
    (tmp_path / "rounding.py").write_text("# other code")
    monkeypatch.setattr(query_encoder.rounding, "__file__", str(tmp_path / "rounding.py"))
    shop.build(titles(0), other)
    assert shop.exported == 4


@pytest.mark.parametrize("damage", ["cut", "flipped", "no archive"])
def test_a_damaged_file_is_not_used_and_replaced(
    shop: Shop, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = shop.build(titles(0))
    path, content = shop.kept, bytearray(shop.kept.read_bytes())
    if damage == "cut":
        path.write_bytes(content[:-7])
    elif damage == "flipped":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    else:
        path.write_bytes(b"no archive")
        prefix = path.name.rpartition("-")[0]
        path.rename(path.with_name(f"{prefix}-{query_encoder.kept.sha256_of(path)}.npz"))
    assert shop.build(titles(0)) == first
    assert shop.exported == 2
    assert "encoders cannot be used" in capsys.readouterr().err
    shop.build(titles(0))
    assert shop.exported == 2


def test_titles_too_few_to_round_for_are_not_kept(shop: Shop) -> None:
    shop.build(titles(0, 100))
    shop.build(titles(0, 100))
    assert shop.exported == 2
    assert not shop.store.written("encoders/")
