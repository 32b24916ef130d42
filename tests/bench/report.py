"""The report: a table for the terminal, `docs/performance.md`, its JSON and its plots."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from pydantic import BaseModel

from tests.bench.figures import Figure, Group

# Without these an SVG differs each time that it is drawn.
mpl.use("Agg")
mpl.rcParams["svg.hashsalt"] = "shopfyp"
OURS, THEIRS = "#fe2c55", "#c9c9ce"
_HEAD = """# Performance

Made by `make bench`; do not edit. Each figure stands beside its peer's of the same run. Absolute
times are of the machine below and of what else it did, so read the ratios. The floor is what that
machine allows at the least; the notes say what it was computed from.

"""


class Report(BaseModel):
    """All that one run measured, and where."""

    machine: str
    measured_on: str
    groups: list[Group]

    def with_groups(self, other: "Report") -> "Report":
        """This one, with the groups of another in the place of its own of the same titles."""
        newer = {group.title: group for group in other.groups}
        groups = [newer.get(group.title, group) for group in self.groups]
        on = self.measured_on
        if other.measured_on not in on:
            on += f", and in part on {other.measured_on}"
        return Report(machine=self.machine, measured_on=on, groups=groups)


def read(docs: Path) -> Report:
    """The report that `write` left in `docs`."""
    return Report.model_validate_json((docs / "performance.json").read_text())


def write(report: Report, docs: Path) -> None:
    """Write `performance.md`, `performance.json` and `images/performance-*.svg` into `docs`."""
    (docs / "performance.json").write_text(report.model_dump_json(indent=1, exclude_none=True))
    parts = [_HEAD + f"Measured on {report.measured_on}: {report.machine}.\n"]
    for group in report.groups:
        name = f"performance-{group.title.lower().replace(' ', '-')}.svg"
        drawn = _draw(group, docs / "images" / name)
        picture = f"\n![{group.title}: ours beside the peers](images/{name})\n" if drawn else ""
        parts.append(f"## {group.title}\n\n{group.text}\n\n{table(group.figures)}\n{picture}")
    (docs / "performance.md").write_text("\n".join(parts))


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table, notes below it."""
    lines = [
        "| what | ours | peer | theirs | ratio | bar | floor |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.name} | {_number(f.ours)} {f.unit} | {f.peer} | {_number(f.theirs)} "
        f"| {_number(f.ratio)} {f.said} | {_bar(f)} | {_number(f.floor)} |"
        for f in figures
    ]
    notes = dict.fromkeys(f"- {f.name}: {f.note}." for f in figures if f.note)
    return "\n".join([*lines, "", *notes]).rstrip() + "\n"


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    sign = "≥" if figure.side == "least" else "≤"
    return f"{sign} {_number(figure.bar)} {'met' if figure.met else '**missed**'}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _draw(group: Group, path: Path) -> bool:
    """Bars of each figure that has a peer, as shares of the greater of the two."""
    compared = [f for f in group.figures if f.theirs is not None]
    if not compared:
        return False
    figure, axes = plt.subplots(figsize=(7.2, 0.6 + 0.62 * len(compared)), layout="constrained")
    for place, one in enumerate(reversed(compared)):
        most = max(one.ours, one.theirs or 0)
        pairs = ((one.ours, OURS, "ours"), (one.theirs or 0, THEIRS, one.peer))
        for offset, (value, colour, name) in zip((0.2, -0.2), pairs, strict=True):
            axes.barh(place + offset, value / most, height=0.36, color=colour)
            text = f"{name}: {_number(value)} {one.unit}"
            axes.text(0.01, place + offset, text, va="center", fontsize=8)
    axes.set_yticks(range(len(compared)), [f.name for f in reversed(compared)], fontsize=8)
    axes.set_xticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return True
