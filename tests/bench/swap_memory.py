"""What memory an instance needs to take up a new release while it serves the old one.

    PYTHONPATH=functions:. .venv/bin/python -m tests.bench.swap_memory --products 100000 --limit 512

A function runs as in production in a control group of that much memory, which the kernel enforces:
more, and the process is ended. Its disk is memory as well, as an instance's is, and counts. The
pointer moves to and fro between two releases of which six bytes in seven are in files that differ
(titles, vectors, events), while shoppers call: at each swap nearly two whole ones are there. Prints
a line of JSON a function; exits with 1 if a call failed, or the function was ended. Needs root and
control groups of the first version.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shopfyp.manifest import parse_manifest
from tests.bench.processes import ROOT, function_process
from tests.bench.shop import release_of
from tests.bench.soak import Shop
from tests.bench.traffic import Function, in_folder

_GROUPS = Path("/sys/fs/cgroup/memory")
_MEMORY_DISK = "/dev/shm"
_MIB = 2**20
_CALLERS, _START_SECONDS, _SWAP_SECONDS, _AFTER_SECONDS = 4, 120.0, 120.0, 3.0
_SAMPLE_SECONDS = 0.02


class Group:
    """A control group, and the most of its memory that was in use at once."""

    def __init__(self, folder: Path) -> None:
        """Watch the group that `folder` stands for."""
        self._folder, self.most = folder, 0
        self._done = threading.Event()

    def take(self, pid: int) -> None:
        """Put a process into it, and all that it starts from now on."""
        (self._folder / "cgroup.procs").write_text(str(pid))

    def in_use(self) -> int:
        """Bytes that cannot be taken back: of processes, and of files on the memory disk."""
        stat = dict(
            line.split() for line in (self._folder / "memory.stat").read_text().splitlines()
        )
        return int(stat["total_rss"]) + int(stat["total_shmem"])

    def ended(self) -> int:
        """How many processes the kernel ended for want of memory."""
        said = (self._folder / "memory.oom_control").read_text()
        return int(said.split("oom_kill ")[-1].split()[0])

    def watch(self) -> None:
        """Note the most, until `stop`."""
        while not self._done.wait(_SAMPLE_SECONDS):
            self.most = max(self.most, self.in_use())

    def stop(self) -> None:
        """Watch no longer."""
        self._done.set()


@contextmanager
def group(limit_mib: int) -> Iterator[Group]:
    """A control group of so much memory, without swap; gone afterwards."""
    if not (_GROUPS / "memory.limit_in_bytes").exists() or os.geteuid():
        raise SystemExit("needs root, and control groups of the first version")
    folder = _GROUPS / f"shopfyp-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / "memory.limit_in_bytes").write_text(str(limit_mib * _MIB))
        found = Group(folder)
        watching = threading.Thread(target=found.watch)
        watching.start()
        try:
            yield found
        finally:
            found.stop()
            watching.join()
    finally:
        folder.rmdir()


def main() -> int:
    """Try it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--limit", type=int, default=512, help="MiB")
    parser.add_argument("--swaps", type=int, default=4)
    parser.add_argument("--functions", nargs="+", default=["recommend", "search"])
    options = parser.parse_args()
    releases = [release_of(options.products, edition) for edition in range(2)]
    manifests = [parse_manifest((r / "manifest.json").read_bytes()) for r in releases]
    shop = Shop(options.products)
    fine = True
    with in_folder(*releases) as point_to:
        for name in options.functions:
            found = _tried(name, shop, point_to, [m.version for m in manifests], options)
            print(json.dumps({"function": name, "limit_mib": options.limit} | found), flush=True)
            fine &= not found["failed"] and not found["ended"] and found["swaps"] == options.swaps
    print(
        json.dumps(
            {"release_mib": [_mib(sum(f.bytes for f in m.files.values())) for m in manifests]}
        )
    )
    return 0 if fine else 1


def _tried(
    name: str, shop: Shop, point_to: Any, versions: list[str], options: argparse.Namespace
) -> dict[str, Any]:
    point_to(0)
    source = ROOT / "tests/bench/load_app.py"
    with group(options.limit) as memory, tempfile.TemporaryDirectory(dir=_MEMORY_DISK) as disk:
        env = {"RELEASE_CHECK_SECONDS": "1", "LOAD_COPIES": "1", "TMPDIR": disk}
        with function_process(source, name, env) as (process, url):
            memory.take(process.pid)
            function = Function(name, url, process.pid)
            if not _answers(function, shop, process, memory):
                return _found(memory, 0, Counter(), 0)
            opened, swaps, ended = memory.most, 0, Counter[str]()
            stop = threading.Event()
            seen: dict[str, float] = {}
            callers = [
                threading.Thread(target=_call, args=(function, shop, n, ended, seen, stop))
                for n in range(_CALLERS)
            ]
            for caller in callers:
                caller.start()
            for number in range(1, options.swaps + 1):
                version, since = versions[number % 2], time.monotonic()
                point_to(number % 2)
                while seen.get(version, 0.0) < since and time.monotonic() < since + _SWAP_SECONDS:
                    if memory.ended():  # it would be started, and ended, again and again
                        break
                    time.sleep(0.1)
                swaps += seen.get(version, 0.0) >= since
                time.sleep(_AFTER_SECONDS)
                if memory.ended():
                    break
            stop.set()
            for caller in callers:
                caller.join()
            return _found(memory, swaps, ended, opened)


def _found(memory: Group, swaps: int, ended: Counter[str], opened: int) -> dict[str, Any]:
    return {
        "swaps": swaps,
        "calls": ended.total(),
        "failed": {what: times for what, times in ended.items() if what != "ok"},
        "ended": memory.ended(),
        "mib_with_one": _mib(opened),
        "mib_at_the_most": _mib(memory.most),
    }


def _answers(
    function: Function, shop: Shop, process: "subprocess.Popen[bytes]", memory: Group
) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None and not memory.ended():
        if function.call(0, shop.ask(function.name, 0)).ended == "ok":
            return True
        time.sleep(0.5)
    return False


def _call(
    function: Function,
    shop: Shop,
    first: int,
    ended: Counter[str],
    seen: dict[str, float],
    stop: threading.Event,
) -> None:
    number = first
    while not stop.is_set():
        answer = function.call(number % 60, shop.ask(function.name, number))
        ended[answer.ended] += 1
        if version := answer.result.get("release"):
            seen[version] = time.monotonic()
        number += _CALLERS


def _mib(amount: int) -> int:
    return round(amount / _MIB)


if __name__ == "__main__":
    sys.exit(main())
