"""What is counted of a day's events, exactly, and which releases there are."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from shopfyp.errors import ReleaseError, UnknownRelease
from shopfyp.figures import Figures, ProductFigures
from shopfyp.history import releases, roll_back
from shopfyp.insights import (
    MOST_GROUPS,
    OTHER,
    UNKNOWN,
    Counts,
    DayCounts,
    DayInsights,
    bounds_of,
    count_day,
    day_of,
)
from shopfyp.latency import BOUNDS_MS, OK, REFUSED, Calls
from shopfyp.manifest import parse_manifest, read_manifest, read_pointer
from tests.folder_bucket import FolderBucket
from tests.unit.manifests import reseal

DAY = date(2026, 3, 1)
END = bounds_of(DAY)[1]
FIGURES = {
    "lamp": Figures(20.1, "USD", (END - timedelta(days=3)).timestamp()),
    "sofa": Figures(500.0, "EUR", (END - timedelta(days=300)).timestamp()),
    "vase": Figures(None, "USD", None),
}


def counted(*events: dict) -> DayCounts:
    return count_day(DAY, events, FIGURES.get, 4, END)


def event(kind: str, product_id: str, card_id: str | None = "c1", **offer: str) -> dict:
    base = {"type": kind, "product_id": product_id, "card_id": card_id}
    about = {"source": "semantic", "reason_code": "searched", "variant": "default", "release": "r1"}
    return base | (about if card_id else {}) | offer


def groups(counts: DayCounts, dimension: str) -> dict[str, dict]:
    return {g.name: g.model_dump(exclude={"name"}) for g in counts.groups[dimension]}


def test_each_offer_is_counted_under_its_source_reason_variant_and_release() -> None:
    popular = {"source": "popular", "reason_code": "popular", "variant": "x/b"}
    found = counted(
        event("impression", "lamp"),
        event("impression", "sofa", **popular),
        event("impression", "vase"),
        event("impression", "lamp", "c2"),
        event("select_item", "lamp"),
        event("add_to_cart", "lamp"),
        event("purchase", "lamp"),
        event("purchase", "sofa", **popular),
    )
    total = {"impressions": 4, "clicks": 1, "add_to_cart": 1, "purchases": 2}
    assert found.cards.model_dump() == total | {"revenue": {"USD": 20.1, "EUR": 500.0}}
    ours = {"impressions": 3, "clicks": 1, "add_to_cart": 1, "purchases": 1}
    theirs = {"impressions": 1, "clicks": 0, "add_to_cart": 0, "purchases": 1}
    ours["revenue"], theirs["revenue"] = {"USD": 20.1}, {"EUR": 500.0}
    assert groups(found, "source") == {"semantic": ours, "popular": theirs}
    assert groups(found, "reason") == {"searched": ours, "popular": theirs}
    assert groups(found, "variant") == {"default": ours, "x/b": theirs}
    assert groups(found, "release") == {"r1": {**total, "revenue": {"USD": 20.1, "EUR": 500.0}}}


def test_a_card_that_was_come_back_to_counts_once_and_every_purchase_counts() -> None:
    again = [event("impression", "lamp"), event("select_item", "lamp"), event("purchase", "lamp")]
    found = counted(*again, *again, *again, event("impression", "lamp", "c2"))
    assert (found.cards.impressions, found.cards.clicks, found.cards.purchases) == (2, 1, 3)
    # In whole cents: 3 * 20.1 is a hair more.
    assert found.cards.revenue == {"USD": 60.3}


def test_what_no_card_led_to_stands_apart() -> None:
    found = counted(
        event("select_item", "lamp", None),
        event("select_item", "lamp", None),
        event("purchase", "sofa", None),
        event("view_item", "lamp"),
        {"type": "search"},
    )
    assert found.cards == Counts()
    assert all(not members for members in found.groups.values())
    assert found.elsewhere == Counts(clicks=2, purchases=1, revenue={"EUR": 500.0})
    assert found.searches == 1


def test_what_clips_offer_is_counted_by_source_and_by_nothing_else() -> None:
    pill, rail = {"source": "clip", "release": "r1"}, {"source": "clip_rail", "release": "r1"}
    found = counted(
        event("impression", "lamp"),
        event("impression", "lamp", None, **pill),
        event("impression", "lamp", None, **rail),
        event("impression", "sofa", None, **rail),
        event("select_item", "sofa", None, **rail),
        event("add_to_cart", "sofa", None, **rail),
        event("purchase", "sofa", None, **rail),
        # Clicked in a list that nobody counts the impressions of.
        event("select_item", "lamp", None, source="semantic"),
    )
    taken = {"clicks": 1, "add_to_cart": 1, "purchases": 1, "revenue": {"EUR": 500.0}}
    assert groups(found, "source") == {
        "semantic": Counts(impressions=1).model_dump(),
        "clip": Counts(impressions=1).model_dump(),
        "clip_rail": {"impressions": 2, **taken},
    }
    assert found.cards == Counts(impressions=1)
    assert found.elsewhere == Counts(impressions=3, **taken | {"clicks": 2})
    assert {name: list(groups(found, name)) for name in ("reason", "variant", "release")} == {
        "reason": ["searched"],
        "variant": ["default"],
        "release": ["r1"],
    }
    # Of what cards showed: a share of it would else be of more than there is.
    assert (found.products_shown, found.new_impressions) == (2, 1)


def test_coverage_new_products_and_what_has_no_price() -> None:
    found = counted(
        event("impression", "lamp"),
        event("impression", "lamp", "c2"),
        event("impression", "sofa"),
        event("impression", "vase"),
        event("impression", "gone"),
        event("purchase", "vase"),
        event("purchase", "gone"),
    )
    assert (found.products, found.products_shown, found.new_impressions) == (4, 4, 2)
    assert (found.cards.purchases, found.cards.revenue, found.unpriced) == (2, {}, 2)


def test_what_an_event_does_not_say_is_unknown() -> None:
    found = counted({"type": "impression", "product_id": "lamp", "card_id": "c1"})
    assert {d: [g.name for g in found.groups[d]] for d in found.groups} == {
        dimension: [UNKNOWN] for dimension in ("source", "reason", "variant", "release")
    }


def test_made_up_names_do_not_make_the_document_grow() -> None:
    flood = [event("impression", "lamp", f"c{n}", source=f"s{n}") for n in range(3000)]
    real = [event("impression", "lamp", f"r{n}") for n in range(2)]
    late = [event("impression", "lamp", f"l{n}", source="late") for n in range(5)]
    found = counted(*real, *flood, *late, event("purchase", "lamp", source="s2999"))
    names = [group.name for group in found.groups["source"]]
    assert len(names) == len(set(names)) <= MOST_GROUPS + 1
    assert {"semantic", OTHER} <= set(names)
    # Past a thousand names no new one is told apart, so that memory has an end.
    assert "late" not in names
    assert sum(group.impressions for group in found.groups["source"]) == 3007
    assert sum(g.revenue.get("USD", 0) for g in found.groups["source"]) == 20.1
    assert len(found.model_dump_json()) < 20_000


def test_a_month_of_the_fullest_days_is_one_document() -> None:
    """Firestore takes 1 MiB, by https://firebase.google.com/docs/firestore/storage-size."""

    def flood(n: int, place: int) -> dict:
        longest = dict.fromkeys(("source", "reason_code", "variant", "release"), f"{n:0129}")
        return event("purchase", f"p{place}", f"c{n}", **longest)

    prices = {f"p{n}": Figures(1e6 / 3, f"CU{n}", None) for n in range(5)}
    day = count_day(DAY, [flood(*divmod(n, 5)) for n in range(500)], prices.get, 5, END)
    calls = Calls(
        outcomes=dict.fromkeys([OK, *REFUSED, "unavailable", "internal"], 10**9),
        buckets=dict.fromkeys(range(len(BOUNDS_MS)), 10**9),
    )
    names = ["a_function_of_some_length"] * 20
    full = DayInsights(
        **day.model_dump(), calls={f"{name}{n}": calls for n, name in enumerate(names)}
    )
    assert all(len(found) == MOST_GROUPS + 1 for found in full.groups.values())
    assert _stored(full.model_dump(mode="json")) * 31 < 2**20
    # What is longer than any name of ours is made up.
    made_up = counted(event("impression", "lamp", variant="é" * 65))
    assert list(groups(made_up, "variant")) == [OTHER]


def _stored(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode()) + 1
    if isinstance(value, dict):
        return sum(_stored(key) + _stored(inner) for key, inner in value.items())
    if isinstance(value, list):
        return sum(_stored(inner) for inner in value)
    return 8


def test_a_day_is_utc_whatever_the_clock_says() -> None:
    at = datetime.fromisoformat("2026-03-02T00:30:00+01:00")
    assert day_of(at) == DAY
    start, end = bounds_of(DAY)
    assert start <= at < end
    assert end - start == timedelta(days=1)


class _Bucket(FolderBucket):
    def write(self, name: str, content: bytes, generation: int | None = None) -> None:
        (self.root / name).write_bytes(content)

    def generation(self, name: str) -> int:
        return 0

    def written(self, prefix: str) -> dict[str, datetime]:
        files = (path for path in (self.root / prefix).rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.root)): datetime.fromtimestamp(path.stat().st_mtime, UTC)
            for path in files
        }


@pytest.fixture
def bucket(tmp_path: Path) -> _Bucket:
    return _Bucket(tmp_path)


def test_a_release_says_what_products_cost(bucket: _Bucket, release_folder: Path) -> None:
    bucket.publish(release_folder)
    manifest = parse_manifest((release_folder / "manifest.json").read_bytes())
    figures = ProductFigures(bucket, manifest)
    assert len(figures) == manifest.counts["products"]
    assert figures.of("ben10-2") == Figures(pytest.approx(21.99), "USD", None)
    assert figures.of("nothing") is None
    broken = bucket.root / "releases" / manifest.version / "products" / "price.npy"
    broken.write_bytes(broken.read_bytes()[:-4] + b"\0\0\0\0")
    with pytest.raises(ReleaseError, match=r"products/price\.npy"):
        ProductFigures(bucket, manifest)


@pytest.mark.parametrize(
    ("name", "values"),
    [("price", -1.0), ("currency", 99), ("id_rows", 10_000), ("published", np.inf)],
)
def test_figures_that_lead_nowhere_are_refused(
    bucket: _Bucket, release_folder: Path, tmp_path: Path, name: str, values: float
) -> None:
    folder = shutil.copytree(release_folder, tmp_path / "broken")
    path = folder / "products" / f"{name}.npy"
    array = np.load(path)
    array[0] = values
    np.save(path, array)
    reseal(folder)
    bucket.publish(folder)
    with pytest.raises(ReleaseError, match=rf"products: .*{name}\.npy holds values"):
        ProductFigures(bucket, read_manifest(bucket, read_pointer(bucket))[0])


def test_the_history_leaves_out_what_cannot_be_served(
    bucket: _Bucket, release_folder: Path, capsys
) -> None:
    version = bucket.publish(release_folder)
    odd = bucket.root / "releases" / "20200101-000000-0000"
    odd.mkdir()
    (odd / "manifest.json").write_text('{"format": 1}')
    (found,) = releases(bucket)
    assert (found.manifest.version, found.current) == (version, True)
    assert "format 1 is older" in capsys.readouterr().err
    (bucket.root / "releases" / "current.json").write_text("{")
    (found,) = releases(bucket)
    assert not found.current


def test_rolling_back_names_the_release_that_is_not_there(
    bucket: _Bucket, release_folder: Path
) -> None:
    version = bucket.publish(release_folder)
    with pytest.raises(UnknownRelease, match="no release 2020"):
        roll_back(bucket, "2020")
    with pytest.raises(UnknownRelease, match="before the current one"):
        roll_back(bucket)
    assert read_pointer(bucket).version == version


def test_insights_need_no_model() -> None:
    code = """
import sys, shopfyp.reporting
print([m for m in ("onnxruntime", "faiss", "tokenizers", "bm25s") if m in sys.modules])
"""
    functions = Path(__file__).resolve().parents[2] / "functions"
    env = {**os.environ, "PYTHONPATH": str(functions)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
