"""The exported encoder against vectors that PyTorch computed (see reference_encoder.py)."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models

from indexer_job.checkpoint import load_checkpoint
from indexer_job.export import export_encoder
from shopfyp.encoder import Encoder
from shopfyp.errors import EncoderError
from tests.unit.reference_encoder import TEXTS, TINY, TINY_IDS, tiny_weights

REFERENCE = np.load(Path(__file__).parent / "data" / "reference_vectors.npz")


@pytest.fixture(scope="module", params=["fp32", "q8", "int8"])
def encoder(request, tmp_path_factory) -> Encoder:
    folder = tmp_path_factory.mktemp(request.param)
    export_encoder(load_checkpoint(), folder, request.param)
    opened = Encoder(folder)
    opened.precision = request.param
    return opened


def test_vectors_are_pytorchs(encoder: Encoder) -> None:
    vectors = np.stack([encoder.encode(text) for text in TEXTS])
    if encoder.precision == "fp32":
        assert np.abs(vectors - REFERENCE["vectors"]).max() < 1e-5
    else:
        least = 0.999 if encoder.precision == "q8" else 0.985
        assert ((vectors * REFERENCE["vectors"]).sum(axis=1) >= least).all()


def test_vectors_do_not_depend_on_how_the_processor_adds_bytes_up(
    encoder: Encoder, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "encoder"
    export_encoder(load_checkpoint(), folder, encoder.precision)
    for overflows in (True, False):
        monkeypatch.setattr("shopfyp.encoder._overflows", lambda is_so=overflows: is_so)
        assert np.array_equal(Encoder(folder).encode(TEXTS[0]), encoder.encode(TEXTS[0]))


def test_vectors_do_not_depend_on_the_batch(encoder: Encoder) -> None:
    many = [*TEXTS, *(f"{text} {n}" for text in TEXTS for n in range(2))]
    together = encoder.encode_batch(many)
    alone = np.stack([encoder.encode(text) for text in many])
    assert np.array_equal(alone, together), "not to the last bit"
    assert encoder.encode_batch([]).shape == (0, encoder.dimension)


def test_vectors_have_unit_length(encoder: Encoder) -> None:
    assert np.linalg.norm(encoder.encode("anything"), axis=-1) == pytest.approx(1, abs=1e-5)


def test_weights_lie_beside_the_graph(tmp_path: Path) -> None:
    export_encoder(load_checkpoint(), tmp_path, "q8")
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes["encoder.onnx"] < 100_000 < sizes["encoder.onnx.data"] < 30_000_000
    assert json.loads((tmp_path / "tokenizer.json").read_text())["padding"] is None


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A small BertModel with CLS pooling, as its authors would publish it."""
    folder = tmp_path / "tiny"
    (folder / "1_Pooling").mkdir(parents=True)
    save_file(tiny_weights(), folder / "model.safetensors")
    words = {"[PAD]": 0, "[UNK]": 1} | {f"w{i}": i for i in range(2, TINY["vocab_size"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu", **TINY}
    _write(folder / "config.json", config)
    _write(folder / "1_Pooling" / "config.json", {"pooling_mode_cls_token": True})
    _write(
        folder / "modules.json",
        [
            {"path": "", "type": "sentence_transformers.models.Transformer"},
            {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
    )
    return folder


def test_cls_pooling_of_a_local_folder(tiny: Path, tmp_path: Path) -> None:
    export_encoder(load_checkpoint(str(tiny)), tmp_path / "out", "fp32")
    encoder = Encoder(tmp_path / "out")
    for ids, expected in zip(TINY_IDS, REFERENCE["tiny_cls"], strict=True):
        row = np.array([ids], np.int64)
        assert np.abs(encoder.encode_ids(row)[0] - expected).max() < 1e-5


def test_an_input_far_greater_than_others_costs_them_little(tiny: Path, tmp_path: Path) -> None:
    weights = tiny_weights()
    for layer in range(TINY["num_hidden_layers"]):
        weights[f"encoder.layer.{layer}.attention.output.LayerNorm.weight"][3] *= 40
        weights[f"encoder.layer.{layer}.intermediate.dense.weight"][:, 3] /= 40
    save_file(weights, tiny / "model.safetensors")
    checkpoint = load_checkpoint(str(tiny))
    seen = [" ".join(f"w{(7 * n + i) % 90 + 2}" for i in range(9)) for n in range(60)]
    new = [" ".join(f"w{(11 * n + 5 * i) % 90 + 2}" for i in range(8)) for n in range(60)]
    vectors = {}
    for precision, texts in (("fp32", ()), ("int8", ()), ("int8", seen)):
        export_encoder(checkpoint, tmp_path / "out", precision, texts)
        vectors[precision, len(texts)] = Encoder(tmp_path / "out").encode_batch(new)
    exact = vectors["fp32", 0]
    plain, evened = (1 - (exact * vectors["int8", n]).sum(axis=1).mean() for n in (0, len(seen)))
    assert evened < 0.2 * plain


@pytest.mark.parametrize(
    ("file", "change", "reason"),
    [
        ("config.json", {"model_type": "roberta"}, "model_type is 'roberta'"),
        ("config.json", {"architectures": ["BertForMaskedLM"]}, "architectures is"),
        ("config.json", {"position_embedding_type": "relative_key"}, "position_embedding_type"),
        ("config.json", {"hidden_act": "relu"}, "hidden_act is 'relu'"),
        (
            "1_Pooling/config.json",
            {"pooling_mode_cls_token": False, "pooling_mode_max_tokens": True},
            "pooling ['max_tokens'] is not supported",
        ),
    ],
)
def test_other_models_are_refused_with_the_reason(
    tiny: Path, file: str, change: dict[str, object], reason: str
) -> None:
    path = tiny / file
    _write(path, json.loads(path.read_text()) | change)
    with pytest.raises(EncoderError) as error:
        load_checkpoint(str(tiny))
    assert reason in str(error.value)


def test_a_dense_module_is_refused(tiny: Path) -> None:
    path = tiny / "modules.json"
    dense = {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    _write(path, [*json.loads(path.read_text()), dense])
    with pytest.raises(EncoderError, match="module Dense is not supported"):
        load_checkpoint(str(tiny))


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(tiny: Path, missing: str) -> None:
    (tiny / missing).unlink()
    with pytest.raises(EncoderError, match=missing):
        load_checkpoint(str(tiny))


def test_a_missing_weight_is_named(tiny: Path, tmp_path: Path) -> None:
    weights = tiny_weights()
    del weights["encoder.layer.1.output.dense.bias"]
    save_file(weights, tiny / "model.safetensors")
    with pytest.raises(EncoderError, match=r"encoder\.layer\.1\.output\.dense\.bias is missing"):
        export_encoder(load_checkpoint(str(tiny)), tmp_path / "out", "fp32")


def test_a_name_that_is_neither_folder_nor_hub_id_is_refused(monkeypatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderError, match="neither a folder here nor"):
        load_checkpoint("no/such/model/anywhere")


def test_a_broken_encoder_is_refused(release_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(release_folder / "encoder", tmp_path / "encoder")
    (tmp_path / "encoder" / "encoder.onnx").write_bytes(b"not a graph")
    with pytest.raises(EncoderError):
        Encoder(tmp_path / "encoder")


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))
