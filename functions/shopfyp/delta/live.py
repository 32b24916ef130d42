"""The release being served, kept up with what changes in the catalogue."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol

from shopfyp.changes import CLOCKS, MOST, SETTLED, Change, ChangesSince
from shopfyp.delta.changed import Delta
from shopfyp.logs import log
from shopfyp.release import Release

_SLEPT_SECONDS, _PATIENCE_SECONDS = 60.0, 1.0


class Releases(Protocol):
    """What holds the release that was built last."""

    def get(self) -> Release:
        """The release; raises NoRelease when there is none."""


class LiveReleases:
    """Looks for changes in the background, and swaps in a release that has them.

    What an instance serves is as the catalogue was at its last look. Only the first request, and
    one after a while without any, waits for the look, a second at the most: what is gone since
    the release was built must not be shown by an instance that has just started, or slept.
    """

    def __init__(
        self, releases: Releases, changes_since: ChangesSince, seconds: float = 15
    ) -> None:
        """Serve what `releases` holds, and look for changes every `seconds`."""
        self._releases, self._changes_since, self._seconds = releases, changes_since, seconds
        self._live: _Live | None = None
        self._looked_at = -float("inf")
        self._looking = threading.Lock()
        self._looked = threading.Event()

    def get(self) -> Release:
        """The release to serve now; a look for changes delays the caller by a second at the most.

        Until the changes are in place in a release that was just built, the one before is served.

        Raises:
            NoRelease: none could ever be opened.
        """
        base, live = self._releases.get(), self._live
        since = time.monotonic() - self._looked_at
        due = since >= self._seconds or live is None or live.base is not base
        if due and self._looking.acquire(blocking=False):
            self._looked_at = time.monotonic()
            self._looked.clear()
            threading.Thread(target=self._look_quietly, args=(base,), daemon=True).start()
        if live is None or since >= _SLEPT_SECONDS:
            self._looked.wait(_PATIENCE_SECONDS)
        live = self._live
        return live.release if live else base

    def _look_quietly(self, base: Release) -> None:
        live = self._live
        if live is None or live.base is not base:
            live = _Live(base)
        try:
            if live.ask(self._changes_since):
                live.take_up()
                # What is gone, is gone from now on, and before anything is encoded.
                self._live = live
                self._looked.set()
                live.encode()
        except Exception as error:  # a bug or an outage must not end a background thread unseen
            log("ERROR", "look for changes failed", reason=f"{type(error).__name__}: {error}")
        finally:
            self._live = live
            self._looked.set()
            self._looking.release()


class _Live:
    """A release as it was built, and as it is with all changes that are known."""

    def __init__(self, base: Release) -> None:
        self.base = self.release = base
        self._delta = Delta(base)
        self._known: dict[str, Change] = {}
        self._since = base.manifest.created_at - CLOCKS
        self._warned = False

    def ask(self, changes_since: ChangesSince) -> bool:
        """Ask for what changed since the last time; whether there is anything new."""
        now = datetime.now(UTC)
        found = changes_since(self._since, MOST + 1)
        self._since = max(self._since, now - SETTLED)
        new = {c.product_id: c for c in found if self._known.get(c.product_id) != c}
        latest = sorted({**self._known, **new}.values(), key=lambda change: change.at)
        self._known = {change.product_id: change for change in latest[-MOST:]}
        if len(latest) > MOST and not self._warned:
            self._warned = True
            message = "too many changes: the oldest are left for the next build"
            log("WARNING", message, release=self.base.version, most=MOST)
        return bool(new)

    def take_up(self) -> None:
        """Serve the changes that are known."""
        started = time.perf_counter()
        self.release = self._delta.with_changes(self._known.values())
        took_ms = round(1000 * (time.perf_counter() - started), 1)
        fields = {"changes": len(self._known), "took_ms": took_ms}
        log("INFO", "changes taken up", release=self.base.version, **fields)

    def encode(self) -> None:
        """Encode what is new, and serve it by its meaning as well."""
        if self._delta.encode(self._known.values()):
            self.take_up()
