"""The functions that `load.py --alone` loads: a bucket in a folder, and a store in memory.

All else is the deployed code. What Firestore takes is left out, and so are its conflicts.
"""

import os
import threading
from collections.abc import Sequence
from datetime import datetime

import main
from main import log_events, recommend
from shopfyp import store
from shopfyp.budgets import Drawn
from shopfyp.events import Event
from shopfyp.profile import Profile
from tests.bench.folder_bucket import FolderBucket

__all__ = ["log_events", "recommend"]

_lock = threading.Lock()
_profiles: dict[str, Profile] = {}


def _load_profile(user_id: str) -> Profile:
    return _profiles.get(user_id, Profile())


def _log_events(user_id: str, events: Sequence[Event], now: datetime) -> store.Logged:
    with _lock:
        _profiles[user_id] = _load_profile(user_id).apply([(event, now) for event in events])
    return store.Logged(len(events), 0, 0)


main._bucket = lambda: FolderBucket(os.environ["LOAD_BUCKET"])  # type: ignore[assignment,return-value]
store.load_profile = _load_profile
store.log_events = _log_events
store.draw = lambda key, wanted, per_minute, now: Drawn(wanted)
store.add_calls = lambda day, calls: None
store.changes_since = lambda since, most: []
