"""The pipeline on Apache Beam's DirectRunner; skipped where Beam is not installed."""

import gzip
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from indexer_job import exact
from indexer_job.__main__ import main
from indexer_job.behaviour import EASE_SCALE, learn
from indexer_job.build import build_release
from indexer_job.checkpoint import load_checkpoint
from indexer_job.ease import centred
from indexer_job.embed import embed_products
from indexer_job.files import InputError, UserEvent, user_event, write_products
from indexer_job.finetune.gate import fp32_encoder
from indexer_job.neighbours import histories_of
from indexer_job.sparse_ease import entries, gram_of
from shopfyp.catalog import Product
from shopfyp.manifest import Manifest
from tests.conftest import product, small_clips
from tests.unit.tiny_encoder import write_tiny_encoder

COLOURS, THINGS = ["red", "blue", "green", "black"], ["shoe", "pan", "lamp", "sock", "cup"]
FILES = ["records.jsonl", "vectors.npy", "neighbour_rows.npy", "neighbour_weights.npy"]
BEAM = "needs Apache Beam: see docs/building-at-scale.md"


@pytest.fixture
def run():  # type: ignore[no-untyped-def]
    """`pipeline.run.run`, with the model's neighbours scaled as `build` does, and small shards."""
    pytest.importorskip("apache_beam", reason=BEAM)
    from indexer_job.pipeline.run import run

    def small(shop: Path, out: str, *options: str, shard: int = 16) -> Path:
        sources = (str(shop / "products-*.jsonl.gz"), str(shop / "events-*.jsonl"))
        model = str(shop / "encoder")
        run(*sources, str(shop / out), model=model, scale=EASE_SCALE, shard=shard, options=options)
        return shop / out

    return small


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Files of 100 products in no order, and of 900 events of 90 shoppers in no order."""
    products, events = catalogue(), shoppers()
    rng = np.random.default_rng(0)
    rng.shuffle(products)
    rng.shuffle(events)  # type: ignore[arg-type]
    for part in range(3):
        write_products(products[part::3], tmp_path / f"products-{part}.jsonl.gz")
        lines = [
            json.dumps({"user_id": e.user_id, **e.event.model_dump(mode="json")})
            for e in events[part::3]
        ]
        (tmp_path / f"events-{part}.jsonl").write_text("\n".join(lines) + "\n\n")
    write_tiny_encoder(tmp_path / "encoder", [*COLOURS, *THINGS, "for", "kids", "acme"])
    return tmp_path


def catalogue() -> list[Product]:
    return [
        product(
            f"p{number:03}",
            f"{COLOURS[number % 4]} {THINGS[number % 5]}" + " for kids" * (number % 3),
            brand="acme" if number % 2 else "",
            category=[THINGS[number % 5]],
        )
        for number in range(100)
    ]


def shoppers() -> list[UserEvent]:
    """Each takes ten products, mostly of one kind; one that the catalogue has not is among them."""
    rng = np.random.default_rng(1)
    found = []
    for user in range(90):
        for place, number in enumerate(rng.integers(0, 20, 10)):
            stray = rng.random() < 0.2
            row = int(rng.integers(0, 110)) if stray else int(number) * 5 + user % 5
            fields = {
                "event_id": f"{user}-{place}",
                "user_id": f"u{user}",
                "type": ["view_item", "select_item", "purchase"][place % 3],
                "product_id": f"p{row:03}",
                "at": datetime(2026, 1, 1 + place // 2, tzinfo=UTC),
            }
            found.append(user_event(fields, "shoppers"))
    return sorted(found, key=lambda e: (e.at, e.event.event_id))


def contents(out: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def joined(out: Path, name: str) -> np.ndarray:
    return np.concatenate([np.load(path) for path in sorted(out.glob(f"shards/*/{name}.npy"))])


def test_sums_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(3000, 8)).astype(np.float32)
    total = exact.sum_of_rows(vectors)
    assert (exact.sum_of_rows(vectors[rng.permutation(3000)]) == total).all()
    assert (vectors.sum(axis=0) != vectors[rng.permutation(3000)].sum(axis=0)).any()
    assert total == pytest.approx(vectors.sum(axis=0, dtype=np.float64), abs=3000 * 2**-25)
    assert np.linalg.norm(centred(vectors), axis=1) == pytest.approx(1, abs=1e-6)


def test_the_gram_matrix_does_not_depend_on_the_order_of_shoppers() -> None:
    histories = histories_of(shoppers(), {p.product_id: n for n, p in enumerate(catalogue())})
    one, other = (gram_of(entries(h), 100, 100) for h in (histories, histories[::-1]))
    assert all((ours == theirs).all() for ours, theirs in zip(one, other, strict=True))
    assert len(one.gains) > 1000


def test_without_beam_the_command_says_what_is_missing(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "apache_beam", None)
    assert main(["pipeline", "--catalog", "p.jsonl", "--out", "out"]) == 1
    assert "docs/building-at-scale.md" in capsys.readouterr().err


# With Apache Beam


def test_shards_are_what_build_makes_in_memory(run, shop: Path) -> None:
    out = run(shop, "out")
    summary = json.loads((out / "shards.json").read_text())
    assert summary["starts"] == [0, 16, 32, 48, 64, 80, 96, 100]
    lines = [path.read_text() for path in sorted(out.glob("shards/*/records.jsonl"))]
    assert [json.loads(x)["product_id"] for x in "".join(lines).splitlines()] == [
        p.product_id for p in catalogue()
    ]
    with fp32_encoder(load_checkpoint(str(shop / "encoder"))) as encoder:
        vectors = embed_products(encoder, catalogue())
    assert (joined(out, "vectors") == vectors).all()
    behaviour = learn(catalogue(), shoppers(), vectors, neighbours="sparse")
    assert behaviour.space is not None
    assert (behaviour.neighbour_rows[:, 5] >= 0).all()
    assert (joined(out, "neighbour_rows") == behaviour.neighbour_rows).all()
    assert (joined(out, "neighbour_weights") == behaviour.neighbour_weights).all()


def test_the_same_bits_at_any_number_of_workers(run, shop: Path) -> None:
    processes = "--direct_running_mode=multi_processing"
    one, two, inside = (
        contents(run(shop, f"out-{number}", *options))
        for number, options in enumerate(
            (
                (processes, "--direct_num_workers=1"),
                (processes, "--direct_num_workers=2"),
                (),
            )
        )
    )
    assert {name.split("/")[-1] for name in one if name.startswith("shards/")} == {*FILES}
    assert one == two == inside


def test_the_size_of_shards_changes_no_row(run, shop: Path) -> None:
    small, whole = run(shop, "small", shard=8), run(shop, "whole", shard=1000)
    assert len(list(small.glob("shards/*"))) == 13
    assert len(list(whole.glob("shards/*"))) == 1
    for name in ("vectors", "neighbour_rows", "neighbour_weights"):
        assert (joined(small, name) == joined(whole, name)).all()


def test_the_command_builds_the_release_that_build_makes(run, shop: Path) -> None:
    model = str(shop / "encoder")
    (shop / "clips.jsonl").write_text("".join(f"{c.model_dump_json()}\n" for c in small_clips()))
    command = ["pipeline", "--catalog", str(shop / "products-*.jsonl.gz"), "--model", model]
    command += ["--events", str(shop / "events-*.jsonl"), "--clips", str(shop / "clips.jsonl")]
    command += ["--out", str(shop / "out"), "--release", str(shop / "ours")]
    assert main([*command, "--", "--direct_num_workers=1"]) == 0
    ours = Manifest.model_validate_json((shop / "ours" / "manifest.json").read_text())
    options = {"clips": small_clips(), "events": shoppers(), "model": model}
    theirs = build_release(catalogue(), shop / "theirs", neighbours="sparse", **options)
    assert ours.counts == {"products": 100, "clips": 2, "events": 900}
    assert ours.files == theirs.files


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"product_id": "p001", "title": "pan"}', "product_id p001 is there twice"),
        ('{"product_id": "new"}', "title: Field required"),
        ("pan", "not JSON"),
    ],
)
def test_bad_products_are_named(run, shop: Path, line: str, message: str) -> None:
    with gzip.open(shop / "products-9.jsonl.gz", "wt") as file:
        file.write(line + "\n")
    with pytest.raises(InputError, match=message):
        run(shop, "out")


def test_an_empty_catalogue_is_refused(run, shop: Path) -> None:
    for path in shop.glob("products-*"):
        path.unlink()
    write_products([], shop / "products-0.jsonl.gz")
    with pytest.raises(InputError, match="holds no products"):
        run(shop, "out")


def test_a_folder_that_holds_shards_is_refused(run, shop: Path) -> None:
    (shop / "out").mkdir()
    (shop / "out" / "shards.json").write_text("{}")
    with pytest.raises(InputError, match="holds shards"):
        run(shop, "out")


def test_what_a_runner_loses_is_missed(run) -> None:
    from indexer_job.pipeline.measure import Incomplete, check_received
    from indexer_job.pipeline.neighbours import answer, mean, place

    starts = np.array([0, 2])
    check_received({"rows_sent": 3, "rows_received": 3})
    with pytest.raises(Incomplete, match="rows: 3 were sent and 2 received"):
        check_received({"rows_sent": 3, "rows_received": 2})
    with pytest.raises(Incomplete, match="shard 0: 0 of gram came"):
        list(answer((0, {"asked": [(0, starts)], "gram": [], "vectors": []}), starts, starts))
    with pytest.raises(Incomplete, match="shard 0: 0 of ids came"):
        list(place((0, {"ids": [], "events": []}), starts))
    with pytest.raises(Incomplete, match="vectors: of 2 came 1"):
        mean(np.array([0.5, 1.0]), starts)


def test_rows_of_a_loaded_firestore_export_are_events(run) -> None:
    from indexer_job.pipeline.sources import event_of_row

    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "__key__": {"name": "e1", "path": '"users", "u1", "events", "e1"'},
        "__has_error__": False,
        "user_id": "u1",
        "type": "purchase",
        "product_id": "p1",
        "at": at,
        "received_at": at,
        "expires_at": at,
        "sequence": 4,
        "query": None,
        "position": None,
    }
    found = event_of_row(row)
    assert (found.user_id, found.event.event_id, found.at) == ("u1", "e1", at)
    with pytest.raises(InputError, match=r"event_id e1: .*product_id"):
        event_of_row({**row, "product_id": None})


class Stored(NamedTuple):
    """A document of Firestore."""

    id: str
    fields: dict[str, object]

    def to_dict(self) -> dict[str, object]:
        """Its fields."""
        return self.fields


def test_of_firestore_who_is_half_deleted_and_what_is_broken_is_left_out(run, monkeypatch) -> None:
    import apache_beam as beam
    from apache_beam.testing.util import assert_that, equal_to

    from indexer_job import firestore
    from indexer_job.pipeline.sources import read_events, read_products
    from shopfyp.store.shoppers import tombstone_of

    taken = {"type": "purchase", "product_id": "p1", "at": datetime(2026, 1, 1, tzinfo=UTC)}
    sold = product("p1", "red shoe").model_dump()
    documents = {
        "events": [
            Stored("e1", {**taken, "user_id": "gone"}),
            Stored("e2", {**taken, "user_id": "here"}),
            Stored("e3", {"user_id": "here"}),
        ],
        "products": [Stored("p1", sold), Stored("p2", {"title": 1})],
    }
    monkeypatch.setattr(firestore, "parts_of", lambda *_: [(None, "x"), ("x", None)])
    monkeypatch.setattr(
        firestore, "read_part", lambda name, part: documents[name] if part[0] else []
    )
    monkeypatch.setattr(firestore, "read_gone", lambda: frozenset({tombstone_of("gone")}))
    with beam.Pipeline(runner="DirectRunner") as pipeline:
        events = read_events(pipeline, "firestore") | beam.Map(lambda s: (s.user_id, s.event_id))
        assert_that(events, equal_to([("here", "e2")]), "events")
        products = read_products(pipeline, "firestore") | beam.Map(lambda row: row.product_id)
        assert_that(products, equal_to(["p1"]), "products")


def test_a_bigquery_table_is_read_by_beams_own_connector(run) -> None:
    import apache_beam as beam

    from indexer_job.pipeline.sources import read_products

    pipeline = beam.Pipeline()
    read_products(pipeline, "bigquery:my-project.shop.products")
    labels: Sequence[str] = sorted(pipeline.applied_labels)
    assert "read products" in labels


def test_events_are_read_wherever_beam_reads_files(run, shop: Path) -> None:
    from indexer_job.pipeline.sources import all_events

    plain = all_events(str(shop / "events-*.jsonl"))
    assert [e.at for e in plain] == sorted(e.at for e in shoppers())
    packed = shop / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(b"".join(map(Path.read_bytes, shop.glob("events-*.jsonl")))))
    assert all_events(str(packed)) == plain


def test_what_a_release_cannot_be_made_of_is_said_before_the_hours(run, shop: Path, capsys) -> None:
    sources = ["--catalog", str(shop / "products-*.jsonl.gz"), "--model", str(shop / "encoder")]
    out = ["--out", str(shop / "out"), "--release", str(shop)]
    assert main(["pipeline", *sources, *out]) == 1
    assert "--release" in capsys.readouterr().err
    assert not (shop / "out").exists()
