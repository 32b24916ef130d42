"""Suggestions as you type: one small file of the release, which the browser searches by itself."""

import gzip
import json
import threading
import time
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from shopfyp.catalog import Id
from shopfyp.errors import NoRelease, ReleaseError
from shopfyp.logs import log
from shopfyp.manifest import Bucket, Pointer, read_file, read_manifest, read_pointer

FILE = "suggestions.json"
Kind = Literal["category", "theme", "brand", "combination", "query", "product"]
Weight = Annotated[int, Field(ge=0)]
Suggestion = tuple[str, Kind, Weight] | tuple[str, Literal["product"], Weight, Id]
"""A text, its kind, how likely it is meant, and what a product's page is found by."""


class SuggestionsFile(BaseModel):
    """`suggestions.json` of a release; the heaviest come first."""

    entries: list[Suggestion]


@dataclass(frozen=True)
class Served:
    """The answer to every request until the next release: JSON, and the same gzipped."""

    release: str
    plain: bytes
    gzipped: bytes


class SuggestionsHolder:
    """Holds the current release's suggestions, and nothing else of it: no index, no model."""

    def __init__(self, bucket: Bucket, check_seconds: float = 60) -> None:
        """Serve from `bucket`; look for a newer release at most every `check_seconds`."""
        self._bucket = bucket
        self._check_seconds = check_seconds
        self._served: Served | None = None
        self._checked_at = -float("inf")
        self._lock = threading.Lock()

    def get(self) -> Served:
        """What to answer now.

        The caller whose turn it is looks at the pointer before it is answered; a thread in the
        background would get no CPU time, as the CDN leaves minutes between two calls. Nobody
        else waits for that.

        Raises:
            NoRelease: there is none, and never was.
        """
        if self._is_due() and self._lock.acquire(blocking=self._served is None):
            try:
                self._refresh()
            except ReleaseError as error:
                log("ERROR", "suggestions refused", reason=str(error))
                if self._served is None:
                    raise NoRelease(str(error)) from error
            finally:
                self._lock.release()
        if self._served is None:
            raise NoRelease("no suggestions could be read")
        return self._served

    def _is_due(self) -> bool:
        return self._served is None or time.monotonic() - self._checked_at >= self._check_seconds

    def _refresh(self) -> None:
        if not self._is_due():
            return  # another thread was first
        self._checked_at = time.monotonic()
        pointer = read_pointer(self._bucket)
        if self._served is None or self._served.release != pointer.version:
            self._served = self._read(pointer)
            log("INFO", "suggestions taken up", release=pointer.version)

    def _read(self, pointer: Pointer) -> Served:
        manifest, _ = read_manifest(self._bucket, pointer)
        held = SuggestionsFile(entries=[])
        if FILE in manifest.files:  # releases made before there were any have none
            data = read_file(self._bucket, manifest, FILE)
            try:
                held = SuggestionsFile.model_validate_json(data)
            except ValidationError as error:
                raise ReleaseError(f"{FILE}: {error.error_count()} entries are none") from error
        answer = {"release": pointer.version, **held.model_dump()}
        plain = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        return Served(pointer.version, plain, gzip.compress(plain, mtime=0))
