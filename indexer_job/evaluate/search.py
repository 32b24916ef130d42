"""NDCG and recall of search on judged queries."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from tqdm import tqdm

from indexer_job.files import InputError
from shopfyp import search
from shopfyp.release import Release

_CUT = 10
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
    counts products with a grade above 0.

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
    rows: list[tuple[float, float, float]] = []
    for query, graded in tqdm(judged, desc="search", disable=not progress):
        ranked = search.rank_products(release, query, now)
        ids = [release.products.product_id(item.row) for item in ranked]
        relevant = {product_id for product_id, grade in graded.items() if grade > 0}
        recall = len(relevant.intersection(ids[:_DEEP])) / len(relevant) if relevant else math.nan
        rows.append((_ndcg(ids, graded), _ndcg([i for i in ids if i in graded], graded), recall))
    ndcg, ndcg_judged, recall = np.nanmean(np.array(rows), axis=0)
    return {
        "queries": len(judged),
        "ndcg@10": round(float(ndcg), 4),
        "ndcg@10_judged": round(float(ndcg_judged), 4),
        "recall@100": round(float(recall), 4),
    }


def _ndcg(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    ideal = sorted(grades.values(), reverse=True)
    best = _dcg(ideal)
    return (
        _dcg([grades.get(product_id, 0) for product_id in ids[:_CUT]]) / best if best else math.nan
    )


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2.0**g - 1) / math.log2(rank + 1) for rank, g in enumerate(grades[:_CUT], 1))
