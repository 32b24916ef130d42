"""Text -> unit vectors, by ONNX Runtime; on unit vectors L2 and cosine rank alike."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from shopfyp.errors import EncoderError

Vectors = NDArray[np.float32]
Item = TypeVar("Item")

_STRETCH = 4096
"""So many texts are held as tokens at once."""


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

    def encode_batch(self, texts: Sequence[str]) -> Vectors:
        """The unit vectors of texts of any lengths, shape (len(texts), dimension)."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        width = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(texts), width), np.int64)
        mask = np.zeros((len(texts), width), np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        return self._run(ids, mask)

    def encode_all(
        self, texts: Sequence[str], batch_size: int = 32
    ) -> Iterator[tuple[int, Vectors]]:
        """Encode many texts, in batches of the same length in tokens: nothing is padded.

        So a text's vector is the same, to the last bit, whatever else is encoded with it.

        Yields:
            (position in `texts`, unit vector), in the order in which they are done.
        """
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for stretch in _chunks(order, _STRETCH):
            encodings = self._tokenizer.encode_batch_fast([texts[index] for index in stretch])
            alike = defaultdict(list)
            for index, encoding in zip(stretch, encodings, strict=True):
                alike[len(encoding.ids)].append((index, encoding.ids))
            for same_length in alike.values():
                for batch in _chunks(same_length, batch_size):
                    ids = np.array([ids for _, ids in batch], np.int64)
                    vectors = self._run(ids, np.ones_like(ids))
                    yield from zip((index for index, _ in batch), vectors, strict=True)

    def _encode_one(self, text: str) -> Vectors:
        vector: Vectors = self.encode_batch([text])[0]
        vector.flags.writeable = False
        return vector

    def _run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        (vectors,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)


def _chunks(items: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
