"""The figures of the evaluations, drawn."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from indexer_job.evaluate.ablation import Row

# Without these an SVG differs each time that it is drawn.
mpl.use("Agg")
mpl.rcParams["svg.hashsalt"] = "shopfyp"
_COLOURS = ("#fe2c55", "#8a8b91")


def draw_simulation(shares: Mapping[str, Sequence[float]], path: Path) -> None:
    """Share of on-taste cards by their place in the session, a line for each system."""
    figure, axes = _axes("card of the session", "cards to the shopper's taste")
    for (name, found), colour in zip(shares.items(), _COLOURS, strict=False):
        axes.plot(range(1, len(found) + 1), found, label=name, color=colour, linewidth=2)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.legend(frameon=False, loc=(0.02, 0.3))
    _save(figure, path)


def draw_trade_off(rows: Sequence[Row], path: Path) -> None:
    """HR@10 against intra-list distance, a point for each diversity."""
    figure, axes = _axes("intra-list distance of the first 10", "HR@10")
    distances = [row.figures["ild@10"] for row in rows]
    hits = [row.figures["hr@10"] for row in rows]
    axes.plot(distances, hits, marker="o", color=_COLOURS[0], linewidth=2)
    for row, x, y in zip(rows, distances, hits, strict=True):
        axes.annotate(row.name, (x, y), textcoords="offset points", xytext=(6, 6))
    axes.set_ylim(0, max(hits) * 1.15 or 1)
    _save(figure, path)


def draw_costs(dollars: Mapping[str, float], path: Path) -> None:
    """Dollars of a million recommendations, a bar for each, those of ShopFYP in its colour."""
    figure, axes = _axes("$ for a million recommendations", "")
    names = list(dollars)[::-1]
    colours = [_COLOURS[not name.startswith("ShopFYP")] for name in names]
    bars = axes.barh(names, [dollars[name] for name in names], color=colours)
    axes.bar_label(bars, fmt="{:.3g}", padding=4)
    axes.grid(visible=False)
    axes.margins(x=0.12)
    _save(figure, path)


def _axes(x: str, y: str) -> tuple[Figure, Axes]:
    figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(axis="y", color="#e5e5e8")
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if path.suffix == ".svg" else None
    figure.savefig(path, dpi=144, metadata=metadata)
    plt.close(figure)
