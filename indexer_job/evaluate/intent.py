"""How well labelled queries are understood, and whether what comes back keeps to them."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from tqdm import tqdm

from indexer_job.demo.intents import IntentQuery
from indexer_job.evaluate.search import CUT, ndcg, nearest
from shopfyp import search
from shopfyp.intent.slots import Slot
from shopfyp.release import Release
from shopfyp.reranking import order_by_figure

_TOP = 5


def evaluate_intent(
    release: Release, queries: Sequence[IntentQuery], *, worst: int = 0, progress: bool = False
) -> dict[str, Any]:
    """Slot precision, recall and F1, and the share of the top 5 that satisfies every constraint.

    A slot counts as found only with its value. `satisfied@5` is, of the first min(5, n) products
    of each query, the share that its labels allow, where n is how many the catalogue holds in
    stock; the mean over queries with n > 0. `satisfied@5_of_5` has the same products over 5 always.
    `sorted` is the share of queries with a wish for an order whose first product has the best
    figure of all that answer. `encoder_ndcg@10` is of the encoder's cosines alone, over all
    products, in stock or not, for the query as it was typed; every product that its labels allow
    is as relevant.

    Args:
        release: the demo's.
        queries: with the slots that they hold.
        worst: list so many of the queries that went worst.
        progress: show a progress bar.
    """
    products = [release.products.product(row) for row in range(len(release.products))]
    now = datetime.now(UTC)
    counts: Counter[str] = Counter()
    by_slot: dict[str, Counter[str]] = {}
    shares: list[tuple[float, bool]] = []
    of_five: list[float] = []
    in_order: list[float] = []
    by_encoder: list[tuple[float, bool]] = []
    failures: list[tuple[float, dict[str, Any]]] = []
    for query in tqdm(queries, desc="intent", disable=not progress):
        intent = release.understood(query.query)
        found = {named(slot) for slot in intent.slots}
        missed, wrong = query.slots - found, found - query.slots
        for kind, pairs in [("right", found & query.slots), ("missed", missed), ("wrong", wrong)]:
            counts[kind] += len(pairs)
            for name, _ in pairs:
                by_slot.setdefault(name, Counter())[kind] += 1
        top = [item.row for item in search.find(release, intent, now).ranked[:_TOP]]
        share = sum(query.is_answered_by(products[row]) for row in top)
        answers = [row for row, product in enumerate(products) if query.is_answered_by(product)]
        rows = [row for row in answers if products[row].in_stock]
        allowed = len(rows)
        if answers:
            grades = {products[row].product_id: 1 for row in answers}
            gain = ndcg(nearest(release, query.query, CUT), grades)
            by_encoder.append((gain, query.hand_written))
        if allowed:
            shares.append((share / min(_TOP, allowed), query.hand_written))
            of_five.append(share / _TOP)
            in_order += [
                float(_comes_first(release, top, rows, order))
                for name, order in query.slots
                if name == "sort"
            ]
        if missed or wrong or (allowed and share < min(_TOP, allowed)):
            loss = len(missed) + len(wrong) + (1 - shares[-1][0] if allowed else 0)
            failures.append((loss, {
                "query": query.query, "missed": sorted(missed), "wrong": sorted(wrong),
                "satisfied": share, "of": min(_TOP, allowed),
                "top": [f"{products[row].title} ({products[row].price})" for row in top],
            }))  # fmt: skip
    failures.sort(key=lambda failure: -failure[0])
    hand = [share for share, by_hand in shares if by_hand]
    every = [share for share, _ in shares]
    return {
        "queries": len(queries),
        **_f1(counts),
        "satisfied@5": _mean(every),
        "satisfied@5_hand_written": _mean(hand),
        "satisfied@5_of_5": _mean(of_five),
        "sorted": _mean(in_order),
        "encoder_ndcg@10": _mean([gain for gain, _ in by_encoder]),
        "encoder_ndcg@10_hand_written": _mean([gain for gain, by_hand in by_encoder if by_hand]),
        "unanswerable": len(queries) - len(shares),
        "slots": {name: _f1(own) for name, own in sorted(by_slot.items())},
    } | ({"worst": [failure for _, failure in failures[:worst]]} if worst else {})


def named(slot: Slot) -> tuple[str, str]:
    """A slot as the test set writes it."""
    if slot.values and (slot.name != "budget" or slot.low is slot.high is None):
        return slot.name, slot.values[0].lower()
    if slot.low == slot.high:
        return slot.name, f"{slot.low:g}"
    low, high = (f"{bound:g}" if bound is not None else "" for bound in (slot.low, slot.high))
    return slot.name, f"{low}..{high}"


def _comes_first(release: Release, top: Sequence[int], rows: Sequence[int], order: str) -> bool:
    """Whether no product in `rows` has a better figure than the first of `top`."""
    if not top:
        return False
    # The first one stays first among equals.
    return bool(order_by_figure(release, np.array([top[0], *rows]), order)[0] == 0)


def _f1(counts: Counter[str]) -> dict[str, float]:
    right = counts["right"]
    precision = right / max(right + counts["wrong"], 1)
    recall = right / max(right + counts["missed"], 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / max(len(values), 1), 4)
