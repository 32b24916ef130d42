"""The functions that are put under load without emulators: a bucket and a store in a folder.

All else is the deployed code. Profiles are files beside the releases, so that `recommend` knows
what was searched and logged in other processes, and no process grows by what the store keeps. What
Firestore takes is left out, and so are its conflicts.
"""

import fcntl
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import main
from main import log_events, recommend, search, similar
from shopfyp.budgets import Drawn
from shopfyp.events import Event
from shopfyp.profile import Profile
from shopfyp.store import budgets, counts, products, shoppers
from tests.folder_bucket import FolderBucket

__all__ = ["log_events", "recommend", "save_profile", "search", "similar"]

_shoppers = Path(os.environ["LOAD_BUCKET"]) / "shoppers"
_shoppers.mkdir(exist_ok=True)


class _LinkedBucket(FolderBucket):
    """Downloads are names of the same files: to copy a large release takes minutes of a disk.

    Where LOAD_COPIES is set they are copies, as on an instance, whose disk is its memory.
    """

    def download(self, name: str, path: Path, most: int) -> None:
        if os.environ.get("LOAD_COPIES"):
            super().download(name, path, most)
        else:
            path.hardlink_to(self.root / name)


def save_profile(user_id: str, profile: Profile) -> None:
    """Keep a shopper's profile; one call at a time."""
    partial = _shoppers / f"{user_id}.partial"
    partial.write_text(profile.model_dump_json())
    partial.replace(_shoppers / user_id)


def _load_profile(user_id: str) -> Profile:
    try:
        return Profile.model_validate_json((_shoppers / user_id).read_bytes())
    except FileNotFoundError:
        return Profile()


def _log_events(user_id: str, events: Sequence[Event], now: datetime) -> shoppers.Logged:
    with (_shoppers / f"{user_id}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        save_profile(user_id, _load_profile(user_id).apply([(event, now) for event in events]))
    return shoppers.Logged(len(events), 0, 0)


main._bucket = lambda: _LinkedBucket(Path(os.environ["LOAD_BUCKET"]))  # type: ignore[assignment,return-value]
shoppers.load_profile = _load_profile
shoppers.log_events = _log_events
counts.log_unanswered = lambda query, why, now: None
budgets.draw = lambda key, wanted, per_minute, now: Drawn(wanted)
counts.add_calls = lambda day, calls: None
products.changes_since = lambda since, most: []
