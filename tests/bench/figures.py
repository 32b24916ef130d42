"""A measured figure beside its peer, both of one run, and what it is to be."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import BaseModel


class Figure(BaseModel):
    """One line of the report.

    Attributes:
        name: what was measured.
        ours: our figure, in `unit`.
        unit: "ms", "MB", "texts/s" and so on.
        peer: who does the same in the same run; empty for none.
        theirs: their figure, in the same unit.
        ratio: what the bar is about: how many times better we are, or a share; see `said`.
        said: what `ratio` means, in a few words.
        bar: what `ratio` is to reach.
        side: whether it is to be at the least or at the most that.
        floor: the least that the machine allows, in `unit`.
        note: what one must know to read it.
    """

    name: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    ratio: float | None = None
    said: str = ""
    bar: float | None = None
    side: Literal["least", "most"] = "least"
    floor: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None when there is none."""
        if self.bar is None or self.ratio is None:
            return None
        return self.ratio >= self.bar if self.side == "least" else self.ratio <= self.bar


class Group(BaseModel):
    """Figures of one subject, measured by one process."""

    title: str
    text: str
    figures: list[Figure]


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def medians(calls: dict[str, Callable[[int], object]], rounds: int, each: int) -> dict[str, float]:
    """The median seconds of each of some calls, taken in turns so that a busy moment hits all.

    Args:
        calls: by name; each is given the number of the call, from 0 to `each` - 1.
        rounds: how often all take their turn; the best round counts, as noise only adds.
        each: calls of one turn.
    """
    found: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call(0)
    for _ in range(rounds):
        for name, call in calls.items():
            took = [seconds(lambda n=n, call=call: call(n)) for n in range(each)]  # type: ignore[misc]
            found[name].append(statistics.median(took))
    return {name: min(took) for name, took in found.items()}


def percentiles(took: Sequence[float]) -> tuple[float, float]:
    """p50 and p99."""
    cuts = statistics.quantiles(took, n=100)
    return cuts[49], cuts[98]


def overlap(ours: Sequence[Sequence[int]], theirs: Sequence[Sequence[int]]) -> float:
    """Which share of `theirs` is among `ours`, in the mean over queries."""
    pairs = zip(ours, theirs, strict=True)
    return statistics.fmean(len({*a} & {*b}) / len(b) for a, b in pairs)
