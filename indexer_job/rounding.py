"""Rounding weights to 8 bits so that what a layer gives back changes least."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper
from scipy.linalg.lapack import dtrtri
from tokenizers import Tokenizer

from indexer_job.checkpoint import Checkpoint
from indexer_job.graph import FLOAT, Graph

_MOST = 127
_DAMPING = 0.1
"""With less, texts unlike those watched lose what those gain (measured)."""
_BLOCK = 64
_TEXTS, _WORDS = 400, 12


@dataclass(frozen=True)
class Watched:
    """What a linear layer was given.

    Attributes:
        squares: the sum of the outer products of its inputs, (in, in).
        most: the greatest absolute value of each input, (in,).
    """

    squares: NDArray[np.float64]
    most: FLOAT


Watches = Mapping[str, Watched]
"""By the name of the layer."""


def as_queries(titles: Sequence[str]) -> list[str]:
    """Texts as long as queries are, out of some titles: beginnings of one word to twelve.

    None where there are fewer titles than texts wanted: so few would be learnt by heart.
    """
    if len(titles) < _TEXTS:
        return []
    rng = np.random.default_rng(0)
    some = rng.permutation(len(titles))[:_TEXTS]
    lengths = rng.integers(1, _WORDS + 1, len(some))
    return [
        " ".join(titles[place].split()[:length])
        for place, length in zip(some, lengths, strict=True)
    ]


def watch(checkpoint: Checkpoint, texts: Sequence[str]) -> dict[str, Watched]:
    """What each linear layer of an encoder is given for some texts, by the layer's name."""
    graph = _Watching(checkpoint)
    model = graph.build()
    for hidden in dict.fromkeys(graph.inputs.values()):
        model.graph.output.append(helper.make_tensor_value_info(hidden, TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(checkpoint.max_tokens)
    names = list(graph.inputs)
    wanted = [graph.inputs[name] for name in names]
    squares = {name: np.zeros((1, 1)) for name in names}
    most = {name: np.zeros(1, np.float32) for name in names}
    for ids in _alike(tokenizer, texts):
        given = session.run(wanted, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for name, hidden in zip(names, given, strict=True):
            rows = hidden.reshape(-1, hidden.shape[-1])
            squares[name] = squares[name] + rows.T @ rows
            most[name] = np.maximum(most[name], np.abs(rows).max(axis=0))
    return {name: Watched(squares[name], most[name]) for name in names}


def _alike(tokenizer: Tokenizer, texts: Sequence[str]) -> Iterator[NDArray[np.int64]]:
    """The tokens of texts of one length after the other, each (texts, tokens)."""
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts))]
    for _, own in groupby(sorted(ids, key=len), key=len):
        yield np.array(list(own), np.int64)


def rounded(weight: FLOAT, scales: FLOAT, squares: NDArray[np.float64] | None) -> NDArray[np.int8]:
    """8-bit codes of a weight: times `scales`, they change `inputs @ weight.T` the least.

    GPTQ: input by input, the most used first, each rounded to the nearest, and what that changes
    made up for by those that are not rounded yet (Frantar et al., ICLR 2023).

    Args:
        weight: (out, in).
        scales: what a code counts, broadcast to the shape of `weight`.
        squares: see `Watched`; None rounds each weight to its nearest code.
    """
    if squares is None:
        return np.asarray(np.clip(np.rint(weight / scales), -_MOST, _MOST), np.int8)
    order = np.argsort(-np.diag(squares), kind="stable")
    left = weight[:, order].astype(np.float64)
    steps = np.broadcast_to(scales, weight.shape)[:, order]
    damped = squares[np.ix_(order, order)].copy()
    damped[np.diag_indices_from(damped)] += _DAMPING * np.trace(squares) / len(squares)
    # The upper Cholesky factor of the inverse, which is not needed itself.
    spread = dtrtri(np.linalg.cholesky(damped[::-1, ::-1]), lower=1)[0][::-1, ::-1]
    codes = np.empty(weight.shape, np.int8)
    for first in range(0, len(order), _BLOCK):
        last = min(first + _BLOCK, len(order))
        errors = np.empty((len(weight), last - first))
        for place in range(first, last):
            code = np.clip(np.rint(left[:, place] / steps[:, place]), -_MOST, _MOST)
            codes[:, order[place]] = code
            error = (left[:, place] - code * steps[:, place]) / spread[place, place]
            left[:, place + 1 : last] -= np.outer(error, spread[place, place + 1 : last])
            errors[:, place - first] = error
        left[:, last:] -= errors @ spread[first:last, last:]
    return codes


class _Watching(Graph):
    """Notes what each linear layer is given."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(checkpoint)
        self.inputs: dict[str, str] = {}

    def _linear(self, hidden: str, weight: FLOAT, name: str, least: float = -np.inf) -> str:
        self.inputs[name] = hidden
        return super()._linear(hidden, weight, name, least)
