"""Where the encoder should put products, by what shoppers did; and what it should leave alone."""

import re
from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from indexer_job.checkpoint import Checkpoint
from indexer_job.learnt import DIMENSION, learn_space, principal_components
from indexer_job.neighbours import History
from shopfyp.encoder import Vectors

OTHER_TEXTS = 2000
_MOST_WORDS = 12
_WORD = re.compile(r"[^\W\d_]+")


def target_vectors(
    histories: Sequence[History], vectors: Vectors, seed: int, progress: bool = False
) -> Vectors:
    """The base encoder's vectors, moved as the learnt space moved the products that were taken.

    That space (`indexer_job.learnt`) starts from the same vectors, turned and cut to their
    greatest principal components, so each product's way through it can be turned back and added.
    A shop's few thousand products stand in thousands of pairs each of which an encoder would
    have to be shown many times; one vector tells it all of them at once (distillation, as in
    Hinton, Vinyals, Dean, Distilling the Knowledge in a Neural Network, 2015).

    Args:
        histories: what each shopper took, in the order of time.
        vectors: of the products by the base encoder.
        seed: of the learning.
        progress: show a progress bar.

    Returns:
        Unit vectors, as many as products. With too few events they are the base encoder's.
    """
    dimension = min(DIMENSION, vectors.shape[1])
    space = learn_space(histories, vectors, dimension=dimension, seed=seed, progress=progress)
    if space is None:
        return vectors
    start, axes = principal_components(vectors, dimension)
    end = space.taken / np.linalg.norm(space.taken, axis=1, keepdims=True)
    reach = np.linalg.norm((vectors - vectors.mean(axis=0)) @ axes, axis=1, keepdims=True)
    moved = vectors + reach * (end - start) @ axes.T
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    taken = [product.row for history in histories for product in history]
    found = vectors.copy()
    found[taken] = moved[taken]
    return found


def other_texts(checkpoint: Checkpoint, texts: Sequence[str], seed: int) -> list[str]:
    """Texts that have nothing to do with the shop: words of the tokenizer's vocabulary, drawn.

    On texts without meaning one model can still be held to another (Krishna and others, Thieves on
    Sesame Street, 2020); so what the encoder knows beyond this shop is kept, with no other data.
    Half are a few words, as queries are; half are texts of the shop with each word exchanged for
    one that was drawn: held by short texts alone, long ones go astray (measured).

    Args:
        checkpoint: whose vocabulary is drawn from.
        texts: of the shop's products.
        seed: of all that is drawn.

    Returns:
        OTHER_TEXTS texts, of the two kinds in turn.
    """
    rng = np.random.default_rng(seed)
    vocabulary = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json")).get_vocab()
    words = np.array(sorted(word for word in vocabulary if word.isalpha()))
    lengths = rng.integers(1, _MOST_WORDS, OTHER_TEXTS // 2, endpoint=True)
    queries = [" ".join(rng.choice(words, length)) for length in lengths]
    exchanged = [
        _WORD.sub(lambda _: str(words[rng.integers(len(words))]), texts[place])
        for place in rng.integers(0, len(texts), OTHER_TEXTS // 2)
    ]
    return [text for both in zip(queries, exchanged, strict=True) for text in both]
