"""The files of a release that are the same for everybody, served as they are or kept up."""

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError

from shopfyp.errors import NoRelease, ReleaseError
from shopfyp.logs import log
from shopfyp.manifest import Bucket, Pointer, read_file, read_manifest, read_pointer

_RETRY_SECONDS = 5.0
_MOST_BYTES = 1 << 23
"""Parsed it takes ten times as much; the demo's largest has 200 KB."""


KeptUp = Callable[[Any, datetime], BaseModel]
"""(the file as it was built, when) -> the file as it is by now."""


@dataclass(frozen=True)
class Served:
    """The answer to every request until there is another: JSON, and the same gzipped."""

    release: str
    tag: str
    plain: bytes
    gzipped: bytes


class PublicFile:
    """Holds one file of the current release, and nothing else of it: no index, no model."""

    def __init__(
        self,
        bucket: Bucket,
        name: str,
        content: type[BaseModel],
        check_seconds: float = 60,
        kept_up: KeptUp | None = None,
    ) -> None:
        """Serve a file of the release that is current.

        Args:
            bucket: where releases are.
            name: of the file.
            content: what it must hold; releases made before there was such a file count as
                having one with its defaults.
            check_seconds: a newer release is looked for at most so often.
            kept_up: what makes of the file as it was built the file as it is by now.
        """
        self._bucket, self._name, self._content = bucket, name, content
        self._check_seconds, self._kept_up = check_seconds, kept_up
        self._by_now: Callable[[], BaseModel] | None = None
        self._served: Served | None = None
        self._checked_at = self._failed_at = -float("inf")
        self._failure = ""
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
                log("ERROR", "file refused", file=self._name, reason=str(error))
                self._failure, self._failed_at = str(error), time.monotonic()
            finally:
                self._lock.release()
        if self._served is None:
            raise NoRelease(self._failure)
        return self._served

    def _is_due(self) -> bool:
        if self._served is None:
            # Whoever waited for another caller's attempt shares what came of it.
            return time.monotonic() - self._failed_at >= _RETRY_SECONDS
        return time.monotonic() - self._checked_at >= self._check_seconds

    def _refresh(self) -> None:
        if not self._is_due():
            return  # another thread was first
        self._checked_at = time.monotonic()
        pointer = read_pointer(self._bucket)
        if self._served is None or self._served.release != pointer.version:
            held, built = self._read(pointer)
            self._by_now = self._kept_up and partial(self._kept_up, held, built)
            held = self._by_now() if self._by_now else held
            self._served = _answer(pointer.version, held, kept_up=bool(self._by_now))
            log("INFO", "file taken up", file=self._name, release=pointer.version)
        elif self._by_now:
            self._served = _answer(pointer.version, self._by_now(), kept_up=True)

    def _read(self, pointer: Pointer) -> tuple[BaseModel, datetime]:
        """What the release's file holds, and when it was built."""
        manifest, _ = read_manifest(self._bucket, pointer)
        held = self._content()
        if self._name in manifest.files:
            data = read_file(self._bucket, manifest, self._name, _MOST_BYTES)
            try:
                held = self._content.model_validate_json(data)
            except ValidationError as error:
                wrong = f"{self._name}: {error.error_count()} entries are none"
                raise ReleaseError(wrong) from error
        return held, manifest.created_at


def _answer(release: str, held: BaseModel, *, kept_up: bool) -> Served:
    answer = {"release": release, **held.model_dump(mode="json")}
    plain = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    # One release has several of them.
    tag = f"{release}-{hashlib.sha256(plain).hexdigest()[:16]}" if kept_up else release
    return Served(release, tag, plain, gzip.compress(plain, mtime=0))
