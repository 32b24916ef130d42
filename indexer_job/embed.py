"""Catalogue texts -> unit vectors, with the fp32 encoder."""

import os
from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors, product_vectors


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
    """See `shopfyp.encoder.product_vectors`."""
    return product_vectors(products, lambda texts: embed(encoder, texts, progress=progress))
