"""CSV and JSONL files as rows with line numbers, streamed; a broken row never ends the file."""

import csv
import gzip
import io
import json
import re
from abc import ABC
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, TextIO, cast

from indexer_job.importers.base import BadRow, Importer, ImportFailed, OnRead, Row

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# An unclosed quote makes one field of all that follows, so the limit bounds the memory.
_FIELD_CHARS = 4 * 1024 * 1024
# What "surrogateescape" leaves where bytes are not UTF-8.
_BROKEN_BYTE = re.compile("[\udc80-\udcff]")
_ENCODING = "is not UTF-8"


class CsvImporter(Importer, ABC):
    """A format of CSV files with a header."""

    required: ClassVar[tuple[str, ...]] = ()

    def rows(self, path: Path, on_read: OnRead) -> Iterator[Row]:
        """Every row as a dict by the header's names."""
        return read_csv(path, self.required_columns(), on_read)

    def required_columns(self) -> tuple[str, ...]:
        """The columns without which no row can be a product."""
        return self.required


class JsonlImporter(Importer, ABC):
    """A format of one JSON object per line."""

    def rows(self, path: Path, on_read: OnRead) -> Iterator[Row]:
        """Every line as a dict."""
        return read_jsonl(path, on_read)


def read_jsonl(path: Path, on_read: OnRead) -> Iterator[Row]:
    """The objects of a JSONL file; blank lines are no rows."""
    with _opened(path, on_read) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield Row(number, _object(line))


def read_csv(path: Path, required: tuple[str, ...], on_read: OnRead) -> Iterator[Row]:
    """The rows of a CSV file by the names in its header; blank lines are no rows.

    Raises:
        ImportFailed: the file is empty or lacks a required column.
    """
    csv.field_size_limit(_FIELD_CHARS)
    with _opened(path, on_read) as file:
        lines = _Lines(file)
        # Strict, as only a strict reader notices a quote that was never closed.
        reader = csv.reader(lines, strict=True)
        header = _header(path, reader, required)
        while True:
            lines.next_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(lines.first, BadRow("row", str(error)))
                lines.read_again()
                continue
            if not cells:
                continue
            if len(cells) != len(header):
                problem = f"has a wrong number of columns (not {len(header)})"
                yield Row(lines.first, BadRow("row", problem, len(cells)))
                lines.read_again()
                continue
            yield Row(lines.first, _named(header, cells))


class _Lines:
    """The lines of a file, which can go back to the second line of the row last read.

    A quote left open swallows the rows below it; they are read again as rows of their own.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self.first = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._row.append(line)
        return line

    def next_row(self) -> None:
        self.first += len(self._row)
        self._row.clear()

    def read_again(self) -> None:
        self._again.extendleft(reversed(self._row[1:]))
        del self._row[1:]


def _header(path: Path, reader: Iterator[list[str]], required: tuple[str, ...]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except StopIteration:
        raise ImportFailed(f"{path} is empty") from None
    except csv.Error as error:
        raise ImportFailed(f"{path}: its header is no CSV: {error}") from error
    missing = [name for name in required if name not in header]
    if missing:
        raise ImportFailed(
            f"{path} lacks the required columns {', '.join(missing)}; it has {', '.join(header)}"
        )
    return header


def _named(header: list[str], cells: list[str]) -> Mapping[str, str] | BadRow:
    for name, cell in zip(header, cells, strict=True):
        if not cell.isascii() and _BROKEN_BYTE.search(cell):
            return BadRow(name, _ENCODING)
    return dict(zip(header, cells, strict=True))


def _object(line: str) -> Mapping[str, object] | BadRow:
    if not line.isascii() and _BROKEN_BYTE.search(line):
        return BadRow("row", _ENCODING)
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else BadRow("row", "is not a JSON object", line)


class _Watched(io.FileIO):
    def __init__(self, path: Path, on_read: OnRead) -> None:
        super().__init__(path)
        self._on_read = on_read

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        size = super().readinto(buffer)
        self._on_read(size or 0)
        return size


@contextmanager
def _opened(path: Path, on_read: OnRead) -> Iterator[TextIO]:
    with io.BufferedReader(_Watched(path, on_read)) as raw:
        data = cast(IO[bytes], gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw)
        with io.TextIOWrapper(
            data, encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as text:
            yield text
