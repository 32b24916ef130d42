"""What calls cost: the documents that Firestore is asked to read and write, counted on the wire."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import firebase_admin
import grpc
import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import types

from shopfyp.budgets import Budgets
from shopfyp.insights import DayInsights
from shopfyp.store import budgets, counts, products
from shopfyp.store.client import client
from shopfyp.store.products import CHANGES
from tests.bench.cost import (
    COUNTED,
    DRAW,
    FIRST_EVENTS,
    LOOK,
    LOOK_SECONDS,
    SAVED_CALLS,
    Operations,
)
from tests.emulator.conftest import event, now
from tests.unit.test_functions import call

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


class Found:
    """The answer of a query, which counts its documents once it has ended."""

    def __init__(self, answer: Any, ended: Callable[[int], None]) -> None:
        self._answer, self._ended, self._documents = answer, ended, 0

    def __iter__(self) -> "Found":
        return self

    def __next__(self) -> Any:
        try:
            part = next(self._answer)
        except StopIteration:
            self._ended(self._documents)
            raise
        self._documents += "document" in part
        return part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answer, name)


class Meter(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]
    """Counts what Firestore bills: each document asked for, there or not, and each one written."""

    def __init__(self) -> None:
        self.reads = self.writes = 0
        self.looks: list[Operations] = []

    def intercept_unary_unary(self, go_on: Callable[..., Any], details: Any, request: Any) -> Any:
        """Commit is the only one that is billed."""
        method = details.method.rpartition("/")[2]
        assert method in {"Commit", "BeginTransaction", "Rollback"}, f"{method}: count it here"
        if method == "Commit":
            self.writes += len(types.CommitRequest.pb(request).writes)
        return go_on(details, request)

    def intercept_unary_stream(self, go_on: Callable[..., Any], details: Any, request: Any) -> Any:
        """Queries bill what they find, and one document if that is none; only looks are made."""
        method = details.method.rpartition("/")[2]
        if method == "RunQuery":
            (asked,) = types.RunQueryRequest.pb(request).structured_query.from_
            assert asked.collection_id == CHANGES, f"{asked.collection_id}: count it here"
            return Found(
                go_on(details, request),
                lambda documents: self.looks.append(Operations(max(documents, 1), 0)),
            )
        assert method == "BatchGetDocuments", f"{method}: count it here"
        self.reads += len(types.BatchGetDocumentsRequest.pb(request).documents)
        return go_on(details, request)

    def taken(self) -> Operations:
        """What was counted since this was asked last."""
        counted = Operations(self.reads, self.writes)
        self.reads = self.writes = 0
        return counted


@pytest.fixture(scope="module")
def main() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FUNCTIONS))
        if firebase_admin._apps:
            firebase_admin.delete_app(firebase_admin.get_app())
        import main as module

        # A minute that does not end, so that what is drawn from budgets is the same in every run.
        patch.setattr(module._callables, "budgets", Budgets(budgets.draw, module._now, lambda: 0.0))
        patch.setattr(module._callables.calls, "_every_seconds", 3600)
        yield module


@pytest.fixture
def meter(main: ModuleType) -> Iterator[Meter]:
    """Between the functions and Firestore; what was counted of calls before is saved first."""
    main._callables.calls.flush()
    meter = Meter()
    channel = firestore.Client._emulator_channel
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            firestore.Client,
            "_emulator_channel",
            lambda *arguments: grpc.intercept_channel(channel(*arguments), meter),
        )
        client.cache_clear()
        yield meter
    client.cache_clear()


@pytest.fixture
def ask(main: ModuleType) -> Callable[..., dict[str, Any]]:
    """Calls of one shopper, from an address of the internet."""
    user_id = f"cost-{uuid.uuid4().hex[:8]}"

    def answer(name: str, /, **data: Any) -> dict[str, Any]:
        headers = {"X-Forwarded-For": "203.0.113.7"}
        status, body = call(getattr(main, name), data, user_id, headers)
        assert status == 200, body
        return dict(body["result"])

    return answer


def a_batch(count: int) -> list[dict[str, Any]]:
    return [event("view_item", f"p0000{n}") for n in range(count)]


def test_five_recommends_read_five_documents_and_write_one(main, meter, ask) -> None:
    for _ in range(5):
        ask("recommend")
    assert meter.taken() == 5 * COUNTED["recommend"]
    main._callables.calls.flush()
    assert meter.taken() == SAVED_CALLS, "once a minute, however many they were"


def test_whoever_asks_without_end_costs_a_twelfth_more(main, meter, ask) -> None:
    for _ in range(66):
        ask("recommend")
    # 6 go unasked, and each draw is good for 12.
    assert meter.taken() == 66 * COUNTED["recommend"] + 5 * DRAW


@pytest.mark.parametrize(("days", "reads"), [(7, 2), (28, 2), (90, 4)])
def test_insights_cost_a_read_a_month(meter, days: int, reads: int) -> None:
    until = date(2001, 4, 1)
    assert counts.load_insights(until - timedelta(days=days - 1), until) == []
    assert meter.taken() == Operations(reads, 0)
    counts.save_insights(DayInsights(day=until, counted_at=now()))
    assert meter.taken() == Operations(0, 1)
    client().collection("insights").document("2001-04").delete()


@pytest.mark.parametrize("count", [1, 10])
def test_events_are_written_once_and_the_profile_once(meter, ask, count: int) -> None:
    ask("log_events", events=a_batch(count))
    assert meter.taken() == COUNTED["log_events"] + count * COUNTED["event"] + FIRST_EVENTS
    batch = a_batch(count)
    ask("log_events", events=batch)
    assert meter.taken() == COUNTED["log_events"] + count * COUNTED["event"]
    ask("log_events", events=batch)
    assert meter.taken().writes == 0, "a retry writes nothing"


def test_a_search_is_an_event_and_a_further_page_nothing(meter, ask) -> None:
    about = {"query": "wireless headphones", "event_id": str(uuid.uuid4()), "at": now()}
    ask("log_events", events=a_batch(1))
    meter.taken()
    token = ask("search", **about)["next_page_token"]
    assert meter.taken() == COUNTED["search"]
    ask("search", **about, page_token=token)
    ask("similar", product_id="p00001")
    assert meter.taken() == COUNTED["similar"] == Operations(0, 0)


def test_an_instance_looks_for_changes_each_quarter_of_a_minute(
    main, meter, ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = main._releases()

    def looks_of_a_call(*, after: float) -> list[Operations]:
        ask("recommend")
        with live._looking:  # until a look that was begun has ended
            meter.looks.clear()
        monkeypatch.setattr(live, "_looked_at", time.monotonic() - after)
        ask("recommend")
        with live._looking:
            return list(meter.looks)

    assert main.CHANGES_SECONDS == LOOK_SECONDS
    assert looks_of_a_call(after=LOOK_SECONDS - 5) == []
    # Of what other tests changed a moment ago nothing is asked for.
    monkeypatch.setattr(live._live, "_since", datetime.now(UTC) + timedelta(hours=1))
    assert looks_of_a_call(after=LOOK_SECONDS) == [LOOK]


def test_a_look_reads_each_change(meter) -> None:
    at = datetime.now(UTC) + timedelta(days=1)
    noted = [client().collection(CHANGES).document(uuid.uuid4().hex) for _ in range(3)]
    for change in noted:
        change.set({"at": at, "product": None})
    try:
        assert len(products.changes_since(at - timedelta(hours=1), 10)) == 3
        assert meter.looks == [3 * LOOK]
    finally:
        for change in noted:
            change.delete()
