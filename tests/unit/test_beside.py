"""Work beside what goes on: in a process where there is much of it, in a thread elsewhere."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from indexer_job import build
from indexer_job.beside import beside
from shopfyp.errors import ShopFYPError
from tests.unit.quick_release import build_quick

forks = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has processes that inherit")


def note(path: Path, given: Callable[[], str]) -> None:
    path.write_text(f"{os.getpid()} {given()}")


@pytest.mark.parametrize("process", [False, pytest.param(True, marks=forks)])
def test_what_cannot_be_sent_is_inherited(tmp_path: Path, process: bool) -> None:
    done = tmp_path / "done"
    with beside(partial(note, done), lambda: "here", process=process) as wait:
        wait()
    pid, said = done.read_text().split()
    assert (int(pid) != os.getpid()) is process
    assert said == "here"


def refuse(given: str) -> None:
    raise ShopFYPError(f"not {given}")


@pytest.mark.parametrize("process", [False, True])
def test_what_goes_wrong_there_is_raised_here(process: bool) -> None:
    with (
        beside(refuse, "this", process=process) as wait,
        pytest.raises(ShopFYPError, match="not this"),
    ):
        wait()


def end(sign: signal.Signals) -> None:
    os.kill(os.getpid(), sign)


@forks
def test_a_process_that_was_killed_is_said() -> None:
    with (
        beside(end, signal.SIGKILL, process=True) as wait,
        pytest.raises(ShopFYPError, match="memory may be short"),
    ):
        wait()


@forks
@pytest.mark.filterwarnings("error")
def test_a_release_is_the_same_to_the_last_bit(tmp_path: Path, monkeypatch) -> None:
    files = []
    for many in (1, 10**9):
        monkeypatch.setattr(build, "_MANY", many)
        (tmp_path / str(many)).mkdir()
        folder = build_quick(tmp_path / str(many) / "release")
        files.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.*")})
    for own in files:
        own.pop(Path("manifest.json"))  # which says when
    assert files[0] == files[1]
