"""The learnt item space: vectors that start as texts and move to where behaviour puts them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from tqdm import tqdm

from indexer_job.neighbours import History
from shopfyp.encoder import Vectors

DIMENSION = 255
"""With the log-odds beside them vectors have 256: FAISS compares 8-bit codes five times as slowly
where their number is no multiple of 16."""

EPOCHS = 6
MIN_STEPS = 500

_RECENCY = 0.8
_LOOKBACK = 12
_GAIN = 10.0
_BATCH = 1024
_NEGATIVES = 4096
_LEARNING_RATE = 4e-3
_WARM_UP = 0.05
_LEAST_UPDATES = 300
_PULL = 5e-2
_DROP_PRODUCT = 0.3
_DROP_FEATURE = 0.2


@dataclass(frozen=True)
class ItemSpace:
    """Where a product lies for those who have it, and for those who may want it.

    A shopper is the unit vector along the sum of `weight * taken[row]` over what they took; a
    product's score for them is the inner product of (that vector, 1) and `wanted[row]`.

    Attributes:
        taken: (products, dimension).
        wanted: (products, dimension + 1), but for the last in the same directions.
    """

    taken: Vectors
    wanted: Vectors


class _Parameters(NamedTuple):
    vectors: jax.Array
    bias: jax.Array


class _Batch(NamedTuple):
    """A stretch of events.

    `rows` are the products that it touches, each once; `items` and `negatives` count in `rows`.
    """

    rows: jax.Array
    items: jax.Array
    strength: jax.Array
    shopper: jax.Array
    negatives: jax.Array


def learn_space(
    histories: Sequence[History],
    texts: Vectors,
    *,
    dimension: int = DIMENSION,
    epochs: int = EPOCHS,
    seed: int = 0,
    progress: bool = False,
) -> ItemSpace | None:
    """Learn to tell each shopper's next product from those before it.

    The next product is told from sampled ones by a softmax (Jean et al., On Using Very Large
    Target Vocabulary, 2015) over 10 x cosine plus a bias for each product. A shopper is the sum
    of their last 12 products' vectors, each counting 0.8 of the next newer one, as in serving.
    Vectors start as the texts' principal components and are pulled back there, so a product
    without events lies among those with texts like its own. A batch updates only the rows that
    it touches (Adam, Kingma and Ba, 2015): time grows with the events, not with the catalogue.

    Args:
        histories: what each shopper took, in the order of time.
        texts: the products' text vectors, (products, any dimension).
        dimension: of the space; at most that of the texts.
        epochs: how often every event is learnt from; more often when there are few.
        seed: of the sampling.
        progress: show a progress bar.

    Returns:
        The space, or None when there are too few events to learn one.
    """
    histories = [history for history in histories if len(history) > 1]
    if sum(len(history) - 1 for history in histories) < MIN_STEPS:
        return None
    rng = np.random.default_rng(seed)
    start, _ = principal_components(texts, dimension)
    # The last row stands for no product: it fills up the rows of a batch.
    anchor = jnp.asarray(np.vstack([start, np.zeros_like(start[:1])]))
    parameters = _Parameters(anchor.copy(), jnp.zeros(len(anchor)))
    first, second = (_Parameters(*map(jnp.zeros_like, parameters)) for _ in range(2))
    each = -(-sum(map(len, histories)) // _BATCH)
    epochs = max(epochs, -(-_LEAST_UPDATES // each))
    total = epochs * each
    batches = (batch for _ in range(epochs) for batch in _batches(histories, len(start), rng))
    for step, batch in enumerate(tqdm(batches, "learn", total, disable=not progress)):
        rate = (
            _LEARNING_RATE * min((step + 1) / (_WARM_UP * total), 1) * max(1 - step / total, 0.05)
        )
        parameters, first, second = _update(parameters, first, second, anchor, batch, step, rate)
    taken = np.asarray(parameters.vectors)[:-1]
    wanted = _GAIN * np.asarray(_unit(parameters.vectors))[:-1]
    return ItemSpace(taken, np.column_stack([wanted, np.asarray(parameters.bias)[:-1]]))


def principal_components(texts: Vectors, dimension: int) -> tuple[Vectors, Vectors]:
    """Texts in their `dimension` directions of greatest variance, at unit length; the directions.

    Returns:
        (len(texts), dimension) and (dimension of the texts, dimension).
    """
    centred = texts - texts.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, : -dimension - 1 : -1]
    turned = centred @ axes
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    return np.asarray(turned / np.maximum(length, 1e-9)), np.asarray(axes)


def _batches(
    histories: Sequence[History], products: int, rng: np.random.Generator
) -> Iterator[_Batch]:
    """Every event once, shoppers in random order, in stretches of `_BATCH` with their lookback."""
    order = rng.permutation(len(histories))
    lengths = [len(histories[place]) for place in order]
    events = np.array([event for place in order for event in histories[place]], np.float64)
    padding = (_LOOKBACK, -len(events) % _BATCH + 1)
    items = np.pad(events[:, 0].astype(np.int32), padding)
    strength = np.pad(events[:, 1].astype(np.float32), padding)
    shopper = np.pad(np.repeat(np.arange(len(order), dtype=np.int32), lengths), padding)
    # Nobody: neither the first shopper nor the last goes on there.
    shopper[: padding[0]], shopper[-padding[1] :] = -1, -2
    count = min(_NEGATIVES, products)
    touched = _BATCH + _LOOKBACK + 1 + count
    for begin in range(0, len(events), _BATCH):
        stretch = slice(begin, begin + _LOOKBACK + _BATCH + 1)
        negatives = rng.integers(0, products, count, dtype=np.int32)
        rows, local = np.unique(np.concatenate([items[stretch], negatives]), return_inverse=True)
        yield _Batch(
            jnp.asarray(np.pad(rows, (0, touched - len(rows)), constant_values=products)),
            jnp.asarray(local[:-count]),
            jnp.asarray(strength[stretch]),
            jnp.asarray(shopper[stretch]),
            jnp.asarray(local[-count:]),
        )


@partial(jax.jit, donate_argnums=(0, 1, 2))
def _update(
    parameters: _Parameters,
    first: _Parameters,
    second: _Parameters,
    anchor: jax.Array,
    batch: _Batch,
    step: int,
    rate: float,
) -> tuple[_Parameters, _Parameters, _Parameters]:
    """One step of Adam on the rows of a batch, and a pull of their vectors to the anchor."""
    count = len(anchor) - 1
    own = _Parameters(*(p[batch.rows] for p in parameters))
    gradients = jax.grad(_loss)(own, batch, jax.random.key(step), count)
    updated = []
    for value, mean, square, start, gradient in zip(
        own, first, second, (anchor[batch.rows], own.bias), gradients, strict=True
    ):
        mean = 0.9 * mean[batch.rows] + 0.1 * gradient
        square = 0.99 * square[batch.rows] + 0.01 * gradient**2
        move = mean / (1 - 0.9 ** (step + 1))
        move /= jnp.sqrt(square / (1 - 0.99 ** (step + 1))) + 1e-8
        updated.append((value - rate * (move + _PULL * (value - start)), mean, square))
    return tuple(  # type: ignore[return-value]
        _Parameters(*(old.at[batch.rows].set(new) for old, new in zip(olds, news, strict=True)))
        for olds, news in zip((parameters, first, second), zip(*updated, strict=True), strict=True)
    )


def _loss(own: _Parameters, batch: _Batch, key: jax.Array, products: int) -> jax.Array:
    """Mean cross-entropy of the next product among itself and the negatives."""
    drop_product, drop_feature = jax.random.split(key)
    taken = own.vectors[batch.items]
    kept = jax.random.bernoulli(drop_product, 1 - _DROP_PRODUCT, batch.items.shape)
    taken = taken * (kept * batch.strength)[:, None]
    taken *= jax.random.bernoulli(drop_feature, 1 - _DROP_FEATURE, taken.shape)
    end = _LOOKBACK + _BATCH
    shopper = batch.shopper[_LOOKBACK:end]
    state = jnp.zeros((_BATCH, taken.shape[1]))
    for back in range(_LOOKBACK):
        same = batch.shopper[_LOOKBACK - back : end - back] == shopper
        state += _RECENCY**back * same[:, None] * taken[_LOOKBACK - back : end - back]
    state = _GAIN * _unit(state)
    wanted = _unit(own.vectors)
    target = batch.items[_LOOKBACK + 1 :]
    right = (state * wanted[target]).sum(axis=1) + own.bias[target]
    wrong = state @ wanted[batch.negatives].T + own.bias[batch.negatives]
    # Each negative stands for products / negatives of the catalogue.
    wrong += jnp.log(products / len(batch.negatives))
    wrong = jnp.where(batch.negatives[None, :] == target[:, None], -jnp.inf, wrong)
    every = jnp.logaddexp(right, jax.nn.logsumexp(wrong, axis=1))
    goes_on = batch.shopper[_LOOKBACK + 1 :] == shopper
    return ((every - right) * goes_on).sum() / jnp.maximum(goes_on.sum(), 1)


def _unit(vectors: jax.Array) -> jax.Array:
    return vectors * jax.lax.rsqrt((vectors**2).sum(axis=-1, keepdims=True) + 1e-6)
