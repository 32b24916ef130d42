"""Structured logs: one JSON object a line, as Cloud Logging reads them. No personal text."""

import json
import os
import re
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal
from uuid import uuid4

_TRACE = re.compile(r"(?:00-)?([0-9a-f]{32})\b")


class _Request:
    """The request that is being answered: what its entries have in common."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.fields = fields
        self.stages_ms: dict[str, float] = {}
        self.release: str | None = None


_current: ContextVar[_Request | None] = ContextVar("request", default=None)


def log(severity: Literal["INFO", "WARNING", "ERROR"], message: str, **fields: object) -> None:
    """Write one log entry; `fields` must hold no query, no id of a shopper, no address."""
    request = _current.get()
    common = request.fields if request else {}
    entry = {"severity": severity, "message": message, **common, **fields}
    print(json.dumps(entry), file=sys.stderr)


def lines_of(error: Exception) -> list[str]:
    """The last lines that an error came through: what may be logged of it, as its text may not."""
    return [
        f"{os.path.basename(frame.filename)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]


@contextmanager
def request_logged(function: str, headers: Any) -> Iterator[dict[str, object]]:
    """Give all entries that are written inside the id of one request, and write one at its end.

    Args:
        function: that is called.
        headers: of the request: by `traceparent` or `X-Cloud-Trace-Context` Cloud Logging puts its
            entries together; what is not of their form is left out, as a client may send anything.

    Yields:
        what the last entry says beside the function, the time it took (ms) and its stages.
    """
    found = _TRACE.match(headers.get("traceparent") or headers.get("X-Cloud-Trace-Context") or "")
    fields: dict[str, object] = {"request_id": found[1] if found else uuid4().hex}
    if found:
        project = os.environ.get("GCLOUD_PROJECT", "")
        fields["logging.googleapis.com/trace"] = f"projects/{project}/traces/{found[1]}"
    request = _Request(fields)
    token = _current.set(request)
    said: dict[str, object] = {}
    started = time.perf_counter()
    try:
        yield said
    finally:
        took = _ms_since(started)
        log(
            "INFO",
            "call",
            function=function,
            ms=took,
            stages_ms=request.stages_ms,
            release=request.release,
            **said,
        )
        _current.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Time a part of the request, for its last entry; parts of one name are added up."""
    started = time.perf_counter()
    try:
        yield
    finally:
        if request := _current.get():
            request.stages_ms[name] = request.stages_ms.get(name, 0.0) + _ms_since(started)


def answered_by(release: str) -> None:
    """Note the release that the request is answered from, for its last entry."""
    if request := _current.get():
        request.release = release


def _ms_since(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 2)
