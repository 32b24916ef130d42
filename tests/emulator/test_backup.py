"""A backup brings back what was there: export, loss of everything, import."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from google.cloud import firestore

from shopfyp.events import ProductEvent, SearchEvent
from shopfyp.store import shoppers
from shopfyp.store.client import client

PROJECT = "demo-shopfyp-backup"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[firestore.Client]:
    """Firestore of a project of its own, which may lose everything."""
    monkeypatch.setenv("GCLOUD_PROJECT", PROJECT)
    client.cache_clear()
    clear()
    yield client()
    client.cache_clear()


def clear() -> None:
    url = f"{emulator()}/databases/(default)/documents"
    requests.delete(url, timeout=30).raise_for_status()


def emulator() -> str:
    return f"http://{os.environ['FIRESTORE_EMULATOR_HOST']}/emulator/v1/projects/{PROJECT}"


def everything(database: firestore.Client) -> dict[str, dict]:
    def below(collections) -> dict[str, dict]:
        found = {}
        for collection in collections:
            for snapshot in collection.stream():
                found[snapshot.reference.path] = snapshot.to_dict()
                found |= below(snapshot.reference.collections())
        return found

    return below(database.collections())


def test_what_was_exported_is_there_again_after_an_import(elsewhere, tmp_path: Path) -> None:
    events = [
        SearchEvent(type="search", event_id="s", at=NOW, query="red shoes"),
        ProductEvent(type="view_item", event_id="v", at=NOW, product_id="p1"),
    ]
    assert shoppers.log_events("somebody", events, NOW).stored == 2
    before = everything(elsewhere)
    assert len(before) == 3

    database = f"projects/{PROJECT}/databases/(default)"
    asked = {"database": database, "export_directory": str(tmp_path), "export_name": "backup"}
    requests.post(f"{emulator()}:export", json=asked, timeout=30).raise_for_status()
    clear()
    assert everything(elsewhere) == {}

    (metadata,) = (tmp_path / "backup").glob("*.overall_export_metadata")
    # It wants the file where its name says a folder.
    asked = {"database": database, "export_directory": str(metadata)}
    requests.post(f"{emulator()}:import", json=asked, timeout=30).raise_for_status()
    assert everything(elsewhere) == before
    # And it is a database to go on with: known events are known, the profile is the same.
    assert shoppers.log_events("somebody", events, NOW).duplicates == 2
    rebuilt = shoppers.load_profile("somebody")
    assert [interest.value for interest in rebuilt.recent] == ["red shoes", "p1"]
