"""Bad bodies for every callable: whatever is sent, the answer is no internal error.

`FUZZ_BODIES=20000` is the full run, with bodies that differ from run to run; by default a few
hundred that do not. Bodies are made from the requests' own JSON schemas and then damaged; the
functions run in this process, on the suite's Firestore, Storage and Auth.
"""

import inspect
import json
import os
import typing
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, date
from pathlib import Path
from types import ModuleType
from typing import Any

import firebase_admin
import pytest
from flask import Flask, request
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from shopfyp import reporting
from tests.unit.test_functions import _token

BODIES = int(os.environ.get("FUZZ_BODIES", "300"))
FULL = BODIES >= 20_000
FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
EXPECTED = {
    "OK": 200,
    "INVALID_ARGUMENT": 400,
    "NOT_FOUND": 404,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
}
"""Not UNAVAILABLE: all that the functions need is there."""

Json = Any
Strategy = st.SearchStrategy[Json]
# What json.dumps cannot write; put in afterwards.
RAW = {
    "@endless@": "9" * 5000,
    "@deep@": "[" * 20_000 + "]" * 20_000,
    "@deep-objects@": '{"a":' * 9000 + "1" + "}" * 9000,
    "@fraction@": "1e999999999999",
}
NASTY: list[Json] = [
    *(None, True, False, "", " ", [], {}, [[]], {"": ""}, 0, -1, 0.5, 1e308, -1e308, -0.0),
    *(float("nan"), float("inf"), float("-inf"), 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**64),
    *(10**400, ".", "..", "/", "__x__", "__proto__", "a/b", "\0", "a\0b", "\ud800", "x\udfff"),
    *("\u202e", "\ufeff", "\u2028", "é" * 129, "😀" * 500, "x" * 500, "x" * 1001, "x" * 60_000),
    *("NaN", "null", "true", "1", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("2026-02-30T00:00:00Z", "2026-01-01T00:00:60Z", "1e10", "2026-01-01", "p00001"),
    *(["a"] * 1000, [None] * 101, list(range(300)), {str(n): n for n in range(300)}, "<script>"),
    *({"$ref": "#"}, {"__proto__": {}}, {"query": "x"}, "%s%n", "${x}", "' OR 1=1 --"),
    *RAW,
]
BROKEN = [
    *(b"", b"{", b"null", b"[]", b'"data"', b"{}", b'{"data"', b'{"data": 1, "more": 2}', b"\xff"),
    *(b'{"data": "\xed\xa0\x80"}', b'{"data": {"a": 1, "a": 2}}', b"\xef\xbb\xbf" + b'{"data":{}}'),
    *(b"[" * 100_000, b'{"data":' * 10_000, b"x" * 200_000, b'{"data": {}} {}', b"\0"),
]
TOKENS = ["", "Bearer", "Bearer ", "Bearer x.y.z", "Bearer \u00e9", "Basic eDp5", "bearer x"]


@pytest.fixture(scope="module")
def main() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FUNCTIONS))
        if firebase_admin._apps:
            firebase_admin.delete_app(firebase_admin.get_app())
        import main as module

        # Once is enough: to count thousands of times what other tests left would take hours.
        count, answers = reporting.count, []

        def count_once(*arguments: Any) -> list[date]:
            answers[:] = answers or [count(*arguments)]
            return answers[0]

        patch.setattr(reporting, "count", count_once)
        yield module


def callables(main: ModuleType) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """All that are registered, with the schema of what each takes."""
    found = {}
    for name, function in vars(main).items():
        endpoint = getattr(function, "__firebase_endpoint__", None)
        if endpoint is not None and endpoint.callableTrigger is not None:
            handler = inspect.unwrap(function)
            hints = typing.get_type_hints(handler)
            _, argument = inspect.signature(handler).parameters
            found[name] = (function, hints[argument].model_json_schema())
    return found


def valid(schema: dict[str, Any], root: dict[str, Any]) -> Strategy:
    """Bodies that a JSON schema of pydantic allows, or nearly so."""
    if "$ref" in schema:
        return st.deferred(lambda: valid(root["$defs"][schema["$ref"].rpartition("/")[2]], root))
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of(*(valid(each, root) for each in schema[several]))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            return _object(schema, root)
        case "array":
            most = min(schema.get("maxItems", 4), 4)
            return st.lists(valid(schema["items"], root), max_size=most)
        case "string" if schema.get("format") == "date-time":
            return st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat())
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"])
        case "string":
            return st.sampled_from(["p00001", "red shoes under $30", "0" * 32]) | st.text(
                min_size=schema.get("minLength", 0), max_size=20
            )
        case "integer":
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 99))
        case "number":
            return st.floats(schema.get("minimum", 0.0), schema.get("maximum", 1e6))
        case "boolean":
            return st.booleans()
        case _:
            return st.none()


def _object(schema: dict[str, Any], root: dict[str, Any]) -> Strategy:
    fields = {name: valid(each, root) for name, each in schema.get("properties", {}).items()}
    needed = set(schema.get("required", fields))
    if not fields and isinstance(schema.get("additionalProperties"), dict):
        names = st.sampled_from(["query", "product_id", "clip_id"]) | st.text(max_size=8)
        return st.dictionaries(names, valid(schema["additionalProperties"], root), max_size=4)
    return st.fixed_dictionaries(
        {name: each for name, each in fields.items() if name in needed},
        optional={name: each for name, each in fields.items() if name not in needed},
    )


ODD_JSON: Strategy = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
# Copied, as what is drawn is changed.
JUNK: Strategy = (st.sampled_from(NASTY) | ODD_JSON).map(deepcopy)


@st.composite
def damaged(draw: st.DrawFn, sound: Strategy) -> Json:
    """A body with up to three things wrong with it."""
    holder = {"data": deepcopy(draw(sound))}
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(holder))
        container, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["replace", "remove", "add", "repeat"])):
            case "remove" if container is not holder:
                del container[key]
            case "add" if isinstance(container[key], dict):
                container[key][draw(st.text(max_size=8) | st.just("\ud800"))] = draw(JUNK)
            case "repeat" if isinstance(container[key], list):
                container[key] = container[key] * draw(st.sampled_from([2, 60, 200]))
            case _:
                container[key] = draw(JUNK)
    return holder


def _places(container: Json) -> Iterator[tuple[Json, Any]]:
    keys = list(container) if isinstance(container, dict) else range(len(container))
    for key in keys:
        yield container, key
        if isinstance(container[key], dict | list):
            yield from _places(container[key])


def written(body: Json) -> bytes:
    """As JSON, with what only text can hold."""
    text = json.dumps(body)
    for name, raw in RAW.items():
        text = text.replace(json.dumps(name), raw)
    return text.encode()


def answer(function: Callable[..., Any], body: bytes, token: str) -> tuple[int, Any]:
    app = Flask(__name__)
    headers = {"Authorization": token} if token else {}
    with app.test_request_context(
        method="POST", data=body, content_type="application/json", headers=headers
    ):
        response = function(request)
        return response.status_code, json.loads(response.get_data())


def test_no_body_makes_an_internal_error(main: ModuleType) -> None:
    known = callables(main)
    assert {"search", "log_events", "delete_my_data", "roll_back"} <= known.keys()
    ends: Counter[tuple[str, str]] = Counter()
    users = iter(range(10**9))

    def bodies(name: str) -> st.SearchStrategy[tuple[bytes, str | None]]:
        schema = known[name][1]
        # One in twenty is no JSON, and one in twenty comes from nobody.
        body = damaged(valid(schema, schema)).map(written)
        any_body = st.integers(0, 19).flatmap(lambda n: st.sampled_from(BROKEN) if n == 7 else body)
        sign_in = st.integers(0, 19).flatmap(
            lambda n: st.sampled_from(TOKENS) if n == 7 else st.none()
        )
        return st.tuples(any_body, sign_in)

    def fuzz(name: str) -> None:
        @settings(
            max_examples=-(-BODIES // len(known)),
            deadline=None,
            derandomize=not FULL,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(bodies(name))
        def once(call: tuple[bytes, str | None]) -> None:
            body, token = call
            if token is None:
                # Somebody else each time: budgets are not what is tried here.
                token = f"Bearer {_token(f'fuzz-{next(users)}', {'operator': True})}"
            note(f"{name} {body[:300]!r}")
            status, answered = answer(known[name][0], body, token)
            code = "OK" if "result" in answered else answered["error"]["status"]
            assert EXPECTED.get(code) == status or (code, status) == ("INVALID_ARGUMENT", 413)
            ends[name, code] += 1

        once()

    for name in sorted(known):
        fuzz(name)
    print(f"\n{sum(ends.values())} bodies: {dict(sum_by(ends, 1))}; {dict(sum_by(ends, 0))}")
    assert sum_by(ends, 0).keys() == known.keys()


def sum_by(ends: Counter[tuple[str, str]], part: int) -> Counter[str]:
    summed: Counter[str] = Counter()
    for key, count in ends.items():
        summed[key[part]] += count
    return summed
