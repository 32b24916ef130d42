"""Structured logs: one JSON object a line, as Cloud Logging reads them. No personal text."""

import json
import sys
from typing import Literal


def log(severity: Literal["INFO", "WARNING", "ERROR"], message: str, **fields: object) -> None:
    """Write one log entry; `fields` must hold no query, no id of a shopper, no address."""
    print(json.dumps({"severity": severity, "message": message, **fields}), file=sys.stderr)
