"""Our own JSONL, and CSV files of any shop by a map of their columns."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer_job.importers.attributes import pairs
from indexer_job.importers.base import ImportFailed
from indexer_job.importers.sources import CsvImporter, JsonlImporter
from shopfyp.catalog import Product

_ATTRIBUTE = "attributes."


class Jsonl(JsonlImporter):
    """One product per line, by the names of `Product`."""

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row."""
        return dict(row)


class MappedCsv(CsvImporter):
    """A CSV file; a field that is not mapped has the column of its own name, if there is one."""

    def __init__(self, source: Path, columns: Mapping[str, str], categories: Path | None) -> None:
        super().__init__(source, {}, categories)
        known = list(Product.model_fields)
        wrong = [f for f in columns if f not in known and not f.startswith(_ATTRIBUTE)]
        if wrong:
            raise ImportFailed(
                f"--map: no such fields: {', '.join(wrong)}; there are {', '.join(known)} "
                f"and {_ATTRIBUTE}NAME"
            )
        named = {field: column for field, column in columns.items() if field in known}
        self._columns = {field: named.get(field, field) for field in known}
        self._attributes = {
            field.removeprefix(_ATTRIBUTE): column
            for field, column in columns.items()
            if field not in known
        }
        self._mapped = tuple(columns.values())

    def required_columns(self) -> tuple[str, ...]:
        """The columns of the id and the title, and all that are mapped."""
        asked = (self._columns["product_id"], self._columns["title"], *self._mapped)
        return tuple(dict.fromkeys(asked))

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The mapped columns by their fields."""
        fields = {field: row.get(column) for field, column in self._columns.items()}
        mapped = [(name, row[column]) for name, column in self._attributes.items()]
        fields["attributes"] = [*pairs(fields["attributes"]), *mapped]
        return fields
