"""Traffic at functions that run as in production, while the pointer moves between two releases."""

import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import requests

from shopfyp.manifest import POINTER, Pointer, folder_of
from tests.bench.processes import Memory, function_process, memory_mb, token

CONCURRENCY = 20
"""So many calls of a function at a time, as Cloud Run gives an instance."""
_START_SECONDS = 120


class Answer(NamedTuple):
    """How a call ended, "ok" or the error's name, and what it brought."""

    ended: str
    result: Mapping[str, Any]


class Function:
    """One function in a process of its own."""

    def __init__(self, name: str, url: str, pid: int) -> None:
        """The function at `url`, whose process is `pid`."""
        self.name, self._url, self._pid = name, url, pid
        self._local = threading.local()

    def call(self, shopper: int | str, data: Mapping[str, Any]) -> Answer:
        """Call it as a shopper."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        number = shopper if isinstance(shopper, int) else 0
        headers = {
            "Authorization": f"Bearer {token(f'load-{shopper}')}",
            # Budgets are for callers, not for the machine that all of these share.
            "X-Forwarded-For": f"10.0.{number // 250}.{1 + number % 250}",
        }
        failed = ""
        for _ in range(2):
            try:
                answer = self._local.session.post(
                    self._url, json={"data": data}, headers=headers, timeout=60
                )
                body = answer.json()
            except requests.ConnectionError as error:
                # gunicorn closes a connection that was idle for two seconds, perhaps just now.
                failed = type(error).__name__
            except requests.RequestException as error:
                return Answer(type(error).__name__, {})
            else:
                ended = "ok" if answer.ok else str(body["error"]["status"])
                return Answer(ended, body.get("result", {}))
        return Answer(failed, {})

    def memory_mb(self) -> Memory:
        """What its processes hold now."""
        return memory_mb(self._pid)


@contextmanager
def running(
    name: str, source: Path, env: Mapping[str, str], first: Mapping[str, Any]
) -> Iterator[Function]:
    """Start the function `name` of `source`; yields it once it answers the call `first`."""
    with function_process(source, name, env) as (process, url):
        function = Function(name, url, process.pid)
        deadline = time.monotonic() + _START_SECONDS
        while (answer := function.call(0, first)).ended != "ok":
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit(f"{name} does not answer: {answer.ended}")
            time.sleep(0.5)
        yield function


def call_at(moments: Iterable[float], call: Callable[[int, float], None]) -> None:
    """Make calls at some moments, `CONCURRENCY` of them at a time; returns when all have ended.

    Args:
        moments: seconds from now, in their order.
        call: is given the number of the call, and the `time.perf_counter()` at which it was due.
    """
    calls, started = [], time.perf_counter()
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        for number, moment in enumerate(moments):
            time.sleep(max(0.0, started + moment - time.perf_counter()))
            calls.append(pool.submit(call, number, started + moment))
    for one in calls:
        one.result()  # what it raised was our mistake, and is ours to hear of


PointTo = Callable[[int], None]
"""Makes the first (0) or the second (1) release the current one."""


@contextmanager
def two_releases(release: Path) -> Iterator[list[Path]]:
    """A release, and the same under another version."""
    manifest = json.loads((release / "manifest.json").read_text())
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "release"
        # Were the manifest linked as well, writing the other one would change both.
        shutil.copytree(
            release, copy, copy_function=_link, ignore=shutil.ignore_patterns("manifest.json")
        )
        other = manifest | {"version": f"{manifest['version'][:15]}-load"}
        (copy / "manifest.json").write_text(json.dumps(other))
        yield [release, copy]


def _link(source: str, target: str) -> None:
    """Give a file one more name; a copy, where that is on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


@contextmanager
def in_folder(release: Path, other: Path | None = None) -> Iterator[PointTo]:
    """Publish two releases in a folder, which the functions of `load_app.py` take for a bucket.

    Without another one the second is the same under another version.
    """
    with ExitStack() as stack:
        folders = [release, other] if other else stack.enter_context(two_releases(release))
        temporary = stack.enter_context(tempfile.TemporaryDirectory())
        pointers = []
        for folder in folders:
            data = (folder / "manifest.json").read_bytes()
            pointer = Pointer(
                version=json.loads(data)["version"], manifest_sha256=sha256(data).hexdigest()
            )
            into = Path(temporary) / folder_of(pointer.version)
            shutil.copytree(folder, into, copy_function=_link)
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
def swapping(point_to: PointTo, seconds: float) -> Iterator[list[float]]:
    """Move the pointer to and fro; yields when that was done, by `time.perf_counter()`."""
    swaps: list[float] = []

    def swap() -> None:
        swaps.append(time.perf_counter())
        point_to(len(swaps) % 2)

    with every(seconds, swap):
        yield swaps


@contextmanager
def every(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Act again and again in the background."""
    done = threading.Event()

    def go() -> None:
        while not done.wait(seconds):
            act()

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
