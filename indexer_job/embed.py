"""Catalogue texts -> unit vectors, with the fp32 encoder."""

import itertools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from shopfyp import catalog
from shopfyp.catalog import Product, product_text
from shopfyp.encoder import Encoder, TokenIds, Vectors

RECIPE = f"{catalog.__name__}: mean of title and {product_text.__name__}"
"""What a product's vector is made of; kept vectors are of one recipe."""


def threads() -> int:
    """How many threads a batch computation may use: all that this process is given."""
    return len(os.sched_getaffinity(0))


def embed(encoder: Encoder, texts: Sequence[str], *, progress: bool = False) -> Vectors:
    """The unit vectors of `texts`, shape (len(texts), dimension), in their order.

    A text's vector is the same to the last bit whatever else is embedded, and on however many
    threads: batches of one length each need no padding, and each is run by one thread.
    """
    vectors = np.empty((len(texts), encoder.dimension), np.float32)

    def encode(batch: tuple[NDArray[np.int64], TokenIds]) -> int:
        places, ids = batch
        vectors[places] = encoder.encode_ids(ids)
        return len(places)

    done = tqdm(total=len(texts), desc="embed", unit="text", disable=not progress)
    with done, ThreadPoolExecutor(threads()) as pool:
        for count in pool.map(encode, encoder.batches(texts)):
            done.update(count)
    return vectors


def embed_products(
    encoder: Encoder, products: Sequence[Product], *, progress: bool = False
) -> Vectors:
    """The unit vectors of products, shape (len(products), dimension).

    Each is the mean of two fields' vectors, the title's and the text template's: its cosine with
    a query is the mean of both, up to its length, for the space and time of one.
    """
    fields = [fields_of(product) for product in products]
    place = {text: n for n, text in enumerate(dict.fromkeys(itertools.chain(*fields)))}
    vectors = embed(encoder, list(place), progress=progress)
    title, text = (
        np.array([[place[one] for one in own] for own in fields], np.int64).reshape(-1, 2).T
    )
    total = vectors[title] + vectors[text]
    unit: Vectors = total / np.linalg.norm(total, axis=1, keepdims=True)
    return unit


def fields_of(product: Product) -> tuple[str, str]:
    """What is embedded of a product."""
    return product.title, product_text(product)
