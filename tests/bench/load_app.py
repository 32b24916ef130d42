"""The functions that `load.py --alone` loads: a bucket in a folder, and a store in memory.

All else is the deployed code. What Firestore takes is left out, and so are its conflicts.
"""

import os
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import main
from main import log_events, recommend
from shopfyp import store
from shopfyp.budgets import Drawn
from shopfyp.errors import ReleaseError
from shopfyp.events import Event
from shopfyp.profile import Profile

__all__ = ["log_events", "recommend"]

_lock = threading.Lock()
_profiles: dict[str, Profile] = {}


class _Folder:
    """A bucket in a folder."""

    root = Path(os.environ["LOAD_BUCKET"])

    def read(self, name: str, most: int) -> bytes | None:
        path = self.root / name
        if not path.is_file():
            return None
        if path.stat().st_size > most:
            raise ReleaseError(f"{name} has more than {most} bytes")
        return path.read_bytes()

    def download(self, name: str, path: Path, most: int) -> None:
        content = self.read(name, most)
        if content is None:
            raise ReleaseError(f"{name} is not there")
        path.write_bytes(content)


def _load_profile(user_id: str) -> Profile:
    return _profiles.get(user_id, Profile())


def _log_events(user_id: str, events: Sequence[Event], now: datetime) -> store.Logged:
    with _lock:
        _profiles[user_id] = _load_profile(user_id).apply([(event, now) for event in events])
    return store.Logged(len(events), 0, 0)


main._bucket = _Folder  # type: ignore[assignment]
store.load_profile = _load_profile
store.log_events = _log_events
store.draw = lambda key, wanted, per_minute, now: Drawn(wanted)
store.add_calls = lambda day, calls: None
store.changes_since = lambda since, most: []
