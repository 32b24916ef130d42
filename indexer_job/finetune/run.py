"""The whole of it: queries -> negatives -> training -> mixing with the base -> gate -> a folder."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from indexer_job.checkpoint import DEFAULT_MODEL, Checkpoint, load_checkpoint
from indexer_job.embed import embed, embed_products
from indexer_job.files import InputError, UserEvent
from indexer_job.finetune.batches import Batches, hard_negatives
from indexer_job.finetune.gate import Verdict, by_kind, fp32_encoder, judge, ndcg, score
from indexer_job.finetune.plan import Plan
from indexer_job.finetune.queries import (
    Fields,
    Query,
    Split,
    held_out,
    searches,
    shopper,
    split,
    successions,
    taken_together,
)
from indexer_job.finetune.targets import other_texts, target_vectors
from indexer_job.finetune.templates import template_queries
from indexer_job.neighbours import histories_of
from shopfyp.catalog import Product, product_text
from shopfyp.encoder import Vectors
from shopfyp.errors import ShopFYPError

STATE = ".training"
REPORT = "finetune.json"
SHARES = (0.25, 0.5, 0.75, 1.0)
"""How much of the way from the base weights to the trained ones is tried."""
_DISTRACTORS = {"stopping": 500, "share": 20_000}
"""How many other products the answers must be told from; among few, no query is hard."""
_ENOUGH = 200
_MOST = 5 / 6

NamedWeights = Mapping[str, NDArray[np.float32]]


class NoGain(ShopFYPError):
    """The fine-tuned encoder does not win on the held-out queries."""


class TorchMissing(ShopFYPError):
    """PyTorch is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "fine-tuning needs PyTorch: pip install -r indexer_job/finetune.requirements.txt"
        )


def finetune(
    products: Sequence[Product],
    events: Sequence[UserEvent],
    out: Path,
    *,
    model: str = DEFAULT_MODEL,
    plan: Plan | None = None,
    progress: bool = False,
) -> Verdict:
    """Train an encoder on a shop's own products and events into the folder `out`.

    `out` then holds a model as `build --model` takes it, and a report. While training runs it
    holds the state of the run, from which the same call goes on after it was cut off.

    Args:
        products: the catalogue.
        events: what shoppers did, in the order of time.
        out: a folder that is empty, not there yet, or that of a run that was cut off.
        model: what to start from; see `checkpoint.load_checkpoint`.
        plan: how to train.
        progress: show progress bars.

    Raises:
        TorchMissing: PyTorch is not installed.
        InputError: `out` holds something, or there is too little to learn from.
        EncoderError: `model` cannot be used.
        NoGain: the trained encoder does not win; `out` then holds the report alone.
    """
    try:
        from indexer_job.finetune import train
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise TorchMissing from error
    if out.exists() and any(out.iterdir()) and not (out / STATE).exists():
        raise InputError(f"{out} is not empty: a model is trained into a new folder")
    plan = plan or Plan()
    base = load_checkpoint(model)
    fields = [(product.title, product_text(product)) for product in products]
    row_of = {product.product_id: row for row, product in enumerate(products)}
    seen = [event for event in events if not held_out(shopper(event.user_id))]
    made = [*template_queries(products, plan.seed), *searches(seen, row_of)]
    parts = split([*made, *successions(events, products)])
    _refuse_unless_enough(parts)
    state = out / STATE / _identity(base, fields, parts, plan)
    state.mkdir(parents=True, exist_ok=True)

    typed = list(dict.fromkeys(query.text for query in parts.train if query.asked < 0))
    others = other_texts(base, [text for _, text in fields], plan.seed)
    with fp32_encoder(base) as encoder:

        def vectors_of(name: str, texts: Sequence[str]) -> Vectors:
            return _kept(state / name, lambda: embed(encoder, texts, progress=progress))

        vectors = _kept(
            state / "products.npy", lambda: embed_products(encoder, products, progress=progress)
        )
        asked = dict(zip(typed, vectors_of("queries.npy", typed), strict=True))
        other_vectors = vectors_of("others.npy", others)
    histories = histories_of(seen, row_of)
    sample = Sample(parts.validation, fields, plan.seed, _DISTRACTORS["stopping"])
    trained = train.train(
        base,
        Batches(
            parts.train,
            fields,
            hard_negatives(parts.train, asked, vectors),
            taken_together(seen, row_of),
            size=plan.batch,
            hard_per_batch=plan.hard,
            seed=plan.seed,
        ),
        train.Anchors(
            base=vectors,
            targets=_kept(
                state / "targets.npy",
                lambda: target_vectors(histories, vectors, plan.seed, progress),
            ),
            other_texts=others,
            others=other_vectors,
        ),
        sample.score,
        plan,
        state / "state.pt",
        progress=progress,
    )
    sample = Sample(parts.validation, fields, plan.seed, _DISTRACTORS["share"])
    found = {
        share: sample.figures(train.text_encoder(base, mixed(base, trained, share), plan))
        for share in (0.0, *SHARES)
    }
    share = chosen_share(found)
    tuned = state / out.name
    write_model(base, mixed(base, trained, share), tuned)
    verdict = judge(
        base, load_checkpoint(str(tuned)), parts.test, products, vectors, progress=progress
    )
    if verdict.wins:
        shutil.copytree(tuned, out, dirs_exist_ok=True)
    report = {"base": base.name, "accepted": verdict.wins, **asdict(verdict)}
    report |= {"share": share, "validation": found, "plan": asdict(plan)}
    (out / REPORT).write_text(json.dumps(report, indent=1) + "\n")
    shutil.rmtree(out / STATE)
    if not verdict.wins:
        raise NoGain(
            f"no model was written: it does not win on {verdict.queries['all']} held-out queries, "
            f"NDCG@10 {verdict.tuned}, of the base model {verdict.base}; see {out / REPORT}"
        )
    return verdict


class Sample:
    """Validation queries on a part of the catalogue that is quick enough to encode."""

    def __init__(
        self, queries: Sequence[Query], fields: Sequence[Fields], seed: int, distractors: int
    ) -> None:
        """Take the answers to `queries`, and others, drawn by `seed`, to tell them from."""
        rng = np.random.default_rng(seed)
        others = rng.choice(len(fields), min(distractors, len(fields)), replace=False)
        named = [row for query in queries for row in (*query.answers, query.asked) if row >= 0]
        rows = np.unique([*others, *named])
        place_of = {int(row): place for place, row in enumerate(rows)}
        self._fields = [fields[row] for row in rows]
        self._queries = [
            replace(
                query,
                answers=tuple(place_of[row] for row in query.answers),
                asked=place_of.get(query.asked, -1),
            )
            for query in queries
        ]

    def score(self, encode: Callable[[Sequence[str]], Vectors]) -> float:
        """NDCG@10 of an encoder of texts, over all kinds of queries; see `gate.score`."""
        return score(self.figures(encode))

    def figures(self, encode: Callable[[Sequence[str]], Vectors]) -> dict[str, float]:
        """NDCG@10 of an encoder of texts, by kind of query."""
        own = [query.text for query in self._queries if query.asked < 0]
        texts = list(dict.fromkeys([*(text for both in self._fields for text in both), *own]))
        vector_of = dict(zip(texts, encode(texts), strict=True))
        vectors = np.stack([vector_of[title] + vector_of[text] for title, text in self._fields])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        asked = [vectors[q.asked] if q.asked >= 0 else vector_of[q.text] for q in self._queries]
        return by_kind(self._queries, ndcg(self._queries, np.stack(asked), vectors))


def mixed(base: Checkpoint, trained: NamedWeights, share: float) -> dict[str, NDArray[np.float32]]:
    """The base model's weights, moved by `share` of the way to the trained ones.

    What lies between two models that began as one does most of what either does (Wortsman and
    others, Robust Fine-Tuning of Zero-Shot Models, 2022): the shop's queries gain, and all that
    was not trained on is hardly lost.
    """
    return {
        name: weight + np.float32(share) * (trained[name] - weight) if name in trained else weight
        for name, weight in base.weights.items()
    }


def chosen_share(found: Mapping[float, Mapping[str, float]]) -> float:
    """The share of the trained weights to mix, by NDCG@10 of each kind of validation query.

    Shares by which a kind loses are passed over, with no allowance: the gate's is for chance. Of
    the others the smallest is taken that brings five sixths of the most that any does: the last of
    the gain costs most of what is forgotten elsewhere. Where each loses, the smallest is tried.

    Args:
        found: by share; that of 0 is the base model's.
    """
    allowed = {
        share: score(kinds)
        for share, kinds in found.items()
        if share and all(kinds[kind] >= base for kind, base in found[0.0].items())
    }
    if not allowed:
        return min(share for share in found if share)
    nothing = score(found[0.0])
    enough = nothing + _MOST * (max(allowed.values()) - nothing)
    return min(share for share, value in allowed.items() if value >= enough)


def write_model(base: Checkpoint, weights: NamedWeights, folder: Path) -> None:
    """A folder as `load_checkpoint` reads it: the weights, and the base model's other files."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in base.folder.rglob("*.json"):
        copy = folder / path.relative_to(base.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    save_file(dict(weights), folder / "model.safetensors", {"format": "pt"})


def _refuse_unless_enough(parts: Split) -> None:
    if len(parts.train) < _ENOUGH or not parts.validation or not parts.test:
        raise InputError(
            f"{len(parts.train)} queries could be made from the catalogue and events, which is too "
            f"little to learn from: at least {_ENOUGH} are needed, and some to hold out"
        )


def _kept(path: Path, compute: Callable[[], Vectors]) -> Vectors:
    """What was computed before the run was cut off, or now."""
    if not path.is_file():
        unfinished = path.with_suffix(".part.npy")
        np.save(unfinished, compute())
        unfinished.rename(path)
    kept: Vectors = np.load(path)
    return kept


def _identity(base: Checkpoint, fields: Sequence[Fields], parts: Split, plan: object) -> str:
    """One hash of all that a run depends on."""
    digest = hashlib.sha256(f"{plan}".encode())
    for name, weight in sorted(base.weights.items()):
        digest.update(name.encode() + weight.tobytes())
    texts = (text for both in fields for text in both)
    for text in (*texts, *(f"{q.text} {q.answers}" for part in parts for q in part)):
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]
