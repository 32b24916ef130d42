"""What a soak found: its figures, a page in `docs/` and the picture in it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Literal

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from pydantic import BaseModel
from scipy.stats import theilslopes

from tests.bench.report import OURS, THEIRS

_SETTLED = 5
"""Minutes until caches are full."""
_GROWTH = 0.05
"""What memory may grow by since then; more is a leak."""


class Latency(BaseModel):
    """Percentiles, in ms."""

    p50: float
    p90: float
    p99: float


class Minute(BaseModel):
    """A function in one minute; memory in MB, its processes' own and of files that they map."""

    ended: dict[str, int]
    latency: Latency
    own: float
    most: float
    mapped: float
    least: float = 0.0
    """Once what was freed is given back; `own` holds some of that, the more calls at once."""


class Soaked(BaseModel):
    """A function in all minutes.

    Attributes:
        name: the function's.
        latency: over all calls.
        taken_up: seconds from a swap to the first answer from the new release, of those seen.
        minutes: one by one.
    """

    name: str
    latency: Latency
    taken_up: list[float]
    minutes: list[Minute]

    @property
    def ended(self) -> Counter[str]:
        """How many calls ended how."""
        return sum((Counter(minute.ended) for minute in self.minutes), Counter())

    @property
    def settled(self) -> int:
        """The first minute, from 0, of those whose memory is compared."""
        return min(_SETTLED, max(1, len(self.minutes) // 2)) - 1

    @property
    def slope(self) -> float:
        """MB a minute that its own memory grew by since it had settled.

        The median over all pairs of minutes (Sen, JASA, 1968): one that is out of line, as a
        release was just being swapped, moves it no more than any other.
        """
        return self._trend()[0]

    @property
    def growth(self) -> float:
        """What share of its memory that makes until the end."""
        return self.slope * self._share

    @property
    def growth_interval(self) -> tuple[float, float]:
        """The 95 % interval of `growth`, by how much minutes differ."""
        _, low, high = self._trend()
        return low * self._share, high * self._share

    @property
    def _share(self) -> float:
        return (len(self.minutes) - 1 - self.settled) / self.minutes[self.settled].own

    @property
    def growth_at_rest(self) -> float:
        """The same share of the least memory of each minute."""
        settled = self.minutes[self.settled :]
        slope, _, _ = self._trend("least")
        return slope * (len(settled) - 1) / max(settled[0].least, 1.0)

    def _trend(self, what: Literal["own", "least"] = "own") -> tuple[float, float, float]:
        found = theilslopes([getattr(minute, what) for minute in self.minutes[self.settled :]])
        return float(found.slope), float(found.low_slope), float(found.high_slope)


class Report(BaseModel):
    """What was run, where, and what became of it; `swaps` in minutes from the start."""

    machine: str
    measured_on: str
    products: int
    rate: float
    swap_seconds: float
    swaps: list[float]
    functions: list[Soaked]

    @property
    def fine(self) -> bool:
        """Whether no call failed, and memory is flat."""
        return all({*f.ended} == {"ok"} and f.growth <= _GROWTH for f in self.functions)


def write(report: Report, docs: Path) -> None:
    """Write `soak-PRODUCTS.md` and its picture into `docs`."""
    name = f"soak-{report.products}"
    _draw(report, docs / "images" / f"{name}.svg")
    minutes, settled = len(report.functions[0].minutes), report.functions[0].settled
    parts = [
        "# Soak",
        "Made by `make soak`; do not edit. What is measured, and what is not: "
        "`tests/bench/soak.py`.",
        f"Measured on {report.measured_on}: {report.machine}. A release of {report.products:,} "
        f"products, {minutes} minutes, {report.rate:g} calls a second of each function, the "
        f"pointer moved every {report.swap_seconds:g} s ({len(report.swaps)} swaps). Client and "
        "functions share the machine, so read how even the figures are rather than how small.",
        f"![Latency and memory by minute](images/{name}.svg)",
        _table(
            "function | calls | p50, ms | p90 | p99 | swaps seen | after, s | at the most",
            (
                (
                    f"`{f.name}`",
                    f"{f.ended.total():,}",
                    *(f"{ms:.1f}" for ms in (f.latency.p50, f.latency.p90, f.latency.p99)),
                    *_taken_up(f),
                )
                for f in report.functions
            ),
        ),
        _table(
            f"memory, MB | own, minute {settled + 1} | minute {minutes} | trend | 95 % of it "
            "| an hour | trend at rest | own at the most | mapped",
            (
                (
                    f"`{f.name}`",
                    f"{f.minutes[settled].own:.0f}",
                    f"{f.minutes[-1].own:.0f}",
                    f"{f.growth:+.1%}",
                    " to ".join(f"{end:+.1%}" for end in f.growth_interval),
                    f"{60 * f.slope:+.1f}",
                    f"{f.growth_at_rest:+.1%}",
                    f"{max(minute.most for minute in f.minutes):.0f}",
                    f"{f.minutes[-1].mapped:.0f}",
                )
                for f in report.functions
            ),
        ),
        f"Calls that failed: {_failed(report) or 'none'}. Memory may grow by {_GROWTH:.0%}: "
        f"{', '.join(f.name for f in report.functions if f.growth > _GROWTH) or 'none'} did more.",
    ]
    (docs / f"{name}.md").write_text("\n\n".join(parts) + "\n")


def _taken_up(function: Soaked) -> tuple[str, str, str]:
    took = function.taken_up
    return (str(len(took)), f"{median(took):.1f}", f"{max(took):.1f}") if took else ("", "", "")


def _failed(report: Report) -> str:
    return ", ".join(
        f"{count} of `{f.name}` {ended}"
        for f in report.functions
        for ended, count in f.ended.items()
        if ended != "ok"
    )


def _table(head: str, rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {head} |", "|---" * (head.count("|") + 1) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _draw(report: Report, path: Path) -> None:
    """Latency, own and mapped memory of each function by minute; a line where a swap was."""
    figure, rows = plt.subplots(
        len(report.functions), 3, figsize=(9, 7.2), sharex=True, layout="constrained"
    )
    titles = ("latency, ms: p50, p90, p99", "own memory, MB; grey: the most", "mapped files, MB")
    for axes, title in zip(rows[0], titles, strict=True):
        axes.set_title(title, fontsize=8, loc="left")
    for (latency, own, mapped), function in zip(rows, report.functions, strict=True):
        minutes = function.minutes
        for name, alpha in (("p99", 0.3), ("p90", 0.6), ("p50", 1.0)):
            _line(latency, [getattr(minute.latency, name) for minute in minutes], OURS, alpha)
        latency.set_yscale("log")
        latency.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        latency.yaxis.set_major_formatter("{x:g}")
        latency.yaxis.set_minor_locator(NullLocator())
        latency.set_ylabel(function.name, fontsize=8)
        _line(own, [minute.most for minute in minutes], THEIRS)
        _line(own, [minute.own for minute in minutes], OURS)
        _line(mapped, [minute.mapped for minute in minutes], OURS)
        for axes in (own, mapped):
            axes.set_ylim(0, 1.2 * axes.get_ylim()[1])
    for axes in rows.flat:
        for at in report.swaps:
            axes.axvline(at, color="#e5e5e8", linewidth=0.5, zorder=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in rows[-1]:
        axes.set_xlabel("minute", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _line(axes: Axes, values: Sequence[float], colour: str, alpha: float = 1.0) -> None:
    """One value a minute, at its middle."""
    middles = [number + 0.5 for number in range(len(values))]
    axes.plot(middles, values, color=colour, alpha=alpha, linewidth=1.5, marker=".", markersize=3)
