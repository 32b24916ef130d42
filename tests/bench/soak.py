"""Half an hour of mixed traffic at a large release, with a hot swap every minute: is memory flat?

    python -m tests.bench.soak --products 1000000 --minutes 30 --swap-seconds 60 --rate 3

`recommend`, `search`, `similar` and `log_events` run as in production, each a process of
functions-framework under gunicorn, so that it is seen which of them grows. They see one bucket and
one store, both in a folder (see `load_app.py`), so `recommend` has to do with what was searched and
viewed. Calls come at random (Poisson), and their time counts from when they were due. The pointer
moves between two releases of which six bytes in seven are in files that differ (titles, vectors,
events): as nothing of the one that was replaced is kept, each swap fetches and opens these anew.
Files are the bucket's own under one more name, and the machine holds their pages once: "mapped" of
several functions must not be added up. Transfer from Cloud Storage and what Firestore takes are not
in it.

Client and functions share this machine. Memory is the median of a minute, so that it does not
matter whether a second release is just being opened; the most is told as well, and the least: what
is left once freed pages are given back, as happens at each look for a newer release. Writes
`docs/soak-PRODUCTS.md` and its picture, prints the report as JSON, and exits with 1 if a call
failed or a function's own memory grew by more than 5 % after it had settled.
"""

import argparse
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from indexer_job.demo.catalog import demo_products
from indexer_job.demo.intents import intent_queries
from shopfyp.manifest import parse_manifest
from tests.bench.machine import described
from tests.bench.processes import ROOT, Memory
from tests.bench.shop import release_of
from tests.bench.soak_report import Latency, Minute, Report, Soaked, write
from tests.bench.traffic import Function, call_at, every, in_folder, running, swapping

_FUNCTIONS = ("recommend", "search", "similar", "log_events")
_AT_ONCE, _VISIT = 60, 10
"""So many shoppers at a time, and calls of each function until another comes in a shopper's place:
profiles, and with them the work, are soon as large as they stay."""
_EVENTS = {"impression": 50, "view_item": 30, "select_item": 12, "add_to_cart": 6, "purchase": 2}
"""How often each is among a hundred."""
_BATCH = 4
_SAMPLE_SECONDS = 5
# In production it is a minute, and swaps come as often as that here.
_ENV = {"RELEASE_CHECK_SECONDS": "5"}


class _Watched:
    """Calls a function, and notes all that is seen of it."""

    def __init__(self, function: Function, version: str, swaps: Sequence[float]) -> None:
        self._function, self._version, self._swaps = function, version, swaps
        self._calls: list[tuple[float, float, str]] = []
        self._memory: list[tuple[float, Memory]] = []
        self._seen: dict[int, float] = {}

    def soak(self, shop: "Shop", rate: float, seconds: float) -> None:
        """Call it at random moments, so many times a second."""
        name = self._function.name

        def call(number: int, due: float) -> None:
            swaps = len(self._swaps)
            answer = self._function.call(_shopper(number), shop.ask(name, number))
            now = time.perf_counter()
            self._calls.append((due, 1000 * (now - due), answer.ended))
            # After an even number of swaps the first version is the current one.
            if "release" in answer.result and (answer.result["release"] == self._version) == (
                swaps % 2 == 0
            ):
                self._seen.setdefault(swaps, now)

        call_at(_moments(rate, seconds, random.Random(name)), call)

    def sample(self) -> None:
        """Note how much memory it has."""
        with suppress(OSError):  # a worker ended just now
            self._memory.append((time.perf_counter(), self._function.memory_mb()))

    def said(self) -> str:
        """How it is doing, for the terminal."""
        failed = Counter(ended for *_, ended in self._calls if ended != "ok")
        return f"{self._function.name} {self._memory[-1][1].own:.0f} MB {dict(failed) or ''}"

    def soaked(self, started: float, minutes: int, swaps: int) -> Soaked:
        """All of it, by minute; of the first so many swaps."""
        return Soaked(
            name=self._function.name,
            latency=_latency([ms for _, ms, _ in self._calls]),
            taken_up=[now - self._swaps[n - 1] for n, now in self._seen.items() if 0 < n <= swaps],
            minutes=[self._minute(started + 60 * number) for number in range(minutes)],
        )

    def _minute(self, start: float) -> Minute:
        calls = [call for call in self._calls if start <= call[0] < start + 60]
        memory = [mb for at, mb in self._memory if start <= at < start + 60]
        return Minute(
            ended=Counter(ended for *_, ended in calls),
            latency=_latency([ms for _, ms, _ in calls]),
            own=median(mb.own for mb in memory),
            most=max(mb.own for mb in memory),
            mapped=median(mb.mapped for mb in memory),
            least=min(mb.own for mb in memory),
        )


class Shop:
    """What shoppers of a catalogue of `tests.bench.shop` ask for."""

    def __init__(self, products: int) -> None:
        self._products, own = products, demo_products()
        self._titles = [product.title.split() for product in own]
        self._queries = [query.query for query in intent_queries(own)]

    def ask(self, name: str, number: int) -> dict[str, Any]:
        """The data of a function's call; the same number asks for the same."""
        rng = random.Random(f"{name} {number}")
        match name:
            case "recommend":
                return {"cards": 2}
            case "search":
                return {"query": self._query(rng), "event_id": uuid.uuid4().hex, "at": _now()}
            case "similar":
                return {"product_id": self._product(rng)}
            case _:
                kinds = rng.choices([*_EVENTS], [*_EVENTS.values()], k=_BATCH)
                return {"events": [self._event(kind, rng) for kind in kinds]}

    def _query(self, rng: random.Random) -> str:
        """One of the demo's, or some words of a title."""
        if rng.random() < 0.5:
            return rng.choice(self._queries)
        title = rng.choice(self._titles)
        return " ".join(rng.sample(title, min(len(title), rng.randint(1, 4))))

    def _product(self, rng: random.Random) -> str:
        """A few are asked for often, most hardly ever."""
        return str(int(self._products * rng.random() ** 3))

    def _event(self, kind: str, rng: random.Random) -> dict[str, Any]:
        product_id = self._product(rng)
        return {"event_id": uuid.uuid4().hex, "type": kind, "product_id": product_id, "at": _now()}


def main() -> int:
    """Soak the functions, and write what was measured; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=int, default=30, help="two at the least")
    parser.add_argument("--swap-seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=10, help="calls a second of each function")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="where to write")
    options = parser.parse_args()
    release, other = release_of(options.products), release_of(options.products, edition=1)
    version = parse_manifest((release / "manifest.json").read_bytes()).version
    shop = Shop(options.products)
    with ExitStack() as stack:
        point_to = stack.enter_context(in_folder(release, other))
        source = ROOT / "tests/bench/load_app.py"
        functions = [
            stack.enter_context(running(name, source, _ENV, shop.ask(name, 0)))
            for name in _FUNCTIONS
        ]
        swaps = stack.enter_context(swapping(point_to, options.swap_seconds))
        watched = [_Watched(function, version, swaps) for function in functions]
        for one in watched:
            stack.enter_context(every(_SAMPLE_SECONDS, one.sample))
        stack.enter_context(every(60, lambda: _tell(watched)))
        started = time.perf_counter()
        with ThreadPoolExecutor(len(watched)) as pool:
            list(pool.map(lambda w: w.soak(shop, options.rate, 60 * options.minutes), watched))
        # The last may have come too late to be seen.
        end = started + 60 * options.minutes - options.swap_seconds / 2
        counted = [(at - started) / 60 for at in swaps if at < end]
        report = Report(
            machine=described(),
            measured_on=f"{datetime.now(UTC):%Y-%m-%d}",
            products=options.products,
            rate=options.rate,
            swap_seconds=options.swap_seconds,
            swaps=counted,
            functions=[one.soaked(started, options.minutes, len(counted)) for one in watched],
        )
        write(report, options.docs)
    print(report.model_dump_json(indent=1))
    return 0 if report.fine else 1


def _moments(rate: float, seconds: float, rng: random.Random) -> Iterator[float]:
    """When calls come: at random, as shoppers know nothing of each other."""
    moment = 0.0
    while (moment := moment + rng.expovariate(rate)) < seconds:
        yield moment


def _shopper(number: int) -> int:
    """Who makes a call; places change hands one after another."""
    turn, place = divmod(number, _AT_ONCE)
    return (turn + place) // _VISIT * _AT_ONCE + place


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _tell(watched: Sequence[_Watched]) -> None:
    print(f"{_now()[:19]}  {'  '.join(one.said() for one in watched)}", file=sys.stderr)


def _latency(took: Sequence[float]) -> Latency:
    cuts = quantiles(took, n=100)
    return Latency(p50=cuts[49], p90=cuts[89], p99=cuts[98])


if __name__ == "__main__":
    sys.exit(main())
