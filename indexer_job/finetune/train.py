"""The training loop: contrastive, seeded, stopped early, and resumed where it was cut off."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from indexer_job.checkpoint import Checkpoint
from indexer_job.embed import threads
from indexer_job.finetune.batches import Batch, Batches
from indexer_job.finetune.bert import TextEncoder, trainable
from indexer_job.finetune.plan import Plan
from shopfyp.encoder import Vectors

FLOAT = NDArray[np.float32]

_WARM_UP = 0.1


class Anchors(NamedTuple):
    """Where texts should be put.

    Attributes:
        base: where the base encoder puts products.
        targets: where they should be put; see `targets.target_vectors`.
        other_texts: what has nothing to do with the shop; see `targets.other_texts`.
        others: where the base encoder puts those.
    """

    base: Vectors
    targets: Vectors
    other_texts: Sequence[str]
    others: Vectors


Score = Callable[[Callable[[Sequence[str]], Vectors]], float]
"""How good an encoder of texts is, on the queries held out for stopping early."""


def train(
    checkpoint: Checkpoint,
    batches: Batches,
    anchors: Anchors,
    score: Score,
    plan: Plan,
    state_file: Path,
    *,
    progress: bool = False,
) -> dict[str, FLOAT]:
    """The trained weights that scored best, under the names of the checkpoint's.

    InfoNCE over the products of a batch (van den Oord, Li, Vinyals, Representation Learning with
    Contrastive Predictive Coding, 2018; in-batch negatives as in Henderson and others, Efficient
    Natural Language Response Suggestion, 2017), plus the mean distance of the batch's products
    from their targets, times `plan.follow` where events moved them, else `plan.stay`, and that of
    other texts from where they were, times `plan.keep`.
    AdamW with linear warm-up and decay. After each validation the whole state is written to
    `state_file`; when it is there at the start, the run goes on from it.

    Args:
        checkpoint: what to start from.
        batches: by step.
        anchors: for the two terms that are no contrast.
        score: called every `plan.validate_every` steps; training stops when it has not risen
            for `plan.patience` of them.
        plan: how.
        state_file: of this run.
        progress: show a progress bar.
    """
    run = _Run(checkpoint, anchors, plan)
    run.load(state_file)
    if run.step == 0:
        run.best_score = score(run.encode_texts)
    done = tqdm(total=plan.steps, initial=run.step, desc="finetune", disable=not progress)
    with done:
        while run.step < plan.steps and run.stale < plan.patience:
            loss = run.learn(batches[run.step])
            done.update()
            done.set_postfix(loss=f"{loss:.3f}", score=f"{run.best_score:.4f}")
            if run.step % plan.validate_every == 0 or run.step == plan.steps:
                run.judge(score(run.encode_texts))
                run.save(state_file)
    return {name: weight.numpy() for name, weight in run.best.items()}


def text_encoder(
    checkpoint: Checkpoint, weights: Mapping[str, FLOAT], plan: Plan
) -> Callable[[Sequence[str]], Vectors]:
    """The encoder with these weights, as training sees it."""
    tensors = {name: torch.from_numpy(weight) for name, weight in weights.items()}
    encode = TextEncoder(checkpoint, tensors, max_tokens=plan.max_tokens)
    return partial(_without_gradients, encode)


def _without_gradients(encode: TextEncoder, texts: Sequence[str]) -> Vectors:
    with torch.no_grad():
        vectors: Vectors = encode(texts).numpy()
    return vectors


def _distances(vectors: Tensor, places: Vectors) -> Tensor:
    """1 - cosine of unit vectors, pair by pair."""
    return 1 - (vectors * torch.from_numpy(places)).sum(1)


class _Run:
    """The state of a run, and the steps that change it."""

    def __init__(self, checkpoint: Checkpoint, anchors: Anchors, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        # faiss may have changed how many there are, and sums of other parts end in other weights.
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or threads()))
        self.plan, self.anchors = plan, anchors
        moved = (anchors.targets != anchors.base).any(axis=1)
        self.pull = np.where(moved, plan.follow, plan.stay).astype(np.float32)
        self.weights = {n: torch.from_numpy(np.array(w)) for n, w in checkpoint.weights.items()}
        self.trained = {n: w.requires_grad_() for n, w in self.weights.items() if trainable(n)}
        self.encode = TextEncoder(checkpoint, self.weights, max_tokens=plan.max_tokens)
        self.optimizer = torch.optim.AdamW(
            self.trained.values(), lr=plan.learning_rate, weight_decay=0.01
        )
        self.step, self.stale, self.best_score = 0, 0, float("-inf")
        self.best = self._copy()

    def learn(self, batch: Batch) -> float:
        """One step; returns the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate * self._pace()
        rng = np.random.default_rng([self.plan.seed, self.step])
        drawn = rng.integers(0, len(self.anchors.other_texts), self.plan.others)
        drawn_texts = [self.anchors.other_texts[place] for place in drawn]
        vectors = self.encode([*batch.texts, *drawn_texts])
        fields = (vectors[torch.from_numpy(places)] for places in (batch.title, batch.text))
        products, others = functional.normalize(sum(fields)), vectors[len(batch.texts) :]
        asked = torch.cat([products, vectors])[torch.from_numpy(batch.query)]
        scores = asked @ products.T / self.plan.temperature
        scores = scores.masked_fill(torch.from_numpy(batch.known), float("-inf"))
        moved = _distances(products, self.anchors.targets[batch.rows])
        strayed = _distances(others, self.anchors.others[drawn])
        loss = (
            functional.cross_entropy(scores, torch.from_numpy(batch.answer))
            + (torch.from_numpy(self.pull[batch.rows]) * moved).mean()
            + self.plan.keep * strayed.mean()
        )
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained.values(), 1.0)
        self.optimizer.step()
        self.step += 1
        return float(loss.detach())

    def judge(self, score: float) -> None:
        """Keep the weights if they are the best so far."""
        self.stale += 1
        if score > self.best_score:
            self.best_score, self.stale, self.best = score, 0, self._copy()

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors with the weights as they are."""
        return _without_gradients(self.encode, texts)

    def save(self, path: Path) -> None:
        """Write everything that the rest of the run depends on."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        state = {
            "step": self.step,
            "stale": self.stale,
            "best_score": self.best_score,
            "weights": {name: weight.detach() for name, weight in self.trained.items()},
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(state, unfinished)
        os.replace(unfinished, path)

    def load(self, path: Path) -> None:
        """Take up the run that wrote `path`, if there is one."""
        if not path.is_file():
            return
        state = torch.load(path, weights_only=True)
        self.step, self.stale = state["step"], state["stale"]
        self.best_score, self.best = state["best_score"], state["best"]
        self.optimizer.load_state_dict(state["optimizer"])
        with torch.no_grad():
            for name, weight in self.trained.items():
                weight.copy_(state["weights"][name])

    def _pace(self) -> float:
        """The share of the learning rate: up over the first tenth of the steps, then down to 0."""
        warm = max(self.plan.steps * _WARM_UP, 1)
        left = (self.plan.steps - self.step) / max(self.plan.steps - warm, 1)
        return min((self.step + 1) / warm, left)

    def _copy(self) -> dict[str, Tensor]:
        return {name: weight.detach().clone() for name, weight in self.trained.items()}
