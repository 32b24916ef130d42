"""Catalogue texts -> unit vectors, with the fp32 encoder."""

import os
from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from shopfyp.catalog import Product, product_text
from shopfyp.encoder import Encoder, Vectors


def threads() -> int:
    """How many threads a batch computation may use: all that this process is given."""
    return len(os.sched_getaffinity(0))


def embed(encoder: Encoder, texts: Sequence[str], *, progress: bool = False) -> Vectors:
    """The unit vectors of `texts`, shape (len(texts), dimension), in their order."""
    vectors = np.empty((len(texts), encoder.dimension), np.float32)
    done = tqdm(total=len(texts), desc="embed", unit="text", disable=not progress)
    with done:
        for place, vector in encoder.encode_all(texts):
            vectors[place] = vector
            done.update()
    return vectors


def embed_products(
    encoder: Encoder, products: Sequence[Product], *, progress: bool = False
) -> Vectors:
    """The unit vectors of products, shape (len(products), dimension).

    Each is the mean of two fields' vectors, the title's and the text template's: its cosine with
    a query is the mean of both, up to its length, for the space and time of one.
    """
    titles = [product.title for product in products]
    texts = [product_text(product) for product in products]
    longer = [row for row, text in enumerate(texts) if text != titles[row]]
    vectors = embed(encoder, titles, progress=progress)
    if longer:
        vectors[longer] += embed(encoder, [texts[row] for row in longer], progress=progress)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
