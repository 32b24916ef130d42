"""Import a catalogue: every row a product or a line of the report, and one file at the end."""

import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

from indexer_job.importers.amazon import (
    AmazonReviews2023,
    KaggleAmazon2023,
    KaggleAmazonCategories,
)
from indexer_job.importers.base import BadRow, Importer, ImportFailed, OnRead
from indexer_job.importers.cleaning import to_product
from indexer_job.importers.generic import Jsonl, MappedCsv
from indexer_job.importers.marketplaces import Lazada, Shein, Shopee
from indexer_job.importers.report import ImportReport
from shopfyp.catalog import Product, as_record

FORMATS: dict[str, type[Importer]] = {
    "jsonl": Jsonl,
    "csv": MappedCsv,
    "kaggle-amazon-2023": KaggleAmazon2023,
    "kaggle-amazon-categories": KaggleAmazonCategories,
    "amazon-reviews-2023": AmazonReviews2023,
    "lazada": Lazada,
    "shein": Shein,
    "shopee": Shopee,
}


def import_catalog(
    source: Path,
    format: str,
    out: Path,
    *,
    columns: dict[str, str] | None = None,
    categories: Path | None = None,
    max_bad: float = 0.05,
    report: Path | None = None,
    progress: bool = False,
) -> ImportReport:
    """Write the products of `source` to `out`, and what was skipped to `report`.

    Raises:
        ImportFailed: the source cannot be read, or more than `max_bad` of its rows are no
            products. `out` is then as it was before; the report is written if a row was read.
    """
    if format not in FORMATS:
        raise ImportFailed(f"no such format: {format}; there are {', '.join(FORMATS)}")
    if not 0 <= max_bad <= 1:
        raise ImportFailed(f"--max-bad is a share between 0 and 1, not {max_bad}")
    done = ImportReport(str(source), format)
    try:
        importer = FORMATS[format](source, columns or {}, categories)
        with _replacing(out) as file:
            for product in _products(importer, done, progress):
                file.write(json.dumps(as_record(product), ensure_ascii=False) + "\n")
            done.check(max_bad)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFailed(f"{source} -> {out}: {error}") from error
    finally:
        if done.rows:
            with _replacing(report or out.with_name(f"{out.name}.report.json")) as file:
                file.write(done.to_json())
    return done


def parse_map(text: str) -> dict[str, str]:
    """`title=Name,price=Cost` as a dict of product fields to columns.

    Raises:
        ImportFailed: a part is not `field=Column`.
    """
    columns: dict[str, str] = {}
    for part in filter(str.strip, text.split(",")):
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not (field and equals and column):
            raise ImportFailed(f"--map: expected field=Column, not {part.strip()!r}")
        columns[field] = column
    return columns


def _products(importer: Importer, done: ImportReport, progress: bool) -> Iterator[Product]:
    paths = importer.files()
    seen: set[str] = set()
    with _progress(paths, progress) as on_read:
        for path in paths:
            for line, row in importer.rows(path, on_read):
                done.rows += 1
                try:
                    if isinstance(row, BadRow):
                        raise row
                    product = to_product(importer.fields(row))
                    if product.product_id in seen:
                        raise BadRow("product_id", "came before", product.product_id)
                except BadRow as bad:
                    done.skip(path, line, bad)
                else:
                    seen.add(product.product_id)
                    done.imported += 1
                    yield product


@contextmanager
def _progress(paths: list[Path], shown: bool) -> Iterator[OnRead]:
    if not shown:
        with nullcontext():
            yield lambda size: None
        return
    from tqdm import tqdm

    total = sum(path.stat().st_size for path in paths)
    with tqdm(total=total, unit="B", unit_scale=True, desc="import") as bar:
        yield bar.update


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of `path` when it is complete, and only then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as raw:
            # No name and no time in the header: the same products make the same bytes.
            data = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else raw
            with io.TextIOWrapper(data, encoding="utf-8", newline="\n") as text:
                yield text
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
