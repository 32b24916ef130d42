"""What a million recommendations cost: counted operations, measured CPU time, published prices.

    PYTHONPATH=functions:. .venv/bin/python tests/bench/cost.py --release .demo/release

measures on this machine, and writes the tables of `docs/cost.md` and its chart anew. What is
counted is asserted by `tests/emulator/test_cost.py`; prices are in `prices.toml`.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "cost.md"
CHART = ROOT / "docs" / "images" / "cost.svg"
MILLION = 1_000_000


FIRESTORE_CPU_MS = {"recommend": 1.1, "log_events": 2.9}
"""Of Firestore's client, for one document read and for a batch of five events; measured against the
emulator, as all else is over a store in memory."""


class Operations(NamedTuple):
    """Documents that Firestore reads and writes."""

    reads: int
    writes: int

    def __add__(self, other: object) -> "Operations":
        assert isinstance(other, Operations)
        return Operations(self.reads + other.reads, self.writes + other.writes)

    def __rmul__(self, times: object) -> "Operations":
        assert isinstance(times, int)
        return Operations(times * self.reads, times * self.writes)


COUNTED = {
    "recommend": Operations(1, 0),
    "similar": Operations(0, 0),
    "search": Operations(2, 2),
    "log_events": Operations(1, 1),
    "event": Operations(1, 1),
}
"""Of each call; `log_events` takes that of the call and that of each event in it."""
FIRST_EVENTS = Operations(1, 0)
"""More, the first time that something is stored of a shopper: whether they were deleted."""
DRAW = Operations(1, 1)
"""More, whenever a caller's free calls of a minute are used up: good for a tenth of the budget."""
SAVED_CALLS = Operations(0, 1)
"""Of each function and instance, once a minute."""

LOOK = Operations(1, 0)
"""For changes of the catalogue, by each instance that serves; as many more as products changed."""
LOOK_SECONDS = 15
"""Between two looks of an instance that is asked; one that is not asked does not look."""

MEMORY_GIB = {"recommend": 1.0, "log_events": 0.5}
"""As `settings.py` sets them; one vCPU each."""
EVENTS, BATCHES = 10, 2
"""Of a card: 5 impressions, the card itself and 4 clips around it, in two batches."""
BUSY = 0.6
"""The share of the time paid for in which an instance's CPU works."""
CALLS_A_MINUTE = 60
"""Of an instance: what the counters' one write, and its looks for changes and for a release, are
shared by."""
KEPT_MONTHS = 3
JOB_GIB = 4.0
"""Of a job's memory, for each of its vCPUs; what a job pays for it was not found."""
_FEWEST_SECONDS = 0.1
"""Time is paid for in steps of it."""


class Measured(NamedTuple):
    """CPU time of a call, and the size of its answer."""

    cpu_ms: float
    answer_bytes: float


def main() -> None:
    """Measure, and write the document's tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path, default=ROOT / ".demo" / "release")
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument(
        "--built",
        nargs=2,
        type=int,
        metavar=("PRODUCTS", "CPU_SECONDS"),
        help="of a build that was measured before, which takes minutes",
    )
    options = parser.parse_args()
    prices = {name: p["usd"] / p["per"] for name, p in _read_prices().items()}
    with _functions(options.release) as call:
        measured = _measure(call, options.calls)
    build = options.built or _build(options.release.parent)
    files = [p for p in options.release.rglob("*") if p.is_file()]
    size = sum(p.stat().st_size for p in files)
    parts = _parts(prices, measured)
    _write("operations", _operations())
    _write("measured", _measured(measured))
    _write("recommendation", _sums(parts))
    _write("sensitivity", _sensitivity(prices, measured))
    _write("peers", _peers(prices, parts))
    _write("build", _nightly(prices, build, len(files), size))
    _write("prices", _price_table())
    _draw(prices, parts)


def _read_prices() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("prices.toml").read_text())


Call = Any


@contextmanager
def _functions(release: Path) -> Iterator[Call]:
    """The deployed functions in this process, over a store in memory."""
    from shopfyp.manifest import POINTER, Pointer, folder_of, parse_manifest

    data = (release / "manifest.json").read_bytes()
    version = parse_manifest(data).version
    with tempfile.TemporaryDirectory() as bucket:
        folder = Path(bucket) / folder_of(version)
        folder.parent.mkdir(parents=True)
        folder.symlink_to(release.resolve())
        pointer = Pointer(version=version, manifest_sha256=sha256(data).hexdigest())
        (Path(bucket) / POINTER).write_text(pointer.model_dump_json())
        os.environ |= {"LOAD_BUCKET": bucket, "GCLOUD_PROJECT": "demo-shopfyp"}
        # With it set, tokens need no signature; nothing is called there.
        os.environ["FIREBASE_AUTH_EMULATOR_HOST"] = "127.0.0.1:1"
        sys.path.insert(0, str(ROOT / "functions"))
        from tests.bench import load_app
        from tests.unit.test_functions import call

        yield lambda name, data, user: call(getattr(load_app, name), data, user)


def _measure(call: Call, calls: int) -> dict[str, Measured]:
    """Medians over shoppers with ten interests each; nothing is written to the terminal."""
    from shopfyp.profile import Interest, Profile
    from tests.bench import load_app

    queries = ("wireless headphones", "red shoes for kids", "frying pan", "garden hose", "guitar")
    recent = [
        Interest(kind="query", value=f"{q}{tail}", strength=1.0, at=datetime.now(UTC))
        for q in queries
        for tail in ("", " under $50")
    ]
    found: dict[str, list[tuple[float, int]]] = {"recommend": [], "log_events": []}
    with Path(os.devnull).open("w") as nowhere:
        stderr, sys.stderr = sys.stderr, nowhere
        try:
            for number in range(calls):
                user = f"u{number}"
                load_app.save_profile(user, Profile(recent=recent))
                events = [_event(number, place) for place in range(EVENTS // BATCHES)]
                for name, data in (("recommend", {}), ("log_events", {"events": events})):
                    started = time.process_time()
                    status, answer = call(name, data, user)
                    took = time.process_time() - started
                    if status != 200:
                        raise RuntimeError(f"{name}: {answer}")
                    found[name].append((1000 * took, len(str(answer))))
        finally:
            sys.stderr = stderr
    return {
        name: Measured(
            median(ms for ms, _ in few) + FIRESTORE_CPU_MS[name], median(size for _, size in few)
        )
        for name, few in found.items()
    }


def _event(number: int, place: int) -> dict[str, Any]:
    return {
        "event_id": f"e{number}-{place}",
        "type": "impression",
        "product_id": f"p{number % 4000 + 1:05}",
        "at": (datetime.now(UTC) - timedelta(seconds=place)).isoformat(),
    }


def _build(data: Path) -> tuple[int, float]:
    """Products, and CPU seconds of building a release of the demo's."""
    before = getrusage(RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "indexer_job", "build", "--out", f"{out}/release"]
        for option, name in (("catalog", "products.jsonl.gz"), ("events", "events.jsonl.gz")):
            command += [f"--{option}", str(data / name)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    after = getrusage(RUSAGE_CHILDREN)
    found = re.search(r'"products": (\d+)', done.stdout)
    assert found
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return int(found[1]), cpu


def _seconds(cpu_ms: float, busy: float | None) -> float:
    """Seconds paid for of one call; `busy` is None for a call that has an instance to itself."""
    return _FEWEST_SECONDS if busy is None else cpu_ms / 1000 / busy


def _call(
    prices: Mapping[str, float], name: str, measured: Measured, busy: float | None
) -> dict[str, float]:
    """Dollars of a million calls, without Firestore."""
    second = prices["function_cpu"] + MEMORY_GIB[name] * prices["function_memory"]
    return {
        "CPU and memory": MILLION * second * _seconds(measured.cpu_ms, busy),
        "requests": MILLION * prices["function_request"],
        "answers' bytes": measured.answer_bytes / 1e9 * MILLION * prices["function_egress"],
    }


def _documents(prices: Mapping[str, float], operations: Operations) -> dict[str, float]:
    """Dollars of a million times these operations."""
    return {
        "documents read": MILLION * operations.reads * prices["firestore_read"],
        "documents written": MILLION * operations.writes * prices["firestore_write"],
    }


def _parts(
    prices: Mapping[str, float], measured: Mapping[str, Measured], busy: float | None = BUSY
) -> dict[str, dict[str, float]]:
    """Dollars of a million cards, by what they are for."""
    counters = MILLION / CALLS_A_MINUTE * SAVED_CALLS.writes * prices["firestore_write"]
    looks = 60 / LOOK_SECONDS * LOOK.reads * prices["firestore_read"] + prices["storage_class_b"]
    logging = _call(prices, "log_events", measured["log_events"], busy)
    stored = sum(_stored_bytes()) * EVENTS * MILLION / 2**30
    return {
        "recommend": {
            **_call(prices, "recommend", measured["recommend"], busy),
            **_documents(prices, COUNTED["recommend"]),
            "counters": counters,
            "looks for changes, and for a release": MILLION / CALLS_A_MINUTE * looks,
        },
        "log_events": {
            **{name: BATCHES * usd for name, usd in logging.items()},
            **_documents(prices, BATCHES * COUNTED["log_events"] + EVENTS * COUNTED["event"]),
            "counters": BATCHES * counters,
            "documents deleted at their end": EVENTS * MILLION * prices["firestore_delete"],
            "events stored for 90 days": stored * KEPT_MONTHS * prices["firestore_storage"],
        },
    }


def _stored_bytes() -> tuple[int, int]:
    """What an impression takes, and what its entries in indexes take.

    By https://firebase.google.com/docs/firestore/storage-size: a text is its bytes and one, a
    number or a time 8, a name all its parts and 16; a document 32 more than its name and fields,
    and an entry 32 more than the names of document and parent and what it indexes. Each field but
    `expires_at` is indexed both ways, and there are two composite indexes.
    """
    text = {"type": 10, "product_id": 6, "release": 24, "variant": 7, "card_id": 36, "source": 8}
    text |= {"user_id": 28}
    eight = ("position", "propensity", "at", "received_at", "sequence")
    fields = {name: len(name) + 1 + size + 1 for name, size in text.items()}
    fields |= {name: len(name) + 1 + 8 for name in eight}
    parent = len("shoppers") + 1 + 28 + 1 + 16
    document = parent + len("events") + 1 + 36 + 1
    own = document + sum(fields.values()) + len("expires_at") + 1 + 8 + 32
    entries = sum(2 * (document + parent + size + 32) for size in fields.values())
    composite = 2 * (document + parent + 11 + 8 + 32)
    return own, entries + composite


def _table(head: Sequence[object], *rows: Sequence[object]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines)


def _operations() -> str:
    batch = COUNTED["log_events"] + EVENTS * COUNTED["event"]
    return _table(
        ("call", "documents read", "written"),
        ("`recommend`", *COUNTED["recommend"]),
        ("`similar`", *COUNTED["similar"]),
        ("`search`, the first page", *COUNTED["search"]),
        (f"`log_events` of {EVENTS} events", *batch),
        ("more, for a new shopper's first events", *FIRST_EVENTS),
        ("more, each 12th call beyond 6 cards a minute of one shopper", *DRAW),
        ("counters, a minute, function and instance", *SAVED_CALLS),
        (f"looking for changes, each {LOOK_SECONDS} s, function and instance", *LOOK),
    )


def _measured(measured: Mapping[str, Measured]) -> str:
    table = _table(
        ("call", "CPU, ms", "answer, kB", "memory, GiB"),
        *(
            (f"`{name}`", f"{m.cpu_ms:.1f}", f"{m.answer_bytes / 1000:.1f}", MEMORY_GIB[name])
            for name, m in measured.items()
        ),
    )
    own, entries = _stored_bytes()
    stored = f"A stored impression takes {own} bytes, its entries in indexes {entries}."
    return f"{table}\n\n{stored} Medians on {_processor()}, one thread a call."


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{(names or [platform.machine()])[0]}, {os.cpu_count()} cores"


def _sums(parts: Mapping[str, Mapping[str, float]]) -> str:
    names = dict.fromkeys(name for some in parts.values() for name in some)
    cells = [
        (name, *(f"{some[name]:.2f}" if name in some else "" for some in parts.values()))
        for name in names
    ]
    sums = (f"**{sum(some.values()):.2f}**" for some in parts.values())
    head = ("$ for a million cards", "`recommend`", f"their {EVENTS} events each")
    return _table(head, *cells, ("**together**", *sums))


def _sensitivity(prices: Mapping[str, float], measured: Mapping[str, Measured]) -> str:
    rows = []
    for busy in (0.9, BUSY, 0.3, None):
        sums = [sum(part.values()) for part in _parts(prices, measured, busy).values()]
        name = "each call by itself: 0.1 s" if busy is None else f"{busy:.0%} of the time"
        rows.append((name, f"{sums[0]:.2f}", f"{sum(sums):.2f}"))
    return _table(("instances are busy", "`recommend`", "with its events"), *rows)


def _peer_prices(prices: Mapping[str, float]) -> dict[str, float]:
    return {
        "Amazon Personalize": MILLION * prices["personalize_recommendation"],
        "Vertex AI Search for commerce": MILLION * prices["vertex_recommendation"],
        "Algolia Recommend": MILLION * prices["algolia_recommend"],
    }


def _peers(prices: Mapping[str, float], parts: Mapping[str, Mapping[str, float]]) -> str:
    alone, events = (sum(some.values()) for some in parts.values())
    whole = alone + events
    return _table(
        ("", "$ for a million", "times `recommend`", "times it with its events"),
        ("ShopFYP, `recommend`", f"{alone:.2f}", 1, ""),
        (f"ShopFYP, with {EVENTS} events a card", f"{whole:.2f}", "", 1),
        *(
            (name, f"{usd:.0f}", f"{usd / alone:.0f}", f"{usd / whole:.1f}")
            for name, usd in _peer_prices(prices).items()
        ),
    )


def _nightly(prices: Mapping[str, float], build: Sequence[float], files: int, size: int) -> str:
    products, cpu = build
    second = prices["job_cpu"] + JOB_GIB * prices["function_memory"]
    once = {
        f"building {products:,} products: {cpu:.0f} s of CPU, {BUSY:.0%} busy": cpu / BUSY * second,
        "reading that catalogue from Firestore": products * prices["firestore_read"],
        f"publishing {files} files": files
        * (prices["storage_class_a"] + prices["storage_class_b"]),
    }
    kept = 10 * size / 1e9 * prices["storage"]
    opened = files * prices["storage_class_b"]
    return _table(
        ("", "$ once", "$ a month, nightly"),
        *((what, f"{usd:.4f}", f"{30 * usd:.2f}") for what, usd in once.items()),
        (f"keeping ten releases of {size / 1e6:.0f} MB", "", f"{kept:.2f}"),
        ("an instance that opens one (bytes within a region are free)", f"{opened:.6f}", ""),
    )


def _price_table() -> str:
    return _table(
        ("", "$", "for", "where", "written"),
        *(
            (
                name.replace("_", " "),
                f"{p['usd']:.7g}",
                f"{p['per']:,} {p['unit']}",
                p["source"],
                p["read"],
            )
            for name, p in _read_prices().items()
        ),
    )


def _write(name: str, table: str) -> None:
    """Put a table between its marks in the document."""
    text = DOCUMENT.read_text()
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, mark, after = rest.partition(end)
    assert mark, f"{DOCUMENT.name} has no marks of {name}"
    DOCUMENT.write_text(f"{before}{begin}{table}\n{mark}{after}")


def _draw(prices: Mapping[str, float], parts: Mapping[str, Mapping[str, float]]) -> None:
    from indexer_job.evaluate.plots import draw_costs

    own = [sum(some.values()) for some in parts.values()]
    bars = {"ShopFYP, recommend": own[0], "ShopFYP, with events": sum(own), **_peer_prices(prices)}
    draw_costs(bars, CHART)


if __name__ == "__main__":
    main()
