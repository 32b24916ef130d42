"""SLIT: directed item-to-item weights in closed form, from what came before to what came after."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from indexer_job.ease import Matrix, SingularError, centred
from indexer_job.neighbours import History, pairs
from shopfyp.encoder import Vectors

_RIDGE = 150.0
_TEXT = 30.0
_PAST = 0.7
_FUTURE = 0.5
_WINDOW = 12


def slit(histories: Sequence[History], texts: Vectors) -> Matrix:
    """How much each product speaks for those that come after it.

    (Choi, Kim, Lee, Shim, Lee, Session-aware Linear Item-Item Models for Session-based
    Recommendation, 2021: its transition model, with texts as side information on both sides.)
    Each place between two events of a history gives a row of what came before, `a` events back
    counting 0.7^a, and a row of what came after, counting 0.5^b; W is the ridge regression of
    the second rows on the first:

        (past' past + 30 * texts' cosines + 150 * identity) W = past' future + 30 * cosines

    Args:
        histories: what each shopper took, in the order of time.
        texts: the products' text vectors; time grows with the cube of their number, memory with
            the square: a minute and 4 GiB for 17,000 on 2 cores.

    Returns:
        weights (products, products), from row to column; 0 on the diagonal.

    Raises:
        SingularError: the input holds NaN.
    """
    directions = centred(texts)
    target = np.float32(_TEXT) * (directions @ directions.T)
    past = target.copy()
    _add_past(past, histories)
    _add_future(target, histories)
    np.fill_diagonal(past, past.diagonal() + _RIDGE)
    try:
        factor = cho_factor(past, overwrite_a=True)
    except (LinAlgError, ValueError) as error:
        raise SingularError("SLIT: the Gram matrix is not positive definite") from error
    weights: Matrix = cho_solve(factor, target, overwrite_b=True, check_finite=False)
    np.fill_diagonal(weights, 0)
    return weights


def _add_past(gram: Matrix, histories: Sequence[History]) -> None:
    """Add the sum over all places of the outer product of what came before, in closed form."""
    lengths = np.array([len(history) for history in histories], np.int64)
    ends = np.cumsum(lengths)
    # For two events `distance` apart, a place counts while it is after both and in the window.
    after = np.repeat(ends, lengths) - 1 - np.arange(ends[-1] if len(ends) else 0)
    for distance, earlier, later, strength, _, place in pairs(histories, _WINDOW - 1, itself=True):
        places = np.minimum(after[place], _WINDOW - distance)
        gain = _PAST**distance * (1 - _PAST ** (2 * places)) / (1 - _PAST**2) * strength
        np.add.at(gram, (earlier, later), gain.astype(np.float32))
        if distance:
            np.add.at(gram, (later, earlier), gain.astype(np.float32))


def _add_future(target: Matrix, histories: Sequence[History]) -> None:
    """Add the sum over all places of what came before times what came after."""
    for distance, earlier, later, strength, *_ in pairs(histories, 2 * _WINDOW - 1):
        splits = range(max(0, distance - _WINDOW), min(distance, _WINDOW))
        gain = sum(_PAST**back * _FUTURE ** (distance - 1 - back) for back in splits)
        np.add.at(target, (earlier, later), np.float32(gain) * strength)
