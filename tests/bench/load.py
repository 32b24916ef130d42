"""Two functions under load while releases are swapped: errors, latency, memory.

    python -m indexer_job.demo -- .venv/bin/python tests/bench/load.py --calls 10000

`recommend` and `log_events` run as they do in production, each a process of functions-framework
under gunicorn, against the emulators' Firestore and Storage. Both are called at rising rates, at
most `CONCURRENCY` calls of each at a time, as Cloud Run does; meanwhile the pointer moves between
two releases. Then one shopper sends 50 events a second. Prints one JSON object; exits with 1 if
there was an error. With `--alone` no emulator is needed: the store is a stub in memory (see
`load_app.py`), and the hot shopper is left out.

Client, functions and emulators share this machine, so figures say what holds together, not how
fast Google's machines are. p99 is given as a ratio to p50, which says how even answers are.
"""

import argparse
import base64
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import quantiles
from typing import Any

import requests

from indexer_job.demo.prepare import DATA
from indexer_job.publish import publish
from shopfyp.bucket import CloudBucket
from shopfyp.history import current, point
from shopfyp.manifest import POINTER, Pointer, folder_of

ROOT = Path(__file__).resolve().parents[2]
CONCURRENCY = 20
_SHOPPERS = 400
_BATCH = 10


class Function:
    """One function in a process of its own."""

    def __init__(self, name: str, port: int, pid: int) -> None:
        self.name, self._url, self._pid = name, f"http://127.0.0.1:{port}/", pid
        self._local = threading.local()

    def call(self, shopper: int | str, data: dict[str, Any]) -> str:
        """Call it as a shopper; says how it ended."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        number = shopper if isinstance(shopper, int) else 0
        headers = {
            "Authorization": f"Bearer {_token(f'load-{shopper}')}",
            # Budgets are for callers, not for the machine that all of these share.
            "X-Forwarded-For": f"10.0.{number // 250}.{1 + number % 250}",
        }
        for _ in range(2):
            try:
                answer = self._local.session.post(
                    self._url, json={"data": data}, headers=headers, timeout=60
                )
                break
            except requests.ConnectionError as error:
                # gunicorn closes a connection that was idle for two seconds, perhaps just now.
                how = type(error).__name__
        else:
            return how
        return "ok" if answer.ok else str(answer.json()["error"]["status"])

    def memory_mb(self) -> dict[str, float]:
        """What its processes hold by themselves, and with the files that they map."""
        own = mapped = 0
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._pid)], capture_output=True, text=True
        ).stdout.split()
        for pid in (str(self._pid), *children):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                key, _, value = line.partition(":")
                own += int(value.split()[0]) if key == "RssAnon" else 0
                mapped += int(value.split()[0]) if key == "RssFile" else 0
        return {"own": round(own / 1024, 1), "mapped": round(mapped / 1024, 1)}


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
    with ExitStack() as stack:
        point_to = stack.enter_context(
            (_in_folder if options.alone else _in_bucket)(options.release)
        )
        functions = [
            stack.enter_context(_running(name, options.threads, alone=options.alone))
            for name in ("recommend", "log_events")
        ]
        swaps = stack.enter_context(_swapping(point_to, options.swap_seconds))
        steps = []
        for rate in rates:
            steps.append(_step(functions, rate, options.calls // len(rates)))
            print(json.dumps(steps[-1]), file=sys.stderr)
        hot = None if options.alone else _hot(functions[1], options.hot_seconds)
        report = {
            "threads": options.threads,
            "store": "stub in memory" if options.alone else "Firestore emulator",
            "steps": steps,
            "swaps": swaps[0],
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
    due: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    ended: Counter[str] = Counter()
    took: list[float] = []
    lock = threading.Lock()

    def work() -> None:
        while (number := due.get()) is not None:
            started = time.perf_counter()
            how = function.call(number % _SHOPPERS, _data(function.name, number))
            seconds = time.perf_counter() - started
            with lock:
                ended[how] += 1
                took.append(1000 * seconds)

    workers = [threading.Thread(target=work) for _ in range(CONCURRENCY)]
    for worker in workers:
        worker.start()
    started = time.perf_counter()
    for number in range(calls):
        time.sleep(max(0.0, started + number / rate - time.perf_counter()))
        due.put(number)
    for _ in workers:
        due.put(None)
    for worker in workers:
        worker.join()
    cuts = quantiles(took, n=100)
    return {
        "ended": dict(ended),
        "achieved_rate": round(calls / (time.perf_counter() - started), 1),
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "p99_to_p50": round(cuts[98] / cuts[49], 1),
        "memory_mb": function.memory_mb(),
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
            how = function.call("hot", {"events": events})
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
def _running(name: str, threads: int, *, alone: bool) -> Iterator[Function]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "functions-framework"), "--target", name]
    source = ROOT / ("tests/bench/load_app.py" if alone else "functions/main.py")
    command += ["--source", str(source), "--port", str(port)]
    env = {**os.environ, "THREADS": str(threads), "RELEASE_CHECK_SECONDS": "1"}
    env |= {"MALLOC_ARENA_MAX": "2"}  # as functions/.env has it
    with tempfile.TemporaryDirectory() as temporary, (Path(temporary) / "log").open("wb") as log:
        env |= {"TMPDIR": temporary, "PYTHONPATH": str(ROOT / "functions")}
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1"],
            env=env,
            cwd=ROOT / "functions",
            stdout=log,
            stderr=log,
        )
        try:
            function = Function(name, port, process.pid)
            deadline = time.monotonic() + 60
            while function.call(0, _data(name, 0)) != "ok":
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit((Path(temporary) / "log").read_text()[-4000:])
                time.sleep(0.5)
            yield function
        finally:
            process.terminate()
            process.wait(30)


PointTo = Callable[[int], None]
"""Makes the first (0) or the second (1) release the current one."""


@contextmanager
def _two_releases(release: Path) -> Iterator[list[Path]]:
    """A release, and the same under another version."""
    manifest = json.loads((release / "manifest.json").read_text())
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "release"
        shutil.copytree(release, copy)
        other = manifest | {"version": f"{manifest['version'][:15]}-load"}
        (copy / "manifest.json").write_text(json.dumps(other))
        yield [release, copy]


@contextmanager
def _in_bucket(release: Path) -> Iterator[PointTo]:
    bucket = CloudBucket(os.environ["RELEASE_BUCKET"])
    with _two_releases(release) as folders:
        versions = [publish(folder, bucket) for folder in folders]
    try:
        yield lambda place: point(bucket, versions[place], replaces=current(bucket))
    finally:
        point(bucket, versions[0], replaces=current(bucket))
        for name in bucket.written(f"{folder_of(versions[1])}/"):
            bucket.delete(name)


@contextmanager
def _in_folder(release: Path) -> Iterator[PointTo]:
    with _two_releases(release) as folders, tempfile.TemporaryDirectory() as temporary:
        pointers = []
        for folder in folders:
            data = (folder / "manifest.json").read_bytes()
            pointer = Pointer(
                version=json.loads(data)["version"], manifest_sha256=sha256(data).hexdigest()
            )
            shutil.copytree(folder, Path(temporary) / folder_of(pointer.version))
            pointers.append(pointer)
        partial = Path(temporary) / "partial"

        def point_to(place: int) -> None:
            partial.write_text(pointers[place].model_dump_json())
            partial.replace(Path(temporary) / POINTER)

        point_to(0)
        os.environ |= {
            "LOAD_BUCKET": temporary,
            "GCLOUD_PROJECT": "demo-shopfyp",
            # With it set, tokens need no signature; nothing is called there.
            "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:1",
        }
        yield point_to


@contextmanager
def _swapping(point_to: PointTo, seconds: float) -> Iterator[list[int]]:
    """Move the pointer to and fro; yields how often that was done."""
    done, swaps = threading.Event(), [0]

    def swap() -> None:
        while not done.wait(seconds):
            swaps[0] += 1
            point_to(swaps[0] % 2)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield swaps
    finally:
        done.set()
        thread.join()


def _token(user_id: str) -> str:
    """A token as the Auth emulator gives them: unsigned."""
    project, now = os.environ["GCLOUD_PROJECT"], int(time.time())
    claims = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": user_id,
        "iat": now - 5,
        "auth_time": now - 5,
        "exp": now + 3600,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


if __name__ == "__main__":
    sys.exit(main())
