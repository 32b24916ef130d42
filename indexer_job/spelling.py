"""The words of a catalogue, to correct the spelling of queries by."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shopfyp.catalog import Product
from shopfyp.lexical import described
from shopfyp.tokens import folded

MAX_WORDS = 100_000
"""So many words are kept, those of most products."""
_MOST_BYTES = 24
_DESCRIBING = 0.1
_LETTERS = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")


def write_words(products: Sequence[Product], folder: Path) -> None:
    """Write `words.npy` and `counts.npy`, which `shopfyp.spelling` reads, into `folder`."""
    counts: defaultdict[str, float] = defaultdict(float)
    for product in products:
        names = _words("\n".join([product.title, product.brand, *product.category]))
        for word in names | _words(f"{product.description}\n{described(product)}"):
            counts[word] += 1 if word in names else _DESCRIBING
    kept = sorted(counts, key=lambda word: (-counts[word], word))[:MAX_WORDS]
    words = sorted(word.encode() for word in kept if len(word.encode()) <= _MOST_BYTES)
    folder.mkdir()
    np.save(folder / "words.npy", np.array(words, f"S{_MOST_BYTES}"))
    np.save(folder / "counts.npy", np.array([counts[w.decode()] for w in words], np.float32))


def _words(text: str) -> set[str]:
    return set(_LETTERS.findall(folded(text)))
