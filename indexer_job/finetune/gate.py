"""Whether a fine-tuned encoder may be published: judged by held-out queries, as it will serve."""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer_job.checkpoint import Checkpoint
from indexer_job.embed import embed, threads
from indexer_job.evaluate.statistics import Z95
from indexer_job.export import export_encoder
from indexer_job.finetune.queries import KINDS, Query
from shopfyp.encoder import Encoder, Vectors

_CUT = 10
_MAY_LOSE = 0.01


@dataclass(frozen=True)
class Verdict:
    """What a fine-tuned encoder is worth beside the one that it came from.

    Attributes:
        base: NDCG@10 of the base encoder by kind of query, and of `all`.
        tuned: the same of the fine-tuned one.
        queries: how many of each.
        low: the lower end of the 95 % interval of the mean gain in NDCG@10.
    """

    base: dict[str, float]
    tuned: dict[str, float]
    queries: dict[str, int]
    low: float

    @property
    def wins(self) -> bool:
        """It gains beyond chance, and loses more than 1 % on no kind of query."""
        kept = all(self.tuned[kind] >= (1 - _MAY_LOSE) * self.base[kind] for kind in self.base)
        return kept and self.low > 0


def ndcg(queries: Sequence[Query], query_vectors: Vectors, vectors: Vectors) -> NDArray[np.float64]:
    """NDCG@10 of each query by cosine alone, all answers being alike good.

    The product that a query is of is left out of the ranking.

    Args:
        queries: with their answers.
        query_vectors: of their texts.
        vectors: of all products, by row.
    """
    discounts = 1 / np.log2(np.arange(2, _CUT + 2))
    found = np.zeros(len(queries))
    for place, (query, vector) in enumerate(zip(queries, query_vectors, strict=True)):
        cosines = vectors @ vector
        if query.asked >= 0:
            cosines[query.asked] = -np.inf
        best = np.argpartition(-cosines, min(_CUT, len(cosines) - 1))[:_CUT]
        best = best[np.argsort(-cosines[best], kind="stable")]
        gains = np.isin(best, query.answers) * discounts[: len(best)]
        found[place] = gains.sum() / discounts[: len(query.answers)].sum()
    return found


def by_kind(queries: Sequence[Query], figures: NDArray[np.float64]) -> dict[str, float]:
    """The mean of each kind of query that there is, and of all."""
    kinds = np.array([query.kind for query in queries])
    means: dict[str, Any] = {
        kind: figures[kinds == kind].mean() for kind in KINDS if (kinds == kind).any()
    }
    means["all"] = figures.mean()
    return {name: round(float(mean), 4) for name, mean in means.items()}


def judge(
    base: Checkpoint,
    tuned: Checkpoint,
    queries: Sequence[Query],
    texts: Sequence[str],
    base_vectors: Vectors,
    *,
    progress: bool = False,
) -> Verdict:
    """Compare two encoders as a release would hold them: fp32 for products, 8-bit for queries.

    Args:
        base: what training started from.
        tuned: what came of it.
        queries: that it was not trained on.
        texts: of all products, by row.
        base_vectors: of `texts` by the base encoder.
        progress: show progress bars.
    """
    figures = []
    tuned_vectors = fp32_vectors(tuned, texts, progress)
    for checkpoint, vectors in ((base, base_vectors), (tuned, tuned_vectors)):
        with tempfile.TemporaryDirectory() as folder:
            export_encoder(checkpoint, Path(folder), "q8")
            encoder = Encoder(Path(folder), threads=threads())
            # A product's own vector stands for it when it is an interest.
            own = [vectors[q.asked] if q.asked >= 0 else encoder.encode(q.text) for q in queries]
        figures.append(ndcg(queries, np.stack(own), vectors))
    before, after = figures
    gain = after - before
    error = gain.std(ddof=1) / math.sqrt(len(gain)) if len(gain) > 1 else math.inf
    kinds = [query.kind for query in queries]
    counts: dict[str, int] = {kind: kinds.count(kind) for kind in KINDS if kind in kinds}
    return Verdict(
        base=by_kind(queries, before),
        tuned=by_kind(queries, after),
        queries={**counts, "all": len(kinds)},
        low=round(float(gain.mean() - Z95 * error), 4),
    )


def fp32_vectors(checkpoint: Checkpoint, texts: Sequence[str], progress: bool) -> Vectors:
    """The vectors that a release would hold of these texts."""
    with tempfile.TemporaryDirectory() as folder:
        export_encoder(checkpoint, Path(folder), "fp32")
        return embed(Encoder(Path(folder), threads=threads()), texts, progress=progress)
