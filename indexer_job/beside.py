"""Work beside what goes on, on a core of its own.

Threads share one interpreter, and words are Python: beside them, what waits for nothing but the
interpreter takes three times as long.
"""

import gc
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from shopfyp.errors import ShopFYPError

Given = TypeVar("Given")

_act: Callable[[], None]
"""What the process does, inherited: sending it a catalogue would take as long as reading it did."""


@contextmanager
def beside(
    act: Callable[[Given], None], given: Given, *, process: bool
) -> Iterator[Callable[[], None]]:
    """Begin `act(given)`; yields what waits for its end, and raises what went wrong there.

    Args:
        act: calls neither JAX nor what uses OpenMP, whose threads a process does not inherit.
        given: is not changed by anybody meanwhile.
        process: begin it in a process, where the system can fork one that needs be sent nothing;
            its memory is that of `given` once more, as Python counts references within objects.
    """
    if not (process and sys.platform == "linux"):
        with ThreadPoolExecutor(1) as threads:
            yield threads.submit(act, given).result
        return
    context = get_context("fork")
    with ProcessPoolExecutor(1, context, _inherit, (act, given)) as pool:
        with warnings.catch_warnings():
            # JAX, which bm25s loads, warns of any fork: `act` does not call it.
            warnings.filterwarnings("ignore", ".*JAX is multithreaded", RuntimeWarning)
            done = pool.submit(_inherited)
        yield lambda: _result(done)


def _inherit(act: Callable[[Given], None], given: Given) -> None:
    global _act
    gc.freeze()  # what is not looked at for cycles stays shared for longer
    _act = partial(act, given)


def _inherited() -> None:
    _act()


def _result(done: "Future[None]") -> None:
    try:
        done.result()
    except BrokenProcessPool as error:
        raise ShopFYPError("a process of the build was ended: memory may be short") from error
