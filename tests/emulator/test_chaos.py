"""Events through faults: each one stored exactly once, and the profile equal to a rebuild.

`CHAOS_EVENTS=10000` is the full run, with Firestore gone for a minute; by default a few hundred
events and seconds. The function is a process of its own, which can be killed in the middle of a
call; between it and the Firestore emulator stands a proxy, which can cut all connections.
"""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from shopfyp.events import Event
from shopfyp.store import shoppers
from shopfyp.store.client import client
from tests.emulator.conftest import Shopper, event

EVENTS = int(os.environ.get("CHAOS_EVENTS", "400"))
OUTAGE_SECONDS = 60 if EVENTS >= 10_000 else 2
PER_SHOPPER = 100
CLIENTS = 8
PATIENCE_SECONDS = 900 if EVENTS >= 10_000 else 60
FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
SERVER = """
import sys
from functions_framework import create_app
create_app("log_events", "main.py").run("127.0.0.1", int(sys.argv[1]), threaded=True)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Proxy:
    """Hands bytes on between the function and Firestore, until it is cut."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._server = socket.create_server(("127.0.0.1", 0))
        self._live: set[socket.socket] = set()
        self._cut = False
        self.refused = 0
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close what is open, and whatever comes."""
        self._cut = True
        for end in list(self._live):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let all through again."""
        self._cut = False

    def close(self) -> None:
        """End for good."""
        self.cut()
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if self._cut:
                    self.refused += 1
                    near.close()
                    continue
                far = socket.create_connection(self._upstream)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        self._live.add(source)
        with suppress(OSError):
            while received := source.recv(65_536):
                sink.sendall(received)
        self._live.discard(source)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Function:
    """`log_events` in a process that can be killed, with Firestore behind a proxy."""

    def __init__(self, firestore: str) -> None:
        self.port = free_port()
        self._env = {
            **os.environ,
            "FIRESTORE_EMULATOR_HOST": firestore,
            "FUNCTIONS_EMULATOR": "true",
            "PYTHONPATH": str(FUNCTIONS),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(self.port)],
            cwd=FUNCTIONS,
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self._process.poll() is None, "the function does not start"
            time.sleep(0.05)
        raise AssertionError("the function does not start")

    def kill(self) -> None:
        """SIGKILL, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Client:
    """One device of a shopper: sends batches until each is confirmed, and does so badly."""

    def __init__(
        self, shopper: Shopper, events: list[dict[str, Any]], port: int, seed: int
    ) -> None:
        self._rng = random.Random(seed)
        self._shopper, self._port = shopper, port
        events = list(events)
        self._rng.shuffle(events)
        self._batches: list[list[dict[str, Any]]] = []
        while events:
            size = self._rng.randrange(1, 16)
            batch, events = events[:size], events[size:]
            # The same twice in a batch.
            self._batches.append([*batch, self._rng.choice(batch)])
        self.total = len(self._batches)
        self.ends: Counter[str] = Counter()

    @property
    def left(self) -> int:
        """Batches that are not confirmed yet."""
        return len(self._batches)

    def run(self, deadline: float) -> None:
        """Send all there is."""
        failures = 0
        while self._batches:
            assert time.monotonic() < deadline, f"{self.left} batches left, {self.ends}"
            place = self._rng.randrange(len(self._batches))
            end = self._send(self._batches[place])
            self.ends[end] += 1
            # Some are sent again though they were confirmed.
            if end == "ok" and self._rng.random() < 0.8:
                del self._batches[place]
            failures = 0 if end in {"ok", "left"} else failures + 1
            time.sleep(min(0.05 * 2**failures, 2.0) * self._rng.random() if failures else 0)

    def _send(self, batch: list[dict[str, Any]]) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        headers = {**self._shopper.headers, "Content-Type": "application/json"}
        try:
            connection.request("POST", "/", json.dumps({"data": {"events": batch}}), headers)
            if self._rng.random() < 0.15:
                # The page is closed before the answer is there.
                time.sleep(self._rng.random() * 0.02)
                return "left"
            response = connection.getresponse()
            body = json.loads(response.read())
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()
        if response.status == 200:
            result = body["result"]
            assert result["stored"] + result["duplicates"] == len(batch)
            return "ok"
        status = str(body["error"]["status"])
        assert status in {"UNAVAILABLE", "RESOURCE_EXHAUSTED"}, body
        return status


def happenings(rng: random.Random, count: int) -> list[dict[str, Any]]:
    """What a shopper does on two devices, with clocks hours off, one behind and one ahead."""
    skews = (timedelta(hours=-rng.randrange(1, 12)), timedelta(hours=rng.randrange(1, 12)))
    start = datetime.now(UTC) - timedelta(hours=1)

    def one(number: int) -> dict[str, Any]:
        at = (start + timedelta(seconds=number) + rng.choice(skews)).isoformat()
        base = {"event_id": str(uuid.UUID(int=rng.getrandbits(128))), "at": at}
        product_id = f"p{rng.randrange(1, 80):05}"
        query = f"query {rng.randrange(60)}"
        match rng.randrange(4):
            case 0:
                return {"type": "search", "query": query, **base}
            case 1:
                reason = {"code": "searched", "params": {"query": query}}
                dwell_ms = rng.choice([100, 3000, 9000])
                return {"type": "view_card", "dwell_ms": dwell_ms, "reason": reason, **base}
            case 2:
                return event("impression", product_id, **base)
            case _:
                kinds = ["select_item", "add_to_cart", "purchase", "not_interested"]
                return event(rng.choice(kinds), product_id, **base)

    return [one(number) for number in range(count)]


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    host, port = os.environ["FIRESTORE_EMULATOR_HOST"].rsplit(":", 1)
    proxy = Proxy((host, int(port)))
    yield proxy
    proxy.close()


@pytest.fixture
def function(proxy: Proxy) -> Iterator[Function]:
    function = Function(proxy.address)
    function.start()
    yield function
    function.kill()


def test_no_event_is_lost_or_doubled_whatever_fails(proxy: Proxy, function: Function) -> None:
    rng = random.Random(EVENTS)
    sent = {Shopper(): happenings(rng, PER_SHOPPER) for _ in range(EVENTS // PER_SHOPPER)}
    # Two of each: a second tab, or a page that found the queue of one that was closed.
    clients = [
        Client(shopper, events, function.port, seed)
        for shopper, events in sent.items()
        for seed in (1, 2)
    ]
    total = sum(client.total for client in clients)
    deadline = time.monotonic() + PATIENCE_SECONDS

    def when_left(share: float) -> None:
        while time.monotonic() < deadline and sum(c.left for c in clients) > share * total:
            time.sleep(0.01)

    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(client.run, deadline) for client in clients]
        for share in (0.9, 0.3):
            when_left(share)
            function.kill()
            function.start()
        when_left(0.25)
        proxy.cut()
        time.sleep(OUTAGE_SECONDS)
        proxy.mend()
        for each in running:
            each.result()

    ends: Counter[str] = sum((client.ends for client in clients), Counter())
    print(f"\n{EVENTS} events of {len(sent)} shoppers; calls ended {dict(ends)}")
    # The faults did happen.
    assert ends["left"]
    assert ends["ConnectionRefusedError"]
    assert ends["ConnectionResetError"] + ends["RemoteDisconnected"]
    assert proxy.refused
    assert OUTAGE_SECONDS < 60 or ends["TimeoutError"] + ends["UNAVAILABLE"]

    stored_in_all = 0
    for shopper, events in sent.items():
        document = client().collection("shoppers").document(shopper.user_id)
        stored = {s.id: s.to_dict() for s in document.collection("events").stream()}
        assert stored.keys() == {e["event_id"] for e in events}
        assert sorted(s["sequence"] for s in stored.values()) == list(range(len(events)))
        rebuilt = shoppers.rebuild_profile(shopper.user_id, datetime.now(UTC), write=False)
        assert (rebuilt.events, rebuilt.missing) == (len(events), 0)
        assert rebuilt.before.model_dump() == rebuilt.after.model_dump()
        bought = {e["product_id"] for e in events if e["type"] == "purchase"}
        assert set(rebuilt.before.bought) == bought
        stored_in_all += len(stored)
    assert stored_in_all == EVENTS


def test_a_new_shopper_who_begins_with_many_calls_at_once_is_not_failed() -> None:
    """As many as an instance takes at once, and before there is a profile to meet in."""
    user_id, many = uuid.uuid4().hex, 20
    parsed = [TypeAdapter(Event).validate_python(event("view_item", "p00001")) for _ in range(many)]
    shoppers.load_profile(user_id)  # connected, they come at once
    with ThreadPoolExecutor(many) as callers:
        logged = callers.map(
            lambda one: shoppers.log_events(user_id, [one], datetime.now(UTC)), parsed
        )
    assert [one.stored for one in logged] == [1] * many
    assert shoppers.load_profile(user_id).sequence == many


def test_fifty_events_a_second_of_one_shopper_are_all_stored() -> None:
    """Five devices at once: they meet in one document, and nobody is failed by that."""
    shopper = Shopper()
    ends: Counter[str] = Counter()

    def send(_: int) -> list[str]:
        batch = [event("view_item", "p00001") for _ in range(10)]
        for patience in range(10):
            answer = shopper.call("log_events", events=batch)
            ends[answer.error.get("status", "OK")] += 1
            if answer.status == 200:
                return [e["event_id"] for e in batch]
            assert answer.error["status"] in {"UNAVAILABLE", "RESOURCE_EXHAUSTED"}
            time.sleep(answer.error.get("details", {}).get("retry_after_seconds", 0.2 + patience))
        raise AssertionError(f"never stored: {dict(ends)}")

    sent = []
    with ThreadPoolExecutor(5) as devices:
        for _ in range(4):
            started = time.monotonic()
            sent += [e for ids in devices.map(send, range(5)) for e in ids]
            time.sleep(max(0.0, 1 - (time.monotonic() - started)))
    print(dict(ends))
    events = client().collection(shoppers.SHOPPERS).document(shopper.user_id)
    kept = [s.id for s in events.collection(shoppers.EVENTS).select(["__name__"]).stream()]
    assert sorted(kept) == sorted(sent)
    assert ends["OK"] == 20
