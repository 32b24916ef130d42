"""Encoders for queries: weights and the table of words in 8 bits.

Two ways, of which the first is nearer to float32 and the second faster (docs/performance.md):
products of blocks of 16, and products of whole rows by integers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from indexer_job.checkpoint import Checkpoint
from indexer_job.graph import FLOAT, Graph
from indexer_job.rounding import Watches, rounded
from shopfyp.errors import EncoderError

_BLOCK = 16
_SMOOTHING = {"attention.qkv": 0.85, "intermediate": 0.65, "output": 0.6}
"""How much of what is uneven in the inputs of a layer's parts their weights take on.

What attention gives its output layer is even enough.
"""
_LEAST, _TINY = 1e-12, 1e-6
_MOST, _MIDDLE, _BYTE = 127, 128, 255


class Quantised(Graph):
    """The table of words in 8 bits, and the inputs of layers evened out.

    Inputs that are far greater than others are divided, and their weights multiplied with as much
    (SmoothQuant, Xiao et al., ICML 2023): what shares a scale with them loses less.
    """

    def __init__(self, checkpoint: Checkpoint, watches: Watches) -> None:
        """Write the graph of `checkpoint`; what `watches` lacks is rounded to the nearest."""
        super().__init__(checkpoint)
        self._watches = watches

    def _rows(self, table: FLOAT) -> str:
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), _LEAST) / _MOST
        codes = np.rint(table / scale).astype(np.int8)
        rows = self._node("Gather", [self._constant("words", codes), "input_ids"])
        scales = self._node("Gather", [self._constant("word_scales", scale), "input_ids"])
        return self._node("Mul", [self._node("Cast", [rows], to=TensorProto.FLOAT), scales])

    def _evened(self, hidden: str, weight: FLOAT, name: str) -> "_Evened":
        watched, share = self._watches.get(name), _SMOOTHING.get(name.split(".", 3)[-1])
        if watched is None or share is None:
            squares = watched.squares if watched else None
            return _Evened(hidden, weight, np.ones(weight.shape[1], np.float32), squares)
        even = np.maximum(watched.most, _TINY) ** share
        even /= np.maximum(np.abs(weight).max(axis=0), _TINY) ** (1 - share)
        even = (even / np.exp(np.log(even).mean())).astype(np.float32)
        divided = self._node("Mul", [hidden, self._constant(f"{name}.even", 1 / even)])
        return _Evened(divided, weight * even, even, watched.squares / np.outer(even, even))


@dataclass(frozen=True)
class _Evened:
    """A layer's inputs, its weights (out, in), what they are divided by, and see `Watched`."""

    hidden: str
    weight: FLOAT
    even: FLOAT
    squares: NDArray[np.float64] | None


class InBlocks(Quantised):
    """`q8`: a scale for each 16 weights and each 16 inputs (MatMulNBits)."""

    def _linear(self, hidden: str, weight: FLOAT, name: str, least: float = -np.inf) -> str:
        outputs, inputs = weight.shape
        if inputs % _BLOCK:
            raise EncoderError(f"{name}: {inputs} inputs are no multiple of {_BLOCK}")
        own = self._evened(hidden, weight, name)
        blocks = own.weight.reshape(outputs, inputs // _BLOCK, _BLOCK)
        scale = (np.maximum(np.abs(blocks).max(axis=2), _LEAST) / _MOST).astype(np.float32)
        codes = rounded(own.weight, np.repeat(scale, _BLOCK, axis=1), own.squares)
        around = (codes.astype(np.int16) + _MIDDLE).astype(np.uint8)
        return self._node(
            "MatMulNBits",
            [
                own.hidden,
                self._constant(name, around.reshape(blocks.shape)),
                self._constant(f"{name}.scale", scale.ravel()),
            ],
            domain="com.microsoft",
            K=inputs,
            N=outputs,
            bits=8,
            block_size=_BLOCK,
            accuracy_level=4,
        )


class InRows(Quantised):
    """`int8`: integers throughout, a scale for each token's inputs and each output.

    A token's scale is that of its own greatest input, so that no vector depends on its batch.
    """

    def __init__(self, checkpoint: Checkpoint, watches: Watches) -> None:
        """See `Quantised`."""
        super().__init__(checkpoint, watches)
        self._moved: dict[str, FLOAT] = {}
        self._middle = self._constant("middle", np.array(_MIDDLE, np.uint8))
        self._zero = self._constant("none", np.array(0, np.uint8))
        self._step = self._constant("step", np.array(1 / _MOST, np.float32))
        self._fine = self._constant("fine", np.array(1 / _BYTE, np.float32))

    def _linear(self, hidden: str, weight: FLOAT, name: str, least: float = -np.inf) -> str:
        own = self._evened(hidden, weight, name)
        scale = (np.maximum(np.abs(own.weight).max(axis=1), _LEAST) / _MOST).astype(np.float32)
        codes = rounded(own.weight, scale[:, None], own.squares)
        smooth = own.hidden
        if np.isfinite(least):
            # From their least value up, all of a byte is theirs.
            moved = (-least / own.even).astype(np.float32)
            self._moved[name] = (codes * scale[:, None]) @ moved
            smooth = self._node("Add", [smooth, self._constant(f"{name}.moved", moved)])
            size, zero, step = smooth, self._zero, self._fine
        else:
            size, zero, step = self._node("Abs", [smooth]), self._middle, self._step
        most = self._node("ReduceMax", [size], axes=[-1], keepdims=1)
        inputs = self._node("QuantizeLinear", [self._node("Div", [smooth, most]), step, zero])
        product = self._node(
            "MatMulIntegerToFloat",
            [
                inputs,
                self._constant(name, codes.T.copy()),
                step,
                self._constant(f"{name}.scale", scale),
                zero,
            ],
            domain="com.microsoft",
        )
        return self._node("Mul", [product, most])

    def _bias(self, name: str) -> FLOAT:
        bias = super()._bias(name)
        return bias - self._moved.pop(name) if name in self._moved else bias
