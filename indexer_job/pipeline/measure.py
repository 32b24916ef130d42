"""What the steps of a pipeline cost: seconds of CPU and elements, as counters of the runner."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, TypeVar

from apache_beam.metrics import Metrics

from shopfyp.errors import ShopFYPError

Step = TypeVar("Step", bound=Callable[..., Iterator[Any]])

NAMESPACE = "shopfyp"


class Incomplete(ShopFYPError):
    """A runner did not hand on all that it was given, or twice."""


def measured(step: Step) -> Step:
    """A generator function that counts, under its name, the microseconds of CPU that it takes.

    What is done with its elements is not its own time. Asking for the time is a system call, so
    this is for steps whose elements are worth thousands.
    """
    name = step.__name__

    @wraps(step)
    def run(*arguments: Any, **options: Any) -> Iterator[Any]:
        elements = step(*arguments, **options)
        while True:
            begin = time.thread_time_ns()
            element = next(elements, _END)
            Metrics.counter(NAMESPACE, f"{name}_us").inc((time.thread_time_ns() - begin) // 1000)
            if element is _END:
                return
            yield element

    return run  # type: ignore[return-value]


def sent(name: str, number: int) -> None:
    """Count what goes to another machine."""
    Metrics.counter(NAMESPACE, f"{name}{_SENT}").inc(number)


def received(name: str, number: int) -> None:
    """Count what came from another machine."""
    Metrics.counter(NAMESPACE, f"{name}{_RECEIVED}").inc(number)


def check_received(counters: Mapping[str, int]) -> None:
    """All that was sent came, and once.

    Raises:
        Incomplete: it did not.
    """
    for name, number in counters.items():
        if name.endswith(_SENT):
            kind = name.removesuffix(_SENT)
            came = counters.get(f"{kind}{_RECEIVED}", 0)
            if came != number:
                raise Incomplete(f"{kind}: {number} were sent and {came} received")


_SENT, _RECEIVED = "_sent", "_received"
_END = object()
