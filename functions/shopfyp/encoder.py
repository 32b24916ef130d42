"""Text -> unit vectors, by ONNX Runtime; on unit vectors L2 and cosine rank alike."""

import json
import platform
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from shopfyp.errors import EncoderError

Vectors = NDArray[np.float32]
TokenIds = NDArray[np.int64]
Sliceable = TypeVar("Sliceable", Sequence[str], NDArray[np.int64])

_BATCH_TOKENS = 1024
"""So many tokens are encoded together: more gain nothing, and take memory."""
_TOKENISED_TOGETHER = 4096


class Encoder:
    """A sentence encoder that was exported by `indexer_job.export`.

    Safe to use from several threads at once.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Open the encoder in `folder`, to run on `threads` threads.

        Raises:
            EncoderError: a file is missing or is not what it should be.
        """
        try:
            facts = json.loads((folder / "encoder.json").read_text())
            self.name: str = facts["name"]
            self.dimension: int = facts["dimension"]
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            if _overflows():
                options.add_session_config_entry("session.x64quantprecision", "1")
            self._session = onnxruntime.InferenceSession(
                str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # tokenizers and onnxruntime raise untyped errors
            raise EncoderError(f"encoder in {folder}: {error}") from error
        self._encode_cached = lru_cache(maxsize=1024)(self._encode_one)

    def encode(self, text: str) -> Vectors:
        """The unit vector of one text, shape (dimension,); of recent texts it is remembered."""
        return self._encode_cached(text)

    def knows(self, word: str) -> bool:
        """Whether a word in lower case is one of the encoder's own vocabulary."""
        return self._tokenizer.token_to_id(word) is not None

    def tokens(self, text: str) -> int:
        """How many tokens a text is read as, those that mark its ends included."""
        return len(self._tokenizer.encode(text).ids)

    def encode_batch(self, texts: Sequence[str]) -> Vectors:
        """The unit vectors of texts, shape (len(texts), dimension), in their order.

        Each is the same to the last bit as if it were encoded alone.
        """
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for places, ids in self.batches(texts):
            vectors[places] = self.encode_ids(ids)
        return vectors

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], TokenIds]]:
        """Texts of as many tokens as each other, to be encoded together without padding.

        Yields:
            positions in `texts`, shape (n,), and what `encode_ids` takes; the shortest first.
        """
        ids: list[TokenIds] = []
        for part in _chunks(texts, _TOKENISED_TOGETHER):
            encodings = self._tokenizer.encode_batch_fast(list(part))
            ids += [np.array(encoding.ids, np.int64) for encoding in encodings]
        lengths = np.array([len(own) for own in ids], np.int64)
        for length in np.unique(lengths):
            alike = np.flatnonzero(lengths == length)
            for places in _chunks(alike, max(1, _BATCH_TOKENS // max(1, int(length)))):
                yield places, np.stack([ids[place] for place in places])

    def encode_ids(self, ids: TokenIds) -> Vectors:
        """The unit vectors of texts that are (n, tokens) ids, shape (n, dimension)."""
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        (vectors,) = self._session.run(None, inputs)
        return np.asarray(vectors, dtype=np.float32)

    def _encode_one(self, text: str) -> Vectors:
        (encoding,) = self._tokenizer.encode_batch_fast([text])
        vector: Vectors = self.encode_ids(np.array([encoding.ids], np.int64))[0]
        vector.flags.writeable = False
        return vector


@lru_cache(maxsize=1)
def _overflows() -> bool:
    """Whether this processor adds up products of signed bytes in 16 bits, as x86 without VNNI does.

    ONNX Runtime then has to be told to make 8-bit weights unsigned; elsewhere that is but slower.
    """
    facts = Path("/proc/cpuinfo")
    return platform.machine() in {"x86_64", "AMD64"} and not (
        facts.exists() and "vnni" in facts.read_text()
    )


def _chunks(items: Sliceable, size: int) -> Iterator[Sliceable]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
