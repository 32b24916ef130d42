"""Broken releases: none ends a worker, none is served that cannot answer.

`FUZZ_MUTATIONS=10000 pytest tests/unit/test_release_fuzz.py` tries more than `make test` does.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.quick_release import build_quick

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = int(os.environ.get("FUZZ_MUTATIONS", "150"))
_WORKERS = 2


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Releases with a flat and an IVF index."""
    folder = tmp_path_factory.mktemp("fuzz")
    return [build_quick(folder / "flat"), build_quick(folder / "ivf", ivf_from=10)]


def _tried(releases: list[Path], scratch: Path, first: int) -> list[dict]:
    """What became of every `_WORKERS`th seed from `first` on; a process that ended is replaced."""
    found: list[dict] = []
    seed = first
    while seed < MUTATIONS:
        left = -(-(MUTATIONS - seed) // _WORKERS)
        command = [sys.executable, "-m", "tests.unit.mutations", *map(str, releases)]
        command += ["--scratch", str(scratch), "--first", str(seed)]
        command += ["--count", str(left), "--step", str(_WORKERS)]
        env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"')]
        found += [line for line in lines if "ended" in line]
        if done.returncode == 0:
            break
        assert lines, done.stderr
        seed = lines[-1].get("tries", lines[-1].get("seed"))
        found.append({"seed": seed, "what": "?", "ended": f"crash {done.returncode}"})
        seed += _WORKERS
    return found


@pytest.mark.index_file
def test_no_broken_release_ends_a_worker_or_is_served(releases: list[Path], tmp_path: Path) -> None:
    with ThreadPoolExecutor(_WORKERS) as pool:
        parts = pool.map(
            lambda first: _tried(releases, tmp_path / str(first), first), range(_WORKERS)
        )
    tried = [outcome for part in parts for outcome in part]
    counts = Counter(outcome["ended"] for outcome in tried)
    print(
        json.dumps(
            {"mutations": len(tried), "refused": counts["refused"], "served": counts["served"]}
        )
    )
    wrong = [outcome for outcome in tried if outcome["ended"] not in {"refused", "served"}]
    assert not wrong, "\n".join(map(json.dumps, sorted(wrong, key=lambda one: one["seed"])))
    assert len(tried) == MUTATIONS
    # Neither is everything refused out of hand, nor is nothing looked at.
    assert counts["refused"] > MUTATIONS / 3
    assert counts["served"] > MUTATIONS / 50
