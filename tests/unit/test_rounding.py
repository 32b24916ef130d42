"""8-bit weights, rounded by what their layer is given."""

import numpy as np

from indexer_job.checkpoint import load_checkpoint
from indexer_job.rounding import as_queries, rounded, watch


def test_what_a_layer_gives_back_changes_less_than_by_rounding_each_weight() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(400, 8)) @ rng.normal(size=(8, 96)) + 0.1 * rng.normal(size=(400, 96))
    weight = rng.normal(size=(40, 96)).astype(np.float32)
    scales = np.abs(weight).max(axis=1, keepdims=True) / 127
    errors = [
        np.abs(inputs @ (rounded(weight, scales, squares) * scales - weight).T).mean()
        for squares in (inputs.T @ inputs, None)
    ]
    assert errors[0] < 0.5 * errors[1]


def test_each_layer_of_an_encoder_is_watched() -> None:
    checkpoint = load_checkpoint()
    watched = watch(checkpoint, ["red shoes", "a pan"])
    assert len(watched) == 4 * checkpoint.layers
    output = watched["encoder.layer.5.output"]
    assert output.squares.shape == (1536, 1536)
    assert output.most.min() >= 0


def test_texts_to_watch_are_as_long_as_queries_and_always_the_same() -> None:
    titles = [" ".join(f"w{n}{i}" for i in range(20)) for n in range(450)]
    texts = as_queries(titles)
    assert texts == as_queries(titles)
    assert {len(text.split()) for text in texts} == set(range(1, 13))
    assert as_queries(titles[:50]) == []
