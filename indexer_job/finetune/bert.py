"""BertModel's forward pass in PyTorch, straight from a checkpoint's weights.

The same computation as the graph that `indexer_job.export` writes, with gradients. Dropout is
left out: runs are short and start from a trained encoder, and a resumed run stays the same.
"""

from collections.abc import Mapping, Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from indexer_job.checkpoint import Checkpoint

Weights = Mapping[str, Tensor]

_CHUNK = 32
_FROZEN = ("embeddings.", "pooler.")


def trainable(name: str) -> bool:
    """Whether a weight is trained: the layers are, the table of words (half of all) is not."""
    return not name.startswith(_FROZEN)


def encode(weights: Weights, checkpoint: Checkpoint, tokens: Sequence[Sequence[int]]) -> Tensor:
    """The unit vectors of tokenised texts, shape (len(tokens), dimension), float32.

    Args:
        weights: by the names of BertModel's state dict.
        checkpoint: for the shape of the model; its own weights are not looked at.
        tokens: token ids, as many for each text as it has.
    """
    width = max(map(len, tokens))
    ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in tokens])
    mask = torch.arange(width) < torch.tensor([[len(row)] for row in tokens])
    hidden = _norm(
        weights,
        "embeddings.LayerNorm",
        checkpoint,
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][:width]
        + weights["embeddings.token_type_embeddings.weight"][0],
    )
    for layer in range(checkpoint.layers):
        hidden = _layer(weights, f"encoder.layer.{layer}", checkpoint, hidden, mask)
    pooled = (hidden * mask[:, :, None]).sum(1) if checkpoint.pooling == "mean" else hidden[:, 0]
    return functional.normalize(pooled, dim=1)


class TextEncoder:
    """Texts -> unit vectors, by weights that may change between calls."""

    def __init__(self, checkpoint: Checkpoint, weights: Weights, *, max_tokens: int) -> None:
        """Prepare the tokenizer.

        Args:
            checkpoint: for the shape of the model and its tokenizer.
            weights: by the names of BertModel's state dict.
            max_tokens: where texts are cut.
        """
        self._checkpoint, self._weights = checkpoint, weights
        self._tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(min(max_tokens, checkpoint.max_tokens))

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Shape (len(texts), dimension), with gradients; like lengths go together, unpadded."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
        parts = []
        for start in range(0, len(order), _CHUNK):
            chunk = [tokens[place] for place in order[start : start + _CHUNK]]
            parts.append(encode(self._weights, self._checkpoint, chunk))
        return torch.cat(parts)[torch.tensor(order).argsort()]


def _layer(
    weights: Weights, prefix: str, checkpoint: Checkpoint, hidden: Tensor, mask: Tensor
) -> Tensor:
    heads = [
        _linear(weights, f"{prefix}.attention.self.{part}", hidden)
        .unflatten(2, (checkpoint.heads, -1))
        .transpose(1, 2)
        for part in ("query", "key", "value")
    ]
    context = functional.scaled_dot_product_attention(*heads, attn_mask=mask[:, None, None, :])
    context = context.transpose(1, 2).flatten(2)
    attended = hidden + _linear(weights, f"{prefix}.attention.output.dense", context)
    hidden = _norm(weights, f"{prefix}.attention.output.LayerNorm", checkpoint, attended)
    inner = functional.gelu(_linear(weights, f"{prefix}.intermediate.dense", hidden))
    out = hidden + _linear(weights, f"{prefix}.output.dense", inner)
    return _norm(weights, f"{prefix}.output.LayerNorm", checkpoint, out)


def _linear(weights: Weights, name: str, hidden: Tensor) -> Tensor:
    return functional.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Weights, name: str, checkpoint: Checkpoint, hidden: Tensor) -> Tensor:
    return functional.layer_norm(
        hidden,
        hidden.shape[-1:],
        weights[f"{name}.weight"],
        weights[f"{name}.bias"],
        checkpoint.layer_norm_eps,
    )
