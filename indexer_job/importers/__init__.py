"""Catalogue formats -> products: `run.import_catalog` is the entry, `run.FORMATS` the formats."""
