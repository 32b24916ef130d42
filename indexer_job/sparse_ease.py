"""EASE for large catalogues: each product told from its neighbourhood, near-linear in events."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from tqdm import tqdm

from indexer_job.ease import DECAY, RIDGE, TEXT, centred
from indexer_job.exact import rounded
from indexer_job.neighbours import History, Rows, Weights, pairs, strongest_of_each
from shopfyp.encoder import Vectors

_NEIGHBOURHOOD = 60
_WINDOW = 12

Numbers = NDArray[np.int64]
Gains = NDArray[np.float64]


class Entries(NamedTuple):
    """Terms of a sparse matrix; those of one place add up."""

    row: Numbers
    column: Numbers
    gain: Gains


class Gram(NamedTuple):
    """Lines of the events' Gram matrix, and apart from them its diagonal.

    Line `n` holds `gains[starts[n] : starts[n + 1]]` in the columns of the same places, which
    ascend; `own` is the diagonal's part, (lines,).
    """

    starts: Numbers
    columns: Numbers
    gains: Gains
    own: Gains


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
    gram = gram_of(entries(histories), len(texts), len(texts))
    targets = np.arange(len(texts))
    bar = tqdm(targets, "sparse EASE", disable=not progress)
    found = regressions(gram, centred(texts), bar)
    return strongest_of_each(found.row, found.column, scale * found.gain, len(texts))


def entries(histories: Sequence[History]) -> Entries:
    """The terms of the Gram matrix, those of its diagonal among them.

    They are rounded so that their sums are exact: no order of histories makes another matrix.
    """
    rows, columns, gains = [], [], []
    for distance, one, other, strength, *_ in pairs(histories, _WINDOW, itself=True):
        apart = (one != other) | (distance == 0)
        gain = rounded(DECAY**distance * strength[apart])
        rows.append(one[apart])
        columns.append(other[apart])
        gains.append(gain)
        if distance:
            rows.append(other[apart])
            columns.append(one[apart])
            gains.append(gain)
    return Entries(np.concatenate(rows), np.concatenate(columns), np.concatenate(gains))


def gram_of(terms: Entries, lines: int, products: int, first: int = 0) -> Gram:
    """Add up the terms of lines `first` to `first + lines` of a matrix of `products` columns."""
    diagonal = terms.row == terms.column
    own = np.bincount(terms.row[diagonal] - first, terms.gain[diagonal], lines)
    apart = Entries(*(part[~diagonal] for part in terms))
    places = (apart.row - first, apart.column)
    matrix = coo_array((apart.gain, places), shape=(lines, products)).tocsr()
    matrix.sort_indices()
    starts, columns = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)
    return Gram(starts, columns, matrix.data, own.astype(np.float64))


def beside(gram: Gram, line: int | np.integer) -> tuple[Numbers, Gains]:
    """What stands beside a product most often, ascending, and how much; equals by row."""
    stretch = slice(*gram.starts[line : line + 2])
    columns, gains = gram.columns[stretch], gram.gains[stretch]
    if len(columns) > _NEIGHBOURHOOD:
        most = np.sort(np.argsort(-gains, kind="stable")[:_NEIGHBOURHOOD])
        columns, gains = columns[most], gains[most]
    return columns, gains


def regressions(gram: Gram, directions: Vectors, targets: Sequence[int] | Numbers) -> Entries:
    """The positive weights by which each target is told from its neighbourhood.

    Args:
        gram: lines and columns are those of `directions`; of a target all its columns.
        directions: centred text vectors.
        targets: lines.

    Returns:
        From row (one of the neighbourhood) to column (the target).
    """
    place = np.full(len(directions), -1)
    found = [_regression(gram, directions, target, place) for target in targets]
    parts = [part for part in found if part is not None]
    empty = np.empty(0, np.int64)
    return Entries(
        np.concatenate([empty, *(part.row for part in parts)]),
        np.concatenate([empty, *(part.column for part in parts)]),
        np.concatenate([np.empty(0), *(part.gain for part in parts)]),
    )


def _regression(gram: Gram, directions: Vectors, target: int, place: Numbers) -> Entries | None:
    """Of one target; `place` is -1 for each line, and is so again afterwards."""
    near, gain = beside(gram, target)
    if not len(near):
        return None
    place[near] = np.arange(len(near))
    matrix = TEXT * (directions[near] @ directions[near].T).astype(np.float64)
    # The lines of the Gram matrix, as the places of their columns in the neighbourhood.
    lengths = gram.starts[near + 1] - gram.starts[near]
    of = np.repeat(np.arange(len(near)), lengths)
    offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    terms = gram.starts[near][of] + offset
    column = place[gram.columns[terms]]
    inside = column >= 0
    matrix[of[inside], column[inside]] += gram.gains[terms][inside]
    matrix[np.arange(len(near)), np.arange(len(near))] += RIDGE + gram.own[near]
    place[near] = -1
    wanted = gain + TEXT * (directions[near] @ directions[target])
    weight = np.linalg.solve(matrix, wanted)
    positive = weight > 0
    return Entries(near[positive], np.full(int(positive.sum()), target), weight[positive])


def lines_of(gram: Gram, lines: Numbers) -> Gram:
    """Some lines of a Gram matrix, in the order of `lines`."""
    stretches = [np.arange(*gram.starts[line : line + 2]) for line in lines]
    terms = np.concatenate([np.empty(0, np.int64), *stretches])
    starts = np.cumsum([0, *map(len, stretches)])
    return Gram(starts, gram.columns[terms], gram.gains[terms], gram.own[lines])
