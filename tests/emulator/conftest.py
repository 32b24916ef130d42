"""The callables as a client reaches them: over HTTP, with real tokens of the Auth emulator."""

import os
import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
import requests

PROJECT = os.environ.get("GCLOUD_PROJECT", "")
FUNCTIONS = f"http://127.0.0.1:5001/{PROJECT}/europe-west1"
HOSTING = "http://127.0.0.1:5000"


class Answer(NamedTuple):
    """A callable's answer: its result, or its error."""

    status: int
    result: Any
    error: dict[str, Any]


class Shopper:
    """An anonymous user who calls functions."""

    def __init__(self) -> None:
        signed_up = _auth("signUp", {})
        self.user_id: str = signed_up["localId"]
        self._token: str = signed_up["idToken"]

    def add_email(self, email: str) -> None:
        """Keep the profile by an email and a password, as the web app does."""
        added = {"idToken": self._token, "email": email, "password": uuid.uuid4().hex}
        self._token = _auth("update", added)["idToken"]

    def call(self, name: str, **data: Any) -> Answer:
        """Call a function."""
        return post(name, data, self.headers)

    @property
    def headers(self) -> dict[str, str]:
        """Those that say who calls."""
        return {"Authorization": f"Bearer {self._token}"}

    def log(self, kind: str, product_id: str, **fields: Any) -> Answer:
        """Log one product event."""
        return self.call("log_events", events=[event(kind, product_id, **fields)])

    def search(self, query: str, **fields: Any) -> Answer:
        """Search, as the web app does."""
        base = {"event_id": str(uuid.uuid4()), "at": now()}
        return self.call("search", query=query, **(base | fields))


def _auth(method: str, data: dict[str, Any]) -> dict[str, Any]:
    emulator = os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
    url = f"http://{emulator}/identitytoolkit.googleapis.com/v1/accounts:{method}?key=none"
    answer = requests.post(url, json={"returnSecureToken": True, **data}, timeout=30)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def trigger(name: str) -> None:
    """Run a scheduled function now."""
    done = _triggered(name)
    assert done.status_code == 200, done.text


def trigger_fails(name: str) -> None:
    """Run a scheduled function now, which tells the scheduler that it failed."""
    assert _triggered(name).status_code == 500


def _triggered(name: str) -> requests.Response:
    url = FUNCTIONS.replace("5001/", "5001/functions/projects/").replace("/europe-west1", "")
    # Triggers are numbered anew when they are turned on, as they are after seeding.
    return requests.post(f"{url}/triggers/europe-west1-{name}-1", json={}, timeout=60)


def post(name: str, data: Any, headers: dict[str, str]) -> Answer:
    """Call a function with any headers."""
    response = requests.post(
        f"{FUNCTIONS}/{name}", json={"data": data}, headers=headers, timeout=60
    )
    body = response.json()
    return Answer(response.status_code, body.get("result"), body.get("error", {}))


def event(kind: str, product_id: str, **fields: Any) -> dict[str, Any]:
    """A product event as a client sends it."""
    base = {"event_id": str(uuid.uuid4()), "type": kind, "product_id": product_id, "at": now()}
    return base | fields


def now() -> str:
    """The time, as a client says it."""
    return datetime.now(UTC).isoformat()


@pytest.fixture
def shopper() -> Shopper:
    """A new shopper."""
    return Shopper()
