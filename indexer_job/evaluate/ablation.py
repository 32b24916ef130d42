"""What each candidate source is worth, and what diversity costs: tables for docs/evaluation.md."""

import math
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from indexer_job.behaviour import write_neighbours
from indexer_job.evaluate.recommend import histories_before, taken_products
from indexer_job.files import InputError, UserEvent
from indexer_job.neighbours import covisitation, histories_of
from shopfyp.candidates import SOURCES
from shopfyp.experiments import Configuration
from shopfyp.neighbours import Neighbours
from shopfyp.profile import Profile
from shopfyp.ranking import Pool, rank
from shopfyp.recommend import candidates_for
from shopfyp.release import Release
from shopfyp.reranking import diversified
from shopfyp.signals import shopper_of

DIVERSITIES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
_CUT = 10
_DEEP = 100
_BEGIN, _END = "<!-- ablation -->", "<!-- /ablation -->"


class Row(NamedTuple):
    """One line of a table: a configuration and its figures by name."""

    name: str
    figures: dict[str, float]


def evaluate_ablation(
    release: Release,
    events: Sequence[UserEvent],
    targets: Mapping[str, str],
    *,
    users: int | None = None,
    progress: bool = False,
) -> tuple[list[Row], list[Row]]:
    """Each source alone and left out, and MMR's diversity against its hits.

    So are neighbours by co-visitation, which a shop has while its events are too few for linear
    models and a learnt space. All are ranked from the candidates of the same retrievals, with the
    other sources' weights at 0. Intra-list distance is the mean of 1 - cosine over the pairs of the
    first ten (Ziegler and others, Improving Recommendation Lists Through Topic Diversification,
    2005).

    Args:
        release: it must not have learnt from the targets.
        events: what the shoppers did before, in the order of time.
        targets: user_id -> product_id.
        users: how many shoppers to sample (seeded), or all.
        progress: show a progress bar.
    """
    covisited = _covisited(release, events)
    variants = {"all sources": dict(release.weights)}
    for source in SOURCES:
        off = {other: 0.0 for other in SOURCES if other != source}
        variants[f"{source} alone"] = {**release.weights, **off}
    for source in SOURCES:
        variants[f"without {source}"] = {**release.weights, source: 0.0}
    ranks: defaultdict[str, list[float]] = defaultdict(list)
    hits: dict[float, list[tuple[float, float]]] = {share: [] for share in DIVERSITIES}
    before = histories_before(events, targets, users)
    for user_id, own in tqdm(before.items(), desc="ablation", disable=not progress):
        profile = Profile().apply((e.event, e.at) for e in own)
        had = taken_products(own)
        shopper = shopper_of(release, profile, profile.updated_at)
        found, otherwise = (
            candidates_for(one, shopper, _DEEP, exclude=had, rng=np.random.default_rng(0))
            for one in (release, covisited)
        )
        target = release.products.row_of(targets[user_id])
        for name, weights in variants.items():
            ranks[name].append(_rank_of(found, weights, target))
        for name in ("neighbours alone", "without learnt"):
            rank_of = _rank_of(otherwise, variants[name], target)
            ranks[f"{name}, by co-visitation"].append(rank_of)
        ranked = rank(found, release.weights, 50)
        for share in DIVERSITIES:
            shown = diversified(
                release,
                ranked,
                _CUT,
                Configuration(diversity=share, beside_best=0, max_per_brand=_CUT),
            )
            rows = [item.row for item in shown]
            hits[share].append((float(target in rows), _distance(release, rows)))
    sources = [Row(name, _figures(np.array(found))) for name, found in ranks.items()]
    trade_off = [
        Row(f"{share:g}", {"hr@10": round(float(hit), 4), "ild@10": round(float(distance), 4)})
        for share, pairs in hits.items()
        for hit, distance in [np.nanmean(np.array(pairs), axis=0)]
    ]
    return sources, trade_off


def _covisited(release: Release, events: Sequence[UserEvent]) -> Release:
    """The release with neighbours by co-visitation."""
    products = release.products
    row_of = {products.product_id(row): row for row in range(len(products))}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_neighbours(*covisitation(histories_of(events, row_of), len(products)), folder)
        return replace(release, neighbours=Neighbours(folder, len(products)))


def as_markdown(sources: Sequence[Row], trade_off: Sequence[Row]) -> str:
    """Both tables, as they stand in docs/evaluation.md."""
    return f"{_table('sources', sources)}\n\n{_table('diversity', trade_off)}"


def write_into(path: Path, markdown: str) -> None:
    """Put the tables between the marks in a Markdown file.

    Raises:
        InputError: the file has no such marks.
    """
    text = path.read_text()
    begin, end = text.find(_BEGIN), text.find(_END)
    if begin < 0 or end < begin:
        raise InputError(f"{path}: expected the lines {_BEGIN} and {_END}")
    path.write_text(f"{text[: begin + len(_BEGIN)]}\n{markdown}\n{text[end:]}")


def _table(first: str, rows: Sequence[Row]) -> str:
    names = list(rows[0].figures)
    lines = [f"| {first} | {' | '.join(name.upper() for name in names)} |"]
    lines.append("|---" * (len(names) + 1) + "|")
    lines += [
        f"| {row.name} | {' | '.join(f'{row.figures[name]:.3f}' for name in names)} |"
        for row in rows
    ]
    return "\n".join(lines)


def _rank_of(found: Pool, weights: Mapping[str, float], target: int | None) -> float:
    """The target's 1-based rank among all that any weight above 0 speaks for."""
    scores = np.zeros(len(found.rows))
    for name, values in found.features.items():
        scores += weights[name] * values
    place = np.searchsorted(found.rows, -1 if target is None else target)
    if target is None or place == len(found.rows) or found.rows[place] != target:
        return math.inf
    if scores[place] <= 0:
        return math.inf
    return float((scores > scores[place]).sum() + 1)


def _figures(ranks: NDArray[np.float64]) -> dict[str, float]:
    gains = np.where(ranks <= _CUT, 1 / np.log2(ranks + 1), 0.0)
    return {
        "hr@10": round(float((ranks <= _CUT).mean()), 4),
        "ndcg@10": round(float(gains.mean()), 4),
        "hr@100": round(float((ranks <= _DEEP).mean()), 4),
    }


def _distance(release: Release, rows: Sequence[int]) -> float:
    if len(rows) < 2:
        return math.nan
    vectors = release.vectors(np.array(rows, np.int64))
    cosines = (vectors @ vectors.T)[np.triu_indices(len(rows), 1)]
    return float(1 - cosines.mean())
