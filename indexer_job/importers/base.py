"""What an importer is: it finds the rows of a source and names their product fields."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from shopfyp.errors import ShopFYPError

_VALUE_CHARS = 60

OnRead = Callable[[int], object]
"""Told of every read from the disk, in bytes."""


class ImportFailed(ShopFYPError):
    """A catalogue that must not be imported; the output is as it was before."""


class BadRow(Exception):
    """A row that is no product: which field, what is wrong with it, and the value at fault."""

    def __init__(self, field: str, problem: str, value: object = None) -> None:
        self.field, self.problem = field, problem
        shown = "" if value is None else repr(value)
        self.value = shown if len(shown) <= _VALUE_CHARS else shown[:_VALUE_CHARS] + "…"
        super().__init__(f"{field}: {self.reason}")

    @property
    def reason(self) -> str:
        """The problem and the value."""
        return f"{self.problem}: {self.value}" if self.value else self.problem


class Row(NamedTuple):
    """A row of a source: the physical line where it starts, and its values or what is wrong."""

    line: int
    values: Mapping[str, Any] | BadRow


class Importer(ABC):
    """One format. Made once per import, so that a wrong option fails before anything is read."""

    def __init__(self, source: Path, columns: Mapping[str, str], categories: Path | None) -> None:
        if columns:
            raise ImportFailed("--map is for --format csv only")
        if categories:
            raise ImportFailed("--categories is for --format kaggle-amazon-2023 only")
        self.source = source

    def files(self) -> list[Path]:
        """The files to read, in a stable order."""
        return [self.source]

    @abstractmethod
    def rows(self, path: Path, on_read: OnRead) -> Iterator[Row]:
        """The rows of one file.

        Raises:
            ImportFailed: the file lacks a column without which no row can be a product.
        """

    @abstractmethod
    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The product fields of a row, as the source wrote them; `cleaning` does the rest.

        Raises:
            BadRow: the row is no product.
        """
