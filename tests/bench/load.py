"""Two functions under load while releases are swapped: errors, latency, memory.

    python -m indexer_job.demo -- .venv/bin/python tests/bench/load.py --calls 10000

`recommend` and `log_events` run as they do in production, each a process of functions-framework
under gunicorn, against the emulators' Firestore and Storage. Both are called at rising rates, at
most `CONCURRENCY` calls of each at a time, as Cloud Run does; meanwhile the pointer moves between
two releases. Then one shopper sends 50 events a second. Prints one JSON object; exits with 1 if
there was an error. With `--alone` no emulator is needed: the store is a stub in a folder (see
`load_app.py`), and the hot shopper is left out.

Client, functions and emulators share this machine, so figures say what holds together, not how
fast Google's machines are. p99 is given as a ratio to p50, which says how even answers are.
"""

import argparse
import json
import os
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from indexer_job.demo.prepare import DATA
from indexer_job.publish import publish
from shopfyp.bucket import CloudBucket
from shopfyp.history import current, point
from shopfyp.manifest import folder_of
from tests.bench.processes import ROOT
from tests.bench.traffic import (
    CONCURRENCY,
    Function,
    PointTo,
    call_at,
    in_folder,
    running,
    swapping,
    two_releases,
)

_SHOPPERS = 400
_BATCH = 10


def main() -> int:
    """Load both functions, and print what was measured; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000, help="of each function")
    parser.add_argument("--rates", default="20,40,60,80", help="calls a second of each function")
    parser.add_argument("--threads", type=int, default=CONCURRENCY, help="of gunicorn")
    parser.add_argument("--swap-seconds", type=float, default=5.0, help="between two releases")
    parser.add_argument("--hot-seconds", type=int, default=10)
    parser.add_argument("--alone", action="store_true", help="without emulators")
    parser.add_argument("--release", type=Path, default=DATA / "release")
    options = parser.parse_args()
    rates = [float(rate) for rate in options.rates.split(",")]
    source = ROOT / ("tests/bench/load_app.py" if options.alone else "functions/main.py")
    env = {"THREADS": str(options.threads), "RELEASE_CHECK_SECONDS": "1"}
    with ExitStack() as stack:
        point_to = stack.enter_context(
            (in_folder if options.alone else _in_bucket)(options.release)
        )
        functions = [
            stack.enter_context(running(name, source, env, _data(name, 0)))
            for name in ("recommend", "log_events")
        ]
        swaps = stack.enter_context(swapping(point_to, options.swap_seconds))
        steps = []
        for rate in rates:
            steps.append(_step(functions, rate, options.calls // len(rates)))
            print(json.dumps(steps[-1]), file=sys.stderr)
        hot = None if options.alone else _hot(functions[1], options.hot_seconds)
        report = {
            "threads": options.threads,
            "store": "stub in a folder" if options.alone else "Firestore emulator",
            "steps": steps,
            "swaps": len(swaps),
            "hot_shopper": hot,
        }
    print(json.dumps(report, indent=1))
    fine = all(f["ended"].keys() == {"ok"} for s in steps for f in s["functions"].values())
    return 0 if fine and (hot is None or hot["stored"] == hot["events"]) else 1


def _step(functions: list[Function], rate: float, calls: int) -> dict[str, Any]:
    """Call all functions so many times at a rate, and see how that went."""
    with ThreadPoolExecutor(len(functions)) as pool:
        measured = list(pool.map(lambda f: _at_rate(f, rate, calls), functions))
    return {
        "rate": rate,
        "functions": {f.name: m for f, m in zip(functions, measured, strict=True)},
    }


def _at_rate(function: Function, rate: float, calls: int) -> dict[str, Any]:
    ended: Counter[str] = Counter()
    took: list[float] = []
    lock = threading.Lock()

    def call(number: int, _: float) -> None:
        started = time.perf_counter()
        answer = function.call(number % _SHOPPERS, _data(function.name, number))
        seconds = time.perf_counter() - started
        with lock:
            ended[answer.ended] += 1
            took.append(1000 * seconds)

    started = time.perf_counter()
    call_at((number / rate for number in range(calls)), call)
    cuts, memory = quantiles(took, n=100), function.memory_mb()
    return {
        "ended": dict(ended),
        "achieved_rate": round(calls / (time.perf_counter() - started), 1),
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "p99_to_p50": round(cuts[98] / cuts[49], 1),
        "memory_mb": {"own": round(memory.own, 1), "mapped": round(memory.mapped, 1)},
    }


def _data(name: str, number: int) -> dict[str, Any]:
    return {"cards": 2} if name == "recommend" else {"events": [_event(number)]}


def _event(number: int) -> dict[str, Any]:
    return {
        "event_id": uuid.uuid4().hex,
        "type": "view_item",
        "product_id": f"p{1 + number % 4000:05}",
        "at": datetime.now(UTC).isoformat(),
    }


def _hot(function: Function, seconds: int) -> dict[str, Any]:
    """One shopper, 50 events a second in 5 batches at once; what is refused is sent again.

    As the web app's queue does: later, and the same events.
    """
    ended: Counter[str] = Counter()
    left = threading.Semaphore(0)

    def send(events: list[dict[str, Any]]) -> None:
        for attempt in range(8):
            how = function.call("hot", {"events": events}).ended
            ended[how] += 1
            if how == "ok":
                left.release()
                return
            time.sleep(min(8.0, 0.5 * 2**attempt))

    with ThreadPoolExecutor(64) as pool:
        for _ in range(seconds):
            started = time.perf_counter()
            for _ in range(5):
                pool.submit(send, [_event(number) for number in range(_BATCH)])
            time.sleep(max(0.0, started + 1 - time.perf_counter()))
    stored = 0
    while left.acquire(blocking=False):
        stored += _BATCH
    return {"events": seconds * 5 * _BATCH, "stored": stored, "ended": dict(ended)}


@contextmanager
def _in_bucket(release: Path) -> Iterator[PointTo]:
    bucket = CloudBucket(os.environ["RELEASE_BUCKET"])
    with two_releases(release) as folders:
        versions = [publish(folder, bucket) for folder in folders]
    try:
        yield lambda place: point(bucket, versions[place], replaces=current(bucket))
    finally:
        point(bucket, versions[0], replaces=current(bucket))
        for name in bucket.written(f"{folder_of(versions[1])}/"):
            bucket.delete(name)


if __name__ == "__main__":
    sys.exit(main())
