"""Export a checkpoint to ONNX, in float32 for the catalogue and in 8 bits for queries."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import onnx
from tokenizers import Tokenizer

from indexer_job.checkpoint import Checkpoint
from indexer_job.graph import Graph
from indexer_job.quantised import InBlocks, InRows
from indexer_job.rounding import watch

QueryPrecision = Literal["q8", "int8"]
Precision = Literal["fp32"] | QueryPrecision


def export_encoder(
    checkpoint: Checkpoint, out: Path, precision: Precision, texts: Sequence[str] = ()
) -> None:
    """Write `encoder.onnx` with external data, `tokenizer.json` and `encoder.json` into `out`.

    Args:
        checkpoint: the encoder to export.
        out: a folder; it is made if it is not there.
        precision: "fp32", or for queries "q8" (nearer to it) or "int8" (faster); see `quantised`.
        texts: like those that it will read: 8-bit weights are rounded so that theirs change least.

    Raises:
        EncoderError: a weight that a BertModel has is missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    model = _graph(checkpoint, precision, texts).build()
    for stale in ("encoder.onnx", "encoder.onnx.data"):
        # onnx appends to an existing data file.
        (out / stale).unlink(missing_ok=True)
    onnx.save_model(
        model,
        out / "encoder.onnx",
        save_as_external_data=True,
        location="encoder.onnx.data",
        size_threshold=1024,
    )
    tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(checkpoint.max_tokens)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    facts = {
        "name": checkpoint.name,
        "dimension": checkpoint.hidden,
        "max_tokens": checkpoint.max_tokens,
        "pooling": checkpoint.pooling,
        "precision": precision,
    }
    (out / "encoder.json").write_text(json.dumps(facts, indent=1) + "\n")


def _graph(checkpoint: Checkpoint, precision: Precision, texts: Sequence[str]) -> Graph:
    if precision == "fp32":
        return Graph(checkpoint)
    watches = watch(checkpoint, texts) if texts else {}
    return (InBlocks if precision == "q8" else InRows)(checkpoint, watches)
