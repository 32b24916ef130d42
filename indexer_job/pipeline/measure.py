"""What the steps of a pipeline cost: seconds of CPU and elements, as counters of the runner."""

import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from apache_beam.metrics import Metrics

Step = TypeVar("Step", bound=Callable[..., Iterator[Any]])

NAMESPACE = "shopfyp"


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


def count(name: str, number: int) -> None:
    """Count elements under a name."""
    Metrics.counter(NAMESPACE, name).inc(number)


_END = object()
