"""The batch job: files, neighbours, popularity, evaluation, the command line."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from indexer_job.__main__ import main
from indexer_job.behaviour import learn
from indexer_job.build import BuildError, build_release
from indexer_job.evaluate.ablation import evaluate_ablation
from indexer_job.evaluate.recommend import evaluate_recommend, leave_last_out
from indexer_job.evaluate.search import evaluate_search
from indexer_job.files import (
    InputError,
    read_events,
    read_pairs,
    read_products,
    read_qrels,
    user_event,
    write_events,
    write_products,
)
from indexer_job.neighbours import Taken, covisitation
from indexer_job.popularity import popular_order
from shopfyp.experiments import Serving
from shopfyp.release import Release, open_release
from tests.conftest import product, small_catalog, small_events


def bought(user_id: str, product_id: str, hour: int):
    at = datetime(2026, 1, 1, hour, tzinfo=UTC).isoformat()
    fields = {"user_id": user_id, "type": "purchase", "product_id": product_id, "at": at}
    return user_event({"event_id": f"{user_id}-{hour}", **fields}, "test")


@pytest.mark.parametrize("name", ["products.jsonl", "products.jsonl.gz"])
def test_products_survive_their_file(tmp_path: Path, name: str) -> None:
    write_products(small_catalog(), tmp_path / name)
    assert read_products(tmp_path / name) == small_catalog()
    assert (tmp_path / name).read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: not JSON"),
        ('{"product_id": "b"}', "line 2: title"),
        ('{"product_id": "b", "title": "x", "price": -1}', "line 2: price"),
        ('{"product_id": "b", "title": "x", "price": NaN}', "line 2: price"),
        ('{"product_id": "a", "title": "x"}', "product_id a is there twice"),
        ("[]", "line 2"),
    ],
)
def test_a_bad_product_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "products.jsonl"
    path.write_text('{"product_id": "a", "title": "x"}\n' + line + "\n")
    with pytest.raises(InputError, match=reason):
        read_products(path)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.jsonl"):
        read_products(tmp_path / "nothing.jsonl")
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b'{"product_id": "a", "title": "x"}\n' * 1000)[:50])
    with pytest.raises(InputError, match=r"cut\.jsonl\.gz"):
        read_products(cut)


def test_events_are_read_in_the_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = [
        {
            "event_id": "2",
            "user_id": "u",
            "type": "search",
            "query": "b",
            "at": "2026-01-02T00:00:00Z",
        },
        {
            "event_id": "1",
            "user_id": "u",
            "type": "search",
            "query": "a",
            "at": "2026-01-01T00:00:00Z",
        },
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert [e.event.event_id for e in read_events(path)] == ["1", "2"]
    path.write_text(json.dumps({k: v for k, v in lines[0].items() if k != "user_id"}))
    with pytest.raises(InputError, match="user_id"):
        read_events(path)


def test_bad_tsv_and_qrels_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("q1\tshoes\nq2 shoes\n")
    with pytest.raises(InputError, match="line 2: expected query_id<TAB>query"):
        read_pairs(path, "query_id<TAB>query")
    path.write_text("q1 0 p1 3\nq1 0 p2 high\n")
    with pytest.raises(InputError, match="line 2"):
        read_qrels(path)


def test_covisitation_learns_what_goes_together() -> None:
    together = [[Taken(0, 1.0), Taken(1, 1.0)]] * 5 + [[Taken(0, 1.0), Taken(2, 1.0)]]
    rows, weights = covisitation(together, 4)
    assert rows[0, :3].tolist() == [1, 2, -1]
    assert weights[0, 0] == 1.0
    assert 0 < weights[0, 1] < 1
    assert rows[1, 0] == 0
    assert (rows[3] == -1).all()


def test_covisitation_weighs_distance_and_order() -> None:
    rows, weights = covisitation([[Taken(0, 1.0), Taken(1, 1.0), Taken(2, 1.0)]], 3)
    near, far = weights[0, rows[0] == 1][0], weights[0, rows[0] == 2][0]
    assert near > far
    after, before = weights[1, rows[1] == 2][0], weights[1, rows[1] == 0][0]
    assert after > before


def test_covisitation_weighs_distance_in_time() -> None:
    soon, late = Taken(1, 1.0, day=1), Taken(2, 1.0, day=90)
    rows, weights = covisitation([[Taken(0, 1.0), soon], [Taken(0, 1.0), late]], 3)
    assert rows[0, :2].tolist() == [1, 2]
    assert weights[0, 1] < 0.2 * weights[0, 0]


def test_covisitation_of_nothing_is_empty() -> None:
    assert (covisitation([], 3)[0] == -1).all()
    assert (covisitation([[Taken(0, 1.0)]], 3)[0] == -1).all()


def test_events_of_products_that_are_gone_teach_nothing() -> None:
    products = [product("a", "x"), product("b", "y")]
    events = [bought("u", "gone", 1), bought("u", "a", 2), bought("u", "b", 3)]
    vectors = np.eye(2, dtype=np.float32)
    assert learn(products, events, vectors).neighbour_rows[0, 0] == 1


def test_popular_takes_turns_among_departments_and_leaves_out_what_is_gone() -> None:
    popularity = np.array([9.0, 8.0, 7.0, 1.0, 99.0])
    order = popular_order(popularity, np.array([1, 1, 1, 2, 2]), np.array([1, 1, 1, 1, 0], bool))
    assert order.tolist() == [0, 3, 1, 2]


def test_a_release_is_not_built_over_another_or_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="not empty"):
        build_release(small_catalog(), tmp_path)
    with pytest.raises(BuildError, match="no products"):
        build_release([], tmp_path / "new")


def test_leave_last_out_takes_each_shoppers_last_product() -> None:
    events = [bought("u", "a", 1), bought("v", "a", 2), bought("u", "b", 3)]
    before, targets = leave_last_out(events)
    assert targets == {"u": "b"}
    assert [(e.user_id, e.event.event_id) for e in before] == [("u", "u-1"), ("v", "v-2")]


def test_a_product_that_is_clicked_and_viewed_before_it_is_bought_is_held_out_whole() -> None:
    events = [bought("u", "a", 1), bought("u", "b", 2), bought("u", "b", 3), bought("v", "a", 4)]
    events += [bought("v", "a", 5)]
    before, targets = leave_last_out(events)
    assert targets == {"u": "b"}
    assert [e.event.event_id for e in before] == ["u-1", "v-4", "v-5"]


def test_where_nobody_took_two_products_nothing_can_be_held_out(release: Release) -> None:
    with pytest.raises(InputError, match="nothing to hold out"):
        evaluate_recommend(release, small_events(), {})


def test_evaluation_of_recommendations_counts_hits(release: Release) -> None:
    events = [e for e in small_events() if e.event.event_id.endswith("-0")]
    targets = {f"u{n}": "kitchen-3" if n < 10 else "not in the catalogue" for n in range(20)}
    figures = evaluate_recommend(release, events, targets)
    # The neighbour that everyone buys next comes first, for the half that has it as target.
    assert figures == {"users": 20, "hr@10": 0.5, "ndcg@10": 0.5, "hr@100": 0.5}
    assert evaluate_recommend(release, events, targets, users=4)["users"] == 4


def test_evaluation_leaves_out_what_the_shopper_already_had(release: Release) -> None:
    events = small_events()
    figures = evaluate_recommend(release, events, {"u0": "kitchen-3"})
    assert figures["hr@100"] == 0


def test_evaluation_of_search_computes_ndcg_and_recall(release: Release) -> None:
    queries = [("q1", "Ben 10 action figure"), ("q2", "nothing judged")]
    perfect = evaluate_search(release, queries, {"q1": {"toys-1": 3, "toys-5": 2}})
    best = dict.fromkeys(["ndcg@10", "ndcg@10_judged", "recall@100", "encoder_ndcg@10"], 1.0)
    assert perfect == {"queries": 1, **best}
    swapped = evaluate_search(release, queries, {"q1": {"toys-1": 2, "toys-5": 3}})
    expected = (3 + 7 / np.log2(3)) / (7 + 3 / np.log2(3))
    assert swapped["ndcg@10"] == pytest.approx(expected, abs=1e-4)
    unjudged_first = evaluate_search(release, queries, {"q1": {"toys-5": 3}})
    assert unjudged_first["ndcg@10"] == pytest.approx(1 / np.log2(3), abs=1e-4)
    assert unjudged_first["ndcg@10_judged"] == 1.0
    with pytest.raises(InputError, match="no query"):
        evaluate_search(release, queries, {"other": {"p": 1}})


def test_the_command_line_evaluates_from_files(tmp_path: Path, capsys) -> None:
    write_products(small_catalog(), tmp_path / "products.jsonl.gz")
    (tmp_path / "queries.tsv").write_text("q1\tfrying pan\n")
    (tmp_path / "qrels.txt").write_text("q1 0 kitchen-0 3\n")
    status = main(
        [
            "evaluate",
            "search",
            "--catalog",
            str(tmp_path / "products.jsonl.gz"),
            "--queries",
            str(tmp_path / "queries.tsv"),
            "--qrels",
            str(tmp_path / "qrels.txt"),
        ]
    )
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 0
    assert figures["queries"] == 1
    scores = {"ndcg@10", "ndcg@10_judged", "recall@100", "encoder_ndcg@10"}
    assert set(figures) == {"queries", *scores}


def test_the_command_line_tells_the_worth_of_each_source(tmp_path: Path, capsys) -> None:
    write_products(small_catalog(), tmp_path / "products.jsonl")
    events = [{**e.event.model_dump(mode="json"), "user_id": e.user_id} for e in small_events()]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(e) + "\n" for e in events))
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- ablation -->\nold\n<!-- /ablation -->\nafter\n")
    files = ["--catalog", tmp_path / "products.jsonl", "--events", tmp_path / "events.jsonl"]
    command = ["evaluate", "ablation", "--leave-last-out", *files, "--write", page]
    assert main([str(part) for part in [*command, "--plot", tmp_path / "figure.svg"]]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(figures["sources"]["neighbours alone"]) == {"hr@10", "ndcg@10", "hr@100"}
    assert figures["diversity"]["0.7"]["ild@10"] > figures["diversity"]["0"]["ild@10"]
    text = page.read_text()
    assert "| without semantic |" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert (tmp_path / "figure.svg").read_text().startswith("<?xml")


def test_events_are_read_as_they_were_written(tmp_path: Path) -> None:
    at = "2026-03-01T10:00:00Z"
    others = [
        {"type": "search", "query": "shoes für Zoë", "verbatim": True},
        {"type": "impression", "product_id": "p", "position": 0, "propensity": 1.0},
        {"type": "view_card", "dwell_ms": 0, "reason": {"code": "popular"}},
    ]
    named = [{"event_id": f"z{n}", "user_id": "z", "at": at, **e} for n, e in enumerate(others)]
    events = [*small_events(), *(user_event(fields, "here") for fields in named)]
    write_events(events, tmp_path / "events.jsonl.gz")
    assert read_events(tmp_path / "events.jsonl.gz") == sorted(
        events, key=lambda e: (e.at, e.event.event_id)
    )


def test_neighbours_by_co_visitation_are_of_the_events_that_are_given(release: Release) -> None:
    viewed = small_events()[0]._replace(user_id="u99")
    found = [
        {row.name: row.figures["hr@10"] for row in rows}
        for events in ([viewed], [*small_events(), viewed])
        for rows, _ in [evaluate_ablation(release, events, {"u99": "kitchen-3"})]
    ]
    assert [figures["neighbours alone"] for figures in found] == [1, 1]
    assert [figures["neighbours alone, by co-visitation"] for figures in found] == [0, 1]


def test_a_bad_configuration_is_named(tmp_path: Path, capsys) -> None:
    write_products(small_catalog(), tmp_path / "products.jsonl")
    (tmp_path / "serving.json").write_text('{"configuration": {"diversity": 2}}')
    files = ["--catalog", tmp_path / "products.jsonl", "--out", tmp_path / "out"]
    command = ["build", *files, "--configuration", tmp_path / "serving.json"]
    assert main([str(part) for part in command]) == 1
    error = capsys.readouterr().err
    assert "serving.json: configuration.diversity" in error


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"weights": {"magic": 1}}, "configuration.weights: no feature magic"),
        ({"without": ["magic"]}, "configuration.without: no source magic"),
    ],
)
def test_a_configuration_names_only_what_exists(tmp_path: Path, configuration, reason) -> None:
    serving = Serving.model_validate({"configuration": configuration})
    with pytest.raises(BuildError, match=reason):
        build_release(small_catalog(), tmp_path / "out", serving=serving)


def test_an_experiment_is_part_of_the_release(tmp_path: Path) -> None:
    write_products(small_catalog(), tmp_path / "products.jsonl")
    variants = {"all": {"share": 1, "configuration": {"max_per_brand": 1}}}
    serving = {"experiment": {"name": "one-each", "variants": variants}}
    (tmp_path / "serving.json").write_text(json.dumps(serving))
    files = ["--catalog", tmp_path / "products.jsonl", "--out", tmp_path / "out"]
    command = ["build", *files, "--configuration", tmp_path / "serving.json"]
    assert main([str(part) for part in command]) == 0
    variant, configuration = open_release(tmp_path / "out").serving.assigned("anyone")
    assert (variant, configuration.max_per_brand) == ("one-each/all", 1)


def test_the_command_line_says_what_is_wrong_in_one_line(tmp_path: Path, capsys) -> None:
    missing = str(tmp_path / "missing.jsonl")
    assert main(["build", "--catalog", missing, "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert main(["releases", "--bucket", ""]) == 1


@pytest.mark.parametrize(
    "command",
    [
        ["import"],
        ["build"],
        ["publish"],
        ["releases"],
        ["rollback"],
        ["evaluate"],
        ["evaluate", "search"],
        ["evaluate", "recommend"],
        ["evaluate", "ablation"],
        ["evaluate", "experiment"],
        ["evaluate", "replay"],
        ["evaluate", "simulate"],
    ],
)
def test_every_command_has_help(command: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert "usage: python -m indexer_job " + " ".join(command) in capsys.readouterr().out
