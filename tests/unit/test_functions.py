"""The deployed functions: how they are registered, what they refuse, what they do not import."""

import base64
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from flask import Flask, request
from google.api_core.exceptions import ServiceUnavailable

from shopfyp.budgets import Budgets, Drawn
from shopfyp.store import counts
from tests import api_reference

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
SERVING = {"search", "recommend", "similar"}
OPERATOR = {"insights", "refresh_insights", "roll_back"}
ACCOUNT = {
    "my_interests",
    "forget_interest",
    "set_personalisation",
    "export_my_data",
    "delete_my_data",
}
CALLABLES = {*SERVING, *OPERATOR, *ACCOUNT, "log_events"}
COUNTING = {"count_insights", "forget_due", "refresh_insights"}
PAGES = {"public_files", "product_page"}
TRIGGERED = {
    "count_insights": "scheduleTrigger",
    "forget_due": "scheduleTrigger",
    "product_written": "eventTrigger",
}


def _python(code: str, **variables: str) -> str:
    env = {**os.environ, "GCLOUD_PROJECT": "demo-shopfyp", "PYTHONPATH": str(FUNCTIONS)}
    env |= variables
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=FUNCTIONS, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The deploy manifest, as the CLI asks firebase_functions for it."""
    path = tmp_path_factory.mktemp("manifest") / "functions.yaml"
    code = (
        "from firebase_functions.private import serving as s, util;"
        "import importlib.util, sys;"
        "from pathlib import Path;"
        "funcs = s.get_functions();"
        f"Path({str(path)!r}).write_text(s.functions_as_yaml(funcs))"
    )
    _python(code)
    return {"path": path, **yaml.safe_load(path.read_text())}


def test_all_functions_are_registered(manifest: dict) -> None:
    assert set(manifest["endpoints"]) == {*CALLABLES, *PAGES, *TRIGGERED}
    for name, endpoint in manifest["endpoints"].items():
        assert ("callableTrigger" in endpoint) == (name in CALLABLES)
        assert ("httpsTrigger" in endpoint) == (name in PAGES)
        assert name not in TRIGGERED or TRIGGERED[name] in endpoint
        assert endpoint["region"] == ["{{ params.FUNCTIONS_REGION }}"]


def test_resources_are_set_on_purpose(manifest: dict) -> None:
    for name, endpoint in manifest["endpoints"].items():
        assert endpoint["cpu"] == 1
        assert endpoint["maxInstances"] == 20
        assert endpoint["minInstances"] == "{{ params.MIN_INSTANCES }}"
        kind = "serving" if name in SERVING else "counting" if name in COUNTING else "light"
        sizes = {"serving": (1024, 20, 60), "counting": (1024, 1, 540), "light": (512, 40, 30)}
        size = (endpoint[key] for key in ("availableMemoryMb", "concurrency", "timeoutSeconds"))
        assert tuple(size) == sizes[kind]


def test_firebase_tools_accepts_the_manifest(manifest: dict) -> None:
    """By the CLI's own parser and validation: `deploy --dry-run` would ask for a login first."""
    script = """
    const yaml = require("js-yaml");
    const { readFileSync } = require("node:fs");
    const { yamlToBuild } = require("firebase-tools/lib/deploy/functions/runtimes/discovery");
    const build = require("firebase-tools/lib/deploy/functions/build");
    const { ParamValue } = require("firebase-tools/lib/deploy/functions/params");
    const validate = require("firebase-tools/lib/deploy/functions/validate");
    const text = yaml.load(readFileSync(process.argv[1], "utf8"));
    const wanted = yamlToBuild(text, "demo-shopfyp", "us-central1", "python311");
    const value = (p) => new ParamValue(
      String(p.default), false, { string: true, number: p.type === "int" });
    const params = Object.fromEntries(wanted.params.map((p) => [p.name, value(p)]));
    const backend = build.toBackend(wanted, params);
    const all = Object.values(backend.endpoints).flatMap((region) => Object.values(region));
    validate.endpointsAreValid(backend);
    console.log(JSON.stringify(all.map((e) => [e.id, e.region, e.platform, e.minInstances])));
    """
    done = subprocess.run(
        ["node", "-e", script, str(manifest["path"])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    endpoints = json.loads(done.stdout.splitlines()[-1])
    assert sorted(endpoints) == [
        [name, "europe-west1", "gcfv2", 0] for name in sorted([*CALLABLES, *PAGES, *TRIGGERED])
    ]


def test_log_events_and_the_account_never_load_the_model() -> None:
    """All that they use is loaded with `main`; what they then do, emulator tests show."""
    code = """
import sys, main
print([m for m in ("onnxruntime", "faiss", "tokenizers", "bm25s") if m in sys.modules])
"""
    assert _python(code).splitlines()[-1] == "[]"


def test_cycles_are_not_looked_for_while_modules_are_imported_and_then_they_are() -> None:
    code = """
import gc, json
looks = lambda: [older["collections"] for older in gc.get_stats()[1:]]
before = looks()
import main
print(json.dumps([before == looks(), gc.isenabled(), gc.get_freeze_count()]))
"""
    unseen, enabled, frozen = json.loads(_python(code).splitlines()[-1])
    assert unseen
    assert enabled
    assert frozen > 50_000


@pytest.fixture(scope="module")
def main():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GCLOUD_PROJECT", "demo-shopfyp")
        # With it set, tokens need no signature; nothing is called there.
        patch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:1")
        patch.syspath_prepend(str(FUNCTIONS))
        import main as module

        # No buckets here: each test's callers have a minute's calls.
        budgets = Budgets(lambda _, __, per_minute, ___: Drawn(per_minute), module._now)
        patch.setattr(module._callables, "budgets", budgets)
        yield module


def test_the_reference_names_every_callable_and_every_field(main) -> None:
    assert {*api_reference.callables(main)} == CALLABLES
    text = api_reference.DOCUMENT.read_text()
    assert text == api_reference.written(text, main), "run python -m tests.api_reference"


def call(
    function,
    data: object,
    user_id: str | None = "u",
    headers: dict[str, str] | None = None,
    **more: object,
) -> tuple[int, dict]:
    """Call a function over the callable protocol, as a user with more claims, or as nobody."""
    headers = dict(headers or {})
    if user_id:
        headers["Authorization"] = f"Bearer {_token(user_id, more)}"
    app = Flask(__name__)
    with app.test_request_context(method="POST", json={"data": data}, headers=headers):
        response = function(request)
        return response.status_code, response.get_json()


def _token(user_id: str, more: dict) -> str:
    now = int(time.time())
    project = "demo-shopfyp"
    claims = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": user_id,
        "iat": now,
        "auth_time": now,
        "exp": now + 600,
        **more,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


EVENT = {"event_id": "e", "type": "view_item", "product_id": "p", "at": "2026-01-01T00:00:00Z"}
SEARCH = {"query": "shoes", "event_id": "e", "at": "2026-01-01T00:00:00Z"}
NAN = float("nan")


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("search", None, "data"),
        ("search", [], "data"),
        ("search", {}, "query"),
        ("search", SEARCH | {"query": ""}, "query"),
        ("search", SEARCH | {"query": "   "}, "query"),
        ("search", SEARCH | {"query": "x" * 10_000}, "query"),
        ("search", SEARCH | {"query": 7}, "query"),
        ("search", SEARCH | {"limit": NAN}, "limit"),
        ("search", SEARCH | {"limit": 0}, "limit"),
        ("search", SEARCH | {"limit": 51}, "limit"),
        ("search", SEARCH | {"offset": 20}, "offset"),
        ("search", SEARCH | {"page_token": "x"}, "page_token"),
        ("search", SEARCH | {"page_token": "x" * 10_000}, "page_token"),
        ("search", SEARCH | {"page_token": 7}, "page_token"),
        ("search", SEARCH | {"sort": "cheapest"}, "sort"),
        ("search", SEARCH | {"filters": []}, "filters"),
        ("search", SEARCH | {"filters": {"size": ["L"]}}, "filters.size"),
        ("search", SEARCH | {"filters": {"category": ["Shoes"]}}, "filters.category.0"),
        ("search", SEARCH | {"filters": {"category": [[]]}}, "filters.category.0"),
        ("search", SEARCH | {"filters": {"brand": ["b"] * 51}}, "filters.brand"),
        ("search", SEARCH | {"filters": {"brand": "b"}}, "filters.brand"),
        ("search", SEARCH | {"filters": {"colour": ["x" * 1001]}}, "filters.colour.0"),
        ("search", SEARCH | {"filters": {"price": {"low": 5, "high": 4}}}, "filters.price"),
        ("search", SEARCH | {"filters": {"price": {}}}, "filters.price"),
        ("search", SEARCH | {"filters": {"price": {"low": NAN}}}, "filters.price.low"),
        ("search", SEARCH | {"filters": {"price": {"low": -1}}}, "filters.price.low"),
        (
            "search",
            SEARCH | {"filters": {"price": {"low": 1, "currency": "usd"}}},
            "filters.price.currency",
        ),
        ("search", SEARCH | {"filters": {"rating": 5.1}}, "filters.rating"),
        ("search", SEARCH | {"filters": {"age": {"low": 9, "high": 3}}}, "filters.age"),
        ("search", SEARCH | {"at": "soon"}, "at"),
        ("search", SEARCH | {"colour": "red"}, "colour"),
        ("log_events", {"events": []}, "events"),
        ("log_events", {"events": [EVENT] * 1000}, "events"),
        ("log_events", {"events": [EVENT, EVENT | {"at": 5}]}, "events.1"),
        ("log_events", {"events": [EVENT | {"type": "like"}]}, "events.0"),
        ("log_events", {"events": [EVENT | {"product_id": NAN}]}, "events.0"),
        ("log_events", {"events": [EVENT | {"quantity": 0}]}, "events.0"),
        ("log_events", {"events": "all"}, "events"),
        ("recommend", {"cards": 6}, "cards"),
        ("recommend", {"cards": NAN}, "cards"),
        ("recommend", {"cards": "many"}, "cards"),
        ("recommend", {"products_per_card": 0}, "products_per_card"),
        ("recommend", {"exclude": ["p"] * 201}, "exclude"),
        ("recommend", {"exclude": [1]}, "exclude.0"),
        ("my_interests", {"user_id": "other"}, "user_id"),
        ("forget_interest", {"at": EVENT["at"]}, "item_id"),
        ("forget_interest", {"item_id": "red shoes", "at": EVENT["at"]}, "item_id"),
        ("forget_interest", {"item_id": "0" * 32}, "at"),
        ("set_personalisation", {}, "on"),
        ("set_personalisation", {"on": "no"}, "on"),
        ("export_my_data", {"page_token": "a/b"}, "page_token"),
        ("export_my_data", {"page_token": ""}, "page_token"),
        ("delete_my_data", {"user_id": "other"}, "user_id"),
        ("similar", {}, "product_id"),
        ("similar", {"product_id": "a/b"}, "product_id"),
        ("similar", {"product_id": "p", "limit": float("inf")}, "limit"),
    ],
)
def test_a_bad_request_is_invalid_and_names_the_field(main, name, data, field) -> None:
    status, answer = call(getattr(main, name), data)
    assert status == 400
    assert answer["error"]["status"] == "INVALID_ARGUMENT"
    fields = [error["field"] for error in answer["error"]["details"]["errors"]]
    assert any(f == field or f.startswith(f"{field}.") for f in fields), fields
    assert field in answer["error"]["message"]
    # What was sent is not sent back.
    assert "xxxx" not in json.dumps(answer)


@pytest.mark.parametrize("name", sorted(CALLABLES))
def test_nobody_is_served_without_signing_in(main, name: str) -> None:
    status, answer = call(getattr(main, name), {}, user_id=None)
    assert (status, answer["error"]["status"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("name", sorted(OPERATOR))
@pytest.mark.parametrize("claims", [{}, {"operator": False}, {"operator": "true"}, {"admin": True}])
def test_operators_only(main, name: str, claims: dict) -> None:
    status, answer = call(getattr(main, name), {}, **claims)
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("insights", {"days": 0}, "days"),
        ("insights", {"days": 91}, "days"),
        ("refresh_insights", {"day": "2026-01-01"}, "day"),
        ("roll_back", {}, "version"),
        ("roll_back", {"version": "../x"}, "version"),
    ],
)
def test_what_an_operator_asks_is_checked_as_well(main, name, data, field) -> None:
    status, answer = call(getattr(main, name), data, operator=True)
    assert status == 400
    assert answer["error"]["details"]["errors"][0]["field"] == field


def test_a_search_that_cannot_be_counted_keeps_its_answer(monkeypatch, capsys) -> None:
    class Down:
        def collection(self, _: str) -> "Down":
            return self

        def document(self, _: str) -> "Down":
            return self

        def set(self, *_: object, **__: object) -> None:
            raise ServiceUnavailable("no")

    monkeypatch.setattr(counts, "client", Down)
    counts.log_unanswered("a secret wish", "nothing", datetime.now(UTC))
    logged = capsys.readouterr().err
    assert "not counted" in logged
    assert "wish" not in logged
