"""Whether a shopper exists is told to nobody: all answers about an id are those about any other."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import requests

from shopfyp import api
from shopfyp.store import shoppers
from tests.emulator.conftest import HOSTING, PROJECT, Shopper, post
from tests.unit.test_functions import CALLABLES

Answer = tuple[int, Any]
WAYS = ["known", "half deleted", "deleted"]
FIELDS = ["user_id", "shopper", "product_id", "item_id", "page_token", "version", "event_id"]


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    """Of shoppers of each kind; nobody has the last one."""
    known, half, deleted = Shopper(), Shopper(), Shopper()
    for shopper in (known, half, deleted):
        shopper.search("wireless headphones")
        shopper.log("view_item", "p00001")
    assert not shoppers.erase(half.user_id, datetime.now(UTC), most=1)
    assert deleted.call("delete_my_data").result == {"done": True}
    kinds = dict(zip(WAYS, (known.user_id, half.user_id, deleted.user_id), strict=True))
    return {**kinds, "nobody": uuid4().hex[: len(known.user_id)]}


def told(user_id: str, answer: Answer) -> str:
    """An answer without the id itself, and without what differs from call to call."""
    status, body = answer
    return f"{status} {json.dumps(body, sort_keys=True).replace(user_id, 'ID')}"


def called(name: str, field: str, headers: dict[str, str]) -> Callable[[str], Answer]:
    def ask(user_id: str) -> Answer:
        answer = post(name, {field: user_id}, headers)
        return answer.status, answer.error or sorted(answer.result)

    return ask


def stored(path: str, headers: dict[str, str], method: str = "GET") -> Callable[[str], Answer]:
    """A document or a collection, as a client that passes by our app asks for it."""
    firestore = os.environ["FIRESTORE_EMULATOR_HOST"]
    root = f"http://{firestore}/v1/projects/{PROJECT}/databases/(default)/documents"

    def ask(user_id: str) -> Answer:
        at = path.format(id=quote(user_id), hash=shoppers.tombstone_of(user_id))
        answer = requests.request(
            method,
            f"{root}/{at}",
            json={} if method == "PATCH" else None,
            headers=headers,
            timeout=30,
        )
        error = answer.json()["error"]
        return answer.status_code, [error["status"], error["message"].replace(at, "AT")]

    return ask


def searched(headers: dict[str, str]) -> Callable[[str], Answer]:
    """All events of a shopper, wherever they are."""
    firestore = os.environ["FIRESTORE_EMULATOR_HOST"]
    url = f"http://{firestore}/v1/projects/{PROJECT}/databases/(default)/documents:runQuery"

    def ask(user_id: str) -> Answer:
        of_shopper = {
            "field": {"fieldPath": "user_id"},
            "op": "EQUAL",
            "value": {"stringValue": user_id},
        }
        query = {
            "from": [{"collectionId": "events", "allDescendants": True}],
            "where": {"fieldFilter": of_shopper},
            "limit": 30,
        }
        answer = requests.post(url, json={"structuredQuery": query}, headers=headers, timeout=30)
        body = answer.json()
        errors = body if isinstance(body, list) else [body]
        return answer.status_code, [each["error"]["status"] for each in errors]

    return ask


def page(path: str) -> Callable[[str], Answer]:
    def ask(user_id: str) -> Answer:
        answer = requests.get(HOSTING + path.format(id=user_id), timeout=30)
        return answer.status_code, answer.text

    return ask


def test_no_answer_tells_a_shopper_from_nobody(ids: dict[str, str]) -> None:
    asker = Shopper()
    ways: dict[str, Callable[[str], Answer]] = {}
    for who, headers in {"signed in": asker.headers, "signed out": {}}.items():
        for name in sorted(CALLABLES - {"delete_my_data"}):
            for field in FIELDS:
                ways[f"{who}: {name} {field}"] = called(name, field, headers)
        for path in (
            "shoppers/{id}",
            "shoppers/{id}/events",
            "shoppers/{id}/events?pageSize=30",
            "tombstones/{hash}",
        ):
            ways[f"{who}: {path}"] = stored(path, headers)
        for verb in ("PATCH", "DELETE"):
            ways[f"{who}: {verb}"] = stored("shoppers/{id}", headers, verb)
        ways[f"{who}: events of"] = searched(headers)
    for path in ("/product/{id}", "/suggestions.json?user_id={id}", "/shoppers/{id}", "/{id}"):
        ways[path] = page(path)
    for way, ask in ways.items():
        nobody = told(ids["nobody"], ask(ids["nobody"]))
        for kind in WAYS:
            assert told(ids[kind], ask(ids[kind])) == nobody, f"{way}: {kind}"


def test_who_was_deleted_sees_what_a_new_shopper_sees() -> None:
    """Of the own id too: a token that outlives its user learns nothing of what was there."""
    gone, new = Shopper(), Shopper()
    gone.search("wireless headphones")
    gone.call("delete_my_data")
    for name in ("my_interests", "recommend"):
        assert gone.call(name).status == new.call(name).status == 200
    assert gone.call("my_interests").result == new.call("my_interests").result
    export = api.ExportMyDataResponse.model_fields.keys() - {"sign_in"}
    answers = [who.call("export_my_data").result for who in (gone, new)]
    assert all(answers[0][name] == answers[1][name] for name in export)
