"""NDCG and recall of search on judged queries."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from tqdm import tqdm

from indexer_job.files import InputError
from shopfyp import search
from shopfyp.release import Release

CUT = 10
_DEEP = 100


def evaluate_search(
    release: Release,
    queries: Sequence[tuple[str, str]],
    grades: Mapping[str, Mapping[str, int]],
    *,
    progress: bool = False,
) -> dict[str, float]:
    """NDCG@10 and Recall@100 of search, means over the queries that have judgements.

    NDCG has gain 2^grade - 1 and discount log2(rank + 1) (Burges et al., 2005); unjudged
    products count as 0, and in `ndcg@10_judged` they are left out of the ranking. Recall
    counts products with a grade above 0. `encoder_ndcg@10` is of the encoder's cosines alone.

    Args:
        release: what is searched.
        queries: (query_id, query).
        grades: query_id -> product_id -> grade.
        progress: show a progress bar.

    Raises:
        InputError: no query has a judgement.
    """
    judged = [(query, grades[query_id]) for query_id, query in queries if query_id in grades]
    if not judged:
        raise InputError("no query of the queries file is judged in the qrels file")
    now = datetime.now(UTC)
    rows: list[tuple[float, float, float, float]] = []
    for query, graded in tqdm(judged, desc="search", disable=not progress):
        ranked = search.rank_products(release, query, now)
        ids = [release.products.product_id(item.row) for item in ranked]
        relevant = {product_id for product_id, grade in graded.items() if grade > 0}
        recall = len(relevant.intersection(ids[:_DEEP])) / len(relevant) if relevant else math.nan
        judged_only = ndcg([i for i in ids if i in graded], graded)
        by_encoder = ndcg(nearest(release, query, CUT), graded)
        rows.append((ndcg(ids, graded), judged_only, recall, by_encoder))
    names = ("ndcg@10", "ndcg@10_judged", "recall@100", "encoder_ndcg@10")
    means = np.nanmean(np.array(rows), axis=0)
    figures = {name: round(float(mean), 4) for name, mean in zip(names, means, strict=True)}
    return {"queries": len(judged), **figures}


def nearest(release: Release, query: str, count: int) -> list[str]:
    """The ids of the products nearest to a query by the encoder alone, best first."""
    rows, _ = release.nearest(release.encoder.encode(query)[None], count)
    return [release.products.product_id(row) for row in rows[0] if row >= 0]


def ndcg(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    """NDCG@10 of a ranking; NaN when no product has a grade above 0."""
    ideal = sorted(grades.values(), reverse=True)
    best = _dcg(ideal)
    return (
        _dcg([grades.get(product_id, 0) for product_id in ids[:CUT]]) / best if best else math.nan
    )


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2.0**g - 1) / math.log2(rank + 1) for rank, g in enumerate(grades[:CUT], 1))
