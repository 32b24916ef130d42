"""What an import did: the figures, and the rows it skipped."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer_job.importers.base import BadRow, ImportFailed

_LISTED = 1_000


@dataclass
class ImportReport:
    """Counts of one import; `skipped_rows` lists the first 1,000 that are no products."""

    source: str
    format: str
    rows: int = 0
    imported: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    skipped_rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        """The rows that are no products."""
        return self.rows - self.imported

    def skip(self, path: Path, line: int, bad: BadRow) -> None:
        """Note a row that is no product."""
        self.reasons[f"{bad.field}: {bad.problem}"] += 1
        if len(self.skipped_rows) < _LISTED:
            self.skipped_rows.append(
                {"file": path.name, "line": line, "field": bad.field, "reason": bad.reason}
            )

    def summary(self) -> str:
        """One line for a person."""
        line = f"{self.imported} of {self.rows} rows imported, {self.skipped} skipped"
        return f"{line} ({self._reasons()})" if self.reasons else line

    def check(self, max_bad: float) -> None:
        """Raise unless enough rows are products.

        Raises:
            ImportFailed: there are no rows, or too many are no products.
        """
        if not self.rows:
            raise ImportFailed(f"{self.source} has no rows")
        if self.skipped > max_bad * self.rows or not self.imported:
            raise ImportFailed(
                f"{self.source}: {self.skipped} of {self.rows} rows are no products, which is more "
                f"than --max-bad {max_bad:g} allows ({self._reasons()})"
            )

    def to_json(self) -> str:
        """The report file."""
        record = {
            "source": self.source,
            "format": self.format,
            "rows": self.rows,
            "imported": self.imported,
            "skipped": self.skipped,
            "reasons": dict(self.reasons.most_common()),
            "skipped_rows": self.skipped_rows,
        }
        return json.dumps(record, ensure_ascii=False, indent=1) + "\n"

    def _reasons(self) -> str:
        return "; ".join(f"{count}x {reason}" for reason, count in self.reasons.most_common(5))
