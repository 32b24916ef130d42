"""Product records and their columns, some of them changed."""

from collections.abc import Mapping

import numpy as np

from shopfyp.catalog import Product
from shopfyp.records import ProductStore, columns_of


class ChangedProducts(ProductStore):
    """A release's products, some changed or deleted, and new ones behind them."""

    def __init__(self, base: ProductStore, changed: Mapping[int, Product | None]) -> None:
        """Change `base`, of which a copy of the columns is made.

        Args:
            base: as it was built.
            changed: what is in a row now, by row; None where a product was deleted. New ones
                follow the last row without a gap.
        """
        self._base, self._changed = base, changed
        products = {row: product for row, product in changed.items() if product is not None}
        self._new = {p.product_id: row for row, p in products.items() if row >= len(base)}
        self._count = len(base) + len(self._new)
        codes = base.codes_for(product.group_id for product in products.values())
        rows = np.array(list(products), np.int64)
        deleted = np.array(list(changed.keys() - products.keys()), np.int64)
        for name, values in columns_of(list(products.values()), codes).items():
            built = getattr(base, name)
            column = np.zeros((self._count, *built.shape[1:]), built.dtype)
            column[: len(base)] = built
            column[rows] = values
            if name in {"in_stock", "group"}:
                column[deleted] = 0
            setattr(self, name, column)
        self.names = codes.names

    def __len__(self) -> int:
        return self._count

    def row_of(self, product_id: str) -> int | None:
        """The row of a product, or None when there is none, or none any more."""
        row = self._new.get(product_id)
        if row is None:
            row = self._base.row_of(product_id)
        return None if row is None or self._changed.get(row, ...) is None else row

    def product(self, row: int) -> Product:
        """The product in `row`; one that was deleted as it was."""
        return self._changed.get(int(row)) or self._base.product(row)
