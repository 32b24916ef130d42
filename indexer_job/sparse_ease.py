"""EASE for large catalogues: each product told from its neighbourhood, near-linear in events."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array, csr_array
from tqdm import tqdm

from indexer_job.ease import DECAY, RIDGE, TEXT, centred
from indexer_job.neighbours import History, Rows, Weights, pairs, strongest_of_each
from shopfyp.encoder import Vectors

_NEIGHBOURHOOD = 60
_WINDOW = 12


def sparse_ease(
    histories: Sequence[History], texts: Vectors, *, scale: float = 1.0, progress: bool = False
) -> tuple[Rows, Weights]:
    """Item-to-item weights like EASE's, without the dense inverse.

    Each product is regressed on the 60 that stand beside it most often, with the Gram matrix
    and the ridge of `ease` (feature selection as in Ning and Karypis, SLIM, 2011, section 5.3).
    Time and memory grow with the products and the pairs of events within 12 places.

    Args:
        histories: what each shopper took, in the order of time.
        texts: the products' text vectors.
        scale: the weights are multiplied by it.
        progress: show a progress bar.

    Returns:
        rows (products, NEIGHBOURS), -1 where there are fewer, and weights, 1 at the most.
    """
    directions = centred(texts)
    gram, own = _gram(histories, len(texts))
    place = np.full(len(texts), -1)
    sources, targets, weights = [], [], []
    for target in tqdm(range(len(texts)), "sparse EASE", disable=not progress):
        stretch = slice(*gram.indptr[target : target + 2])
        beside, gain = gram.indices[stretch], gram.data[stretch]
        if len(beside) > _NEIGHBOURHOOD:
            most = np.argpartition(-gain, _NEIGHBOURHOOD)[:_NEIGHBOURHOOD]
            beside, gain = beside[most], gain[most]
        if not len(beside):
            continue
        place[beside] = np.arange(len(beside))
        matrix = TEXT * (directions[beside] @ directions[beside].T).astype(np.float64)
        # The rows of the Gram matrix, as the places of their columns in the neighbourhood.
        lengths = gram.indptr[beside + 1] - gram.indptr[beside]
        of = np.repeat(np.arange(len(beside)), lengths)
        offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        entries = gram.indptr[beside][of] + offset
        column = place[gram.indices[entries]]
        inside = column >= 0
        matrix[of[inside], column[inside]] += gram.data[entries][inside]
        matrix[np.arange(len(beside)), np.arange(len(beside))] += RIDGE + own[beside]
        place[beside] = -1
        wanted = gain + TEXT * (directions[beside] @ directions[target])
        found = np.linalg.solve(matrix, wanted)
        positive = found > 0
        sources.append(beside[positive])
        targets.append(np.full(positive.sum(), target))
        weights.append(scale * found[positive])
    empty = np.empty(0, np.int64)
    return strongest_of_each(
        np.concatenate([empty, *sources]),
        np.concatenate([empty, *targets]),
        np.concatenate([np.empty(0), *weights]),
        len(texts),
    )


def _gram(histories: Sequence[History], products: int) -> tuple[csr_array, np.ndarray]:
    """The events' Gram matrix, and apart from it its diagonal."""
    rows, columns, gains = [], [], []
    for distance, one, other, strength, *_ in pairs(histories, _WINDOW):
        apart = one != other
        gain = DECAY**distance * strength[apart]
        rows += [one[apart], other[apart]]
        columns += [other[apart], one[apart]]
        gains += [gain, gain]
    own = np.zeros(products)
    for history in histories:
        for taken in history:
            own[taken.row] += taken.weight**2
    if not gains:
        return csr_array((products, products)), own
    entries = (np.concatenate(gains), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(entries, shape=(products, products)).tocsr(), own
