"""`evaluate KIND`: what is read, what is run; the figures are one JSON object, the last line."""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer_job.files import InputError, UserEvent
from shopfyp.catalog import Product
from shopfyp.release import Release

_WORST = 40


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add a command for each kind of evaluation."""
    kinds = parser.add_subparsers(required=True, metavar="KIND")

    kind = kinds.add_parser("search", help="NDCG and recall on judged queries")
    kind.add_argument("--catalog", required=True, type=Path)
    kind.add_argument("--queries", required=True, type=Path, help="TSV: query_id, query")
    kind.add_argument("--qrels", required=True, type=Path, help="TREC: query_id 0 product_id grade")
    kind.add_argument(
        "--typos", type=int, metavar="N", help="score N misspelled versions of each query as well"
    )
    add_model(kind)
    kind.set_defaults(run=_search)

    kind = kinds.add_parser("intent", help="what is understood of the demo's labelled queries")
    kind.add_argument("--release", required=True, type=Path, help="the demo's, as built")
    kind.add_argument("--queries", type=Path, help="TSV; default: the demo's intent test set")
    kind.add_argument("--verbose", action="store_true", help="list the queries that went worst")
    kind.set_defaults(run=_intent)

    kind = kinds.add_parser("recommend", help="hit rate and NDCG of shoppers' next products")
    _add_held_out(kind)
    kind.add_argument(
        "--semantic-alone",
        action="store_true",
        help="by the encoder alone: nothing is learnt from events, no other source is asked",
    )
    kind.set_defaults(run=_recommend)

    kind = kinds.add_parser(
        "ablation", help="each source alone and left out; diversity against hits"
    )
    _add_held_out(kind)
    kind.add_argument("--write", type=Path, help="a Markdown file with <!-- ablation --> marks")
    kind.add_argument("--plot", type=Path, help="draw diversity against hits, as SVG or PNG")
    kind.set_defaults(run=_ablation)

    kind = kinds.add_parser("experiment", help="what the variants of an experiment were worth")
    kind.add_argument("--catalog", required=True, type=Path, help="for prices")
    kind.add_argument("--events", required=True, help="event JSONL, or `firestore`")
    kind.add_argument("--experiment", required=True, help="its name")
    kind.add_argument("--control", required=True, help="the variant to compare with")
    kind.set_defaults(run=_experiment)

    kind = kinds.add_parser("replay", help="estimate a configuration on cards that were shown")
    kind.add_argument("--release", required=True, type=Path, help="the folder of a built release")
    kind.add_argument("--events", required=True, help="event JSONL, or `firestore`")
    kind.add_argument(
        "--configuration", required=True, type=Path, help="JSON, as in the release's file"
    )
    kind.set_defaults(run=_replay)

    kind = kinds.add_parser("simulate", help="on-taste cards of the demo's shoppers, by card")
    kind.add_argument("--release", required=True, type=Path, help="the demo's, as built")
    kind.add_argument("--shoppers", type=int, default=200)
    kind.add_argument("--cards", type=int, default=50)
    kind.add_argument("--events", type=Path, help="write what they did, for `replay`, as JSONL")
    kind.add_argument("--plot", type=Path, help="draw it, as SVG or PNG")
    kind.set_defaults(run=_simulate)


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add `--model`."""
    parser.add_argument(
        "--model",
        default="all-MiniLM-L6-v2",
        help="a BERT-type sentence encoder: a folder or a Hugging Face hub id",
    )


def add_neighbours(parser: argparse.ArgumentParser) -> None:
    """Add `--neighbours`."""
    parser.add_argument(
        "--neighbours",
        choices=("auto", "dense", "sparse"),
        default="auto",
        help="how item-to-item weights are learnt; auto: dense while the catalogue is small",
    )


def read_events(source: str) -> list[UserEvent]:
    """The events of a JSONL file, or of `firestore`."""
    from indexer_job import files, firestore

    return firestore.read_events() if source == "firestore" else files.read_events(Path(source))


def _add_held_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", required=True, type=Path)
    parser.add_argument("--events", required=True, type=Path)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--targets", type=Path, help="TSV: user_id, product_id")
    wanted.add_argument("--leave-last-out", action="store_true")
    parser.add_argument(
        "--validation",
        action="store_true",
        help="with --leave-last-out: the event before the last, for choosing a configuration",
    )
    parser.add_argument("--users", type=int, help="sample so many shoppers; default: all")
    add_neighbours(parser)
    add_model(parser)


@contextmanager
def _held_out(
    options: argparse.Namespace,
) -> Iterator[tuple[Release, list[UserEvent], dict[str, str]]]:
    """A release that knows nothing of the targets, the events before them, and the targets."""
    from indexer_job.evaluate.recommend import leave_last_out
    from indexer_job.files import read_events, read_pairs, read_products

    products, events = read_products(options.catalog), read_events(options.events)
    if options.leave_last_out:
        if options.validation:
            events, _ = leave_last_out(events)
        events, targets = leave_last_out(events)
    else:
        targets = dict(read_pairs(options.targets, "user_id<TAB>product_id"))
    learnt_from = [] if getattr(options, "semantic_alone", False) else events
    with _built(products, learnt_from, options) as release:
        yield release, events, targets


@contextmanager
def _built(
    products: list[Product], events: list[UserEvent], options: argparse.Namespace
) -> Iterator[Release]:
    from indexer_job.build import build_release
    from shopfyp.release import open_release

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "release"
        build_release(
            products,
            out,
            events=events,
            model=options.model,
            neighbours=getattr(options, "neighbours", "auto"),
            progress=_progress(),
        )
        yield open_release(out)


def _search(options: argparse.Namespace) -> None:
    from indexer_job.evaluate.search import evaluate_search
    from indexer_job.evaluate.typos import misspelled, respaced
    from indexer_job.files import read_pairs, read_products, read_qrels

    queries = read_pairs(options.queries, "query_id<TAB>query")
    grades = read_qrels(options.qrels)
    rng = random.Random(0)
    often = [query for query in queries for _ in range(options.typos or 0)]
    typed = {
        "typos": [(key, misspelled(query, rng)) for key, query in often],
        "spaces": [(key, made) for key, query in often if (made := respaced(query, rng))],
    }
    with _built(read_products(options.catalog), [], options) as release:
        figures = evaluate_search(release, queries, grades, progress=_progress())
        for name, others in typed.items():
            if not others:
                continue
            # Beside the same queries: some have no room for another space.
            keys = {key for key, _ in others}
            same = [(key, query) for key, query in queries if key in keys]
            clean = evaluate_search(release, same, grades, progress=_progress())
            hurried = evaluate_search(release, others, grades, progress=_progress())
            figures[f"ndcg@10_{name}"] = hurried["ndcg@10"]
            kept = hurried["ndcg@10"] / (clean["ndcg@10"] or 1)
            figures[f"kept_despite_{name}"] = round(kept, 4)
        _print(figures)


def _intent(options: argparse.Namespace) -> None:
    from indexer_job.demo.catalog import demo_products
    from indexer_job.demo.intents import hand_written, intent_queries
    from indexer_job.evaluate.intent import evaluate_intent
    from shopfyp.release import open_release

    figures = evaluate_intent(
        open_release(options.release),
        hand_written(options.queries) if options.queries else intent_queries(demo_products()),
        worst=_WORST if options.verbose else 0,
        progress=_progress(),
    )
    for failure in figures.pop("worst", []):
        print(json.dumps(failure, indent=1))
    _print(figures)


def _recommend(options: argparse.Namespace) -> None:
    from indexer_job.evaluate.recommend import evaluate_recommend
    from shopfyp.candidates import SOURCES
    from shopfyp.experiments import Configuration

    others = {name for name in SOURCES if name != "semantic"} if options.semantic_alone else set()
    with _held_out(options) as (release, events, targets):
        figures = evaluate_recommend(
            release,
            events,
            targets,
            users=options.users,
            configuration=Configuration(without=sorted(others)),
            progress=_progress(),
        )
    _print(figures)


def _ablation(options: argparse.Namespace) -> None:
    from indexer_job.evaluate import ablation, plots

    with _held_out(options) as (release, events, targets):
        sources, trade_off = ablation.evaluate_ablation(
            release, events, targets, users=options.users, progress=_progress()
        )
    markdown = ablation.as_markdown(sources, trade_off)
    print(markdown)
    if options.write:
        ablation.write_into(options.write, markdown)
    if options.plot:
        plots.draw_trade_off(trade_off, options.plot)
    rows = {"sources": sources, "diversity": trade_off}
    _print({kind: {row.name: row.figures for row in found} for kind, found in rows.items()})


def _experiment(options: argparse.Namespace) -> None:
    from indexer_job.evaluate.experiment import evaluate_experiment
    from indexer_job.files import read_products

    products = read_products(options.catalog)
    # Amounts of two currencies cannot be added up: what is in another one brings no revenue here.
    ((currency, _),) = Counter(p.currency for p in products).most_common(1) or [("", 0)]
    prices = {p.product_id: p.price or 0.0 for p in products if p.currency == currency}
    events = read_events(options.events)
    report = evaluate_experiment(events, prices, options.experiment, options.control)
    _print({"currency": currency, **report})


def _replay(options: argparse.Namespace) -> None:
    from indexer_job.evaluate.replay import evaluate_replay
    from indexer_job.files import read_json
    from shopfyp.experiments import Configuration
    from shopfyp.release import open_release

    configuration = read_json(options.configuration, Configuration)
    release, events = open_release(options.release), read_events(options.events)
    _print(evaluate_replay(release, events, configuration, progress=_progress()))


def _simulate(options: argparse.Namespace) -> None:
    from indexer_job.evaluate import plots
    from indexer_job.evaluate.simulate import demo_shoppers, evaluate_simulation
    from indexer_job.files import write_events
    from shopfyp.release import open_release

    if options.shoppers < 1 or options.cards < 1:
        raise InputError("--shoppers and --cards must be at least 1")
    release = open_release(options.release)
    shares, events = evaluate_simulation(
        release, demo_shoppers(options.shoppers), options.cards, progress=_progress()
    )
    if options.events:
        write_events(events, options.events)
    if options.plot:
        plots.draw_simulation(shares, options.plot)
    _print(
        {
            name: {
                "first_5": round(sum(found[:5]) / len(found[:5]), 4),
                "session": round(sum(found) / len(found), 4),
            }
            for name, found in shares.items()
        }
    )


def _print(figures: dict[str, Any]) -> None:
    print(json.dumps(figures))


def _progress() -> bool:
    return sys.stderr.isatty()
