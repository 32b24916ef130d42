"""The ONNX graph of a BertModel, written node by node, without torch.

Fused operators of ONNX Runtime, pooling and normalisation inside the graph. How a linear layer and
the table of words are written is for `quantised` to say otherwise.
"""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from indexer_job.checkpoint import Checkpoint
from shopfyp.errors import EncoderError

FLOAT = NDArray[np.float32]

_OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
_LEAST_GELU = -0.17
"""GELU gives nothing below (its minimum is -0.16997)."""


class Graph:
    """Writes the ONNX graph of one BertModel, in float32."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        """Write the graph of `checkpoint`, its weights in float32."""
        self.checkpoint = checkpoint
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def build(self) -> onnx.ModelProto:
        """input_ids, attention_mask (int64, batch x tokens) -> sentence_embedding (float32)."""
        hidden = self._embeddings()
        mask = self._node("Cast", ["attention_mask"], to=TensorProto.INT32)
        for layer in range(self.checkpoint.layers):
            hidden = self._layer(hidden, mask, f"encoder.layer.{layer}")
        pooled = self._mean(hidden) if self.checkpoint.pooling == "mean" else self._first(hidden)
        self.nodes.append(
            helper.make_node(
                "LpNormalization", [pooled], ["sentence_embedding"], axis=-1, p=2, name="unit"
            )
        )
        tokens = ["batch", "tokens"]
        graph = helper.make_graph(
            self.nodes,
            "sentence_encoder",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, tokens)
                for name in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info(
                    "sentence_embedding", TensorProto.FLOAT, ["batch", self.checkpoint.hidden]
                )
            ],
            self.initializers,
        )
        return helper.make_model(graph, opset_imports=_OPSETS, ir_version=10)

    def _embeddings(self) -> str:
        table = self._weight("embeddings.word_embeddings.weight")
        words = self._rows(table)
        # Every text is one segment, so its embedding folds into the positions'.
        positions = self._constant(
            "positions",
            self._weight("embeddings.position_embeddings.weight")
            + self._weight("embeddings.token_type_embeddings.weight")[0],
        )
        length = self._node("Shape", ["input_ids"], start=1, end=2)
        first = self._constant("zero", np.array([0], np.int64))
        placed = self._node("Slice", [positions, first, length, first])
        total = self._node("Add", [words, placed])
        return self._normalised(total, "embeddings.LayerNorm")

    def _rows(self, table: FLOAT) -> str:
        return self._node("Gather", [self._constant("words", table), "input_ids"])

    def _layer(self, hidden: str, mask: str, prefix: str) -> str:
        attention = f"{prefix}.attention"
        parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weight(f"{part}.weight") for part in parts])
        bias = np.concatenate([self._weight(f"{part}.bias") for part in parts])
        packed = self._linear(hidden, weight, f"{attention}.qkv")
        query, key, value = self._nodes("Split", [packed], 3, axis=-1)
        context = self._node(
            "MultiHeadAttention",
            [query, key, value, self._constant(f"{attention}.qkv.bias", bias), mask],
            domain="com.microsoft",
            num_heads=self.checkpoint.heads,
        )
        attended = self._residual(context, hidden, f"{attention}.output")
        inner = self._linear(
            attended, self._weight(f"{prefix}.intermediate.dense.weight"), f"{prefix}.intermediate"
        )
        inner_bias = self._constant(
            f"{prefix}.intermediate.bias", self._weight(f"{prefix}.intermediate.dense.bias")
        )
        active = self._node("BiasGelu", [inner, inner_bias], domain="com.microsoft")
        return self._residual(active, attended, f"{prefix}.output", _LEAST_GELU)

    def _residual(self, inner: str, skip: str, prefix: str, least: float = -np.inf) -> str:
        projected = self._linear(inner, self._weight(f"{prefix}.dense.weight"), prefix, least)
        bias = self._constant(f"{prefix}.bias", self._bias(prefix))
        total = self._node("Add", [self._node("Add", [projected, skip]), bias])
        return self._normalised(total, f"{prefix}.LayerNorm")

    def _linear(self, hidden: str, weight: FLOAT, name: str, least: float = -np.inf) -> str:
        """`hidden @ weight.T`, weight given as (out, in); nothing in `hidden` is below `least`."""
        return self._node("MatMul", [hidden, self._constant(name, weight.T.copy())])

    def _bias(self, name: str) -> FLOAT:
        """What is added to what `_linear` gave for `name`."""
        return self._weight(f"{name}.dense.bias")

    def _mean(self, hidden: str) -> str:
        mask = self._node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        row = self._node("Unsqueeze", [mask, self._constant("one", np.array([1], np.int64))])
        # Their sum instead of their mean: the normalisation that follows makes them equal.
        summed = self._node("MatMul", [row, hidden])
        return self._node("Squeeze", [summed, "one"])

    def _first(self, hidden: str) -> str:
        return self._node(
            "Gather", [hidden, self._constant("first", np.array(0, np.int64))], axis=1
        )

    def _normalised(self, hidden: str, prefix: str) -> str:
        # SkipLayerNormalization would add as well, and takes three times as long (measured).
        gamma = self._constant(f"{prefix}.gamma", self._weight(f"{prefix}.weight"))
        beta = self._constant(f"{prefix}.beta", self._weight(f"{prefix}.bias"))
        return self._node(
            "LayerNormalization",
            [hidden, gamma, beta],
            axis=-1,
            epsilon=self.checkpoint.layer_norm_eps,
        )

    def _weight(self, name: str) -> FLOAT:
        try:
            return self.checkpoint.weights[name]
        except KeyError:
            raise EncoderError(f"{self.checkpoint.name}: weight {name} is missing") from None

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def _node(self, kind: str, inputs: list[str], **attributes: object) -> str:
        return self._nodes(kind, inputs, 1, **attributes)[0]

    def _nodes(self, kind: str, inputs: list[str], count: int, **attributes: object) -> list[str]:
        name = f"{kind}_{len(self.nodes)}"
        outputs = [name if count == 1 else f"{name}_{part}" for part in range(count)]
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=name, **attributes))
        return outputs
