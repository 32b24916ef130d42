"""What every callable does around its work: how errors end, bodies, origins, budgets, logs."""

import json
import re
import subprocess
import time
from datetime import date
from io import BytesIO
from types import SimpleNamespace

import google.auth
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, request
from google.api_core.exceptions import Aborted, RetryError, ServiceUnavailable
from google.auth.credentials import AnonymousCredentials

from shopfyp import api, settings
from shopfyp.budgets import Budgets, Drawn
from shopfyp.callables import MAX_BODY_BYTES, Callables
from shopfyp.errors import SettingError, Unsigned
from shopfyp.latency import Recorder
from tests.unit.test_functions import CALLABLES, EVENT, SEARCH, _python, call
from tests.unit.test_functions import main as main  # a fixture


def test_calls_are_counted_by_how_they_end(main, monkeypatch) -> None:
    saved = []
    recorder = Recorder(lambda _, calls: saved.append(calls), lambda: date(2026, 3, 1))
    monkeypatch.setattr(main._callables, "calls", recorder)
    call(main.similar, {"product_id": "a/b"})
    call(main.similar, {}, user_id=None)
    monkeypatch.setattr(main, "_release", lambda: 1 / 0)
    assert call(main.similar, {"product_id": "p"})[0] == 500
    recorder.flush()
    outcomes = {"invalid-argument": 1, "unauthenticated": 1, "internal": 1}
    assert [calls["similar"].outcomes for calls in saved] == [outcomes]


def test_an_error_in_our_own_answer_is_not_blamed_on_the_request(main, monkeypatch) -> None:
    broken = lambda *_: api.SimilarResponse.model_validate({})  # noqa: E731
    monkeypatch.setattr("shopfyp.recommend.similar", broken)
    monkeypatch.setattr(main, "_release", lambda: None)
    assert call(main.similar, {"product_id": "p"})[0] == 500


def test_a_roll_back_to_what_nobody_signed_says_so(main, monkeypatch) -> None:
    def unsigned(*_: object) -> None:
        raise Unsigned("manifest.json is not signed")

    monkeypatch.setattr(main, "_bucket", lambda: None)
    monkeypatch.setattr("shopfyp.history.roll_back", unsigned)
    status, answer = call(main.roll_back, {"version": "v"}, operator=True)
    assert (status, answer["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert answer["error"]["message"] == "version: manifest.json is not signed"


def test_a_bug_tells_the_caller_nothing_and_the_log_no_text(main, monkeypatch, capfd) -> None:
    def broken() -> None:
        raise RuntimeError("red shoes for Ann")

    monkeypatch.setattr(main, "_release", broken)
    status, answer = call(main.search, SEARCH | {"query": "red shoes for Ann"})
    assert (status, answer["error"]) == (500, {"status": "INTERNAL", "message": "INTERNAL"})
    logged = capfd.readouterr()
    assert "Ann" not in logged.out + logged.err
    (entry,) = [json.loads(line) for line in logged.err.splitlines() if '"bug"' in line]
    assert entry["error"] == "RuntimeError"
    assert any(at.startswith("test_callables.py:") for at in entry["at"])


def test_what_is_sent_in_place_of_a_token_is_not_logged(main, caplog) -> None:
    call(main.similar, {}, user_id=None, headers={"Authorization": "Bearer Ann's"})
    assert "Error validating token" in caplog.text
    assert "Ann" not in caplog.text


@pytest.mark.parametrize(
    "failure", [ServiceUnavailable("down"), Aborted("contended"), RetryError("gave up", None)]
)
def test_when_storage_fails_the_caller_may_try_again(main, monkeypatch, failure) -> None:
    def fails(*_: object) -> None:
        raise failure

    def gives_up(*_: object) -> None:
        raise ValueError("Failed to commit transaction in 5 attempts.") from failure

    for how in (fails, gives_up):
        monkeypatch.setattr(main.shoppers, "log_events", how)
        status, answer = call(main.log_events, {"events": [EVENT]})
        assert (status, answer["error"]["status"]) == (503, "UNAVAILABLE")


@pytest.mark.parametrize("name", sorted(CALLABLES))
def test_a_body_is_bounded_and_a_callables(main, name: str) -> None:
    app = Flask(__name__)

    def answer_to(**body) -> tuple[int, str]:
        with app.test_request_context(method="POST", **body):
            response = getattr(main, name)(request)
            return response.status_code, response.get_json()["error"]["status"]

    large = b'{"data": "' + b"x" * MAX_BODY_BYTES + b'"}'
    as_json = {"content_type": "application/json"}
    assert answer_to(data=large, **as_json) == (413, "INVALID_ARGUMENT")
    # One that does not say how long it is is read so far and no further.
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    stream = BytesIO(large + large)
    assert answer_to(input_stream=stream, environ_overrides=chunked, **as_json)[0] == 400
    assert stream.tell() <= MAX_BODY_BYTES
    deep = [b'{"data":' + b"[" * n + b"]" * n + b"}" for n in (40, 900, 50_000)]
    for body in (b"", b"{", b"[]", b'"data"', b"null", b"{}", b'{"data": {}, "more": 1}', *deep):
        assert answer_to(data=body, **as_json) == (400, "INVALID_ARGUMENT"), body[:60]
    assert answer_to(data=b'{"data": {}}', content_type="text/plain")[0] == 400
    with app.test_request_context(method="GET"):
        assert getattr(main, name)(request).status_code == 400


@pytest.mark.parametrize("name", sorted(CALLABLES))
def test_other_sites_may_not_call(main, name: str) -> None:
    """A browser asks first, by OPTIONS: only our own pages are named in the answer."""
    app = Flask(__name__)
    allowed = {
        "https://demo-shopfyp.web.app": True,
        "https://demo-shopfyp.firebaseapp.com": True,
        "https://demo-shopfyp--pr7-abc123.web.app": True,
        "https://evil.example": False,
        "https://demo-shopfyp--x.web.app.evil.example": False,
        "https://evil--demo-shopfyp--x.web.app": False,
        "null": False,
    }
    for origin, own in allowed.items():
        asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        with app.test_request_context(method="OPTIONS", headers=asks):
            answer = getattr(main, name)(request)
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if own else None)


def test_other_apps_may_call_where_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ORIGINS", "https://app.example, http://localhost:5173")
    named = set(settings.origins())
    monkeypatch.setenv("APP_ORIGINS", "")
    assert named - set(settings.origins()) == {"https://app.example", "http://localhost:5173"}


@pytest.mark.parametrize("address", ["*", "https://*.example", "app.example", "http://app.example"])
def test_a_pattern_is_no_address_of_an_app(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ORIGINS", address)
    with pytest.raises(SettingError, match=r"APP_ORIGINS: .* is no address"):
        settings.origins()


def test_app_check_is_enforced_where_it_is_asked_for() -> None:
    code = """
import sys
sys.path.insert(0, "..")
import main
from tests.unit.test_functions import CALLABLES, call
print([call(getattr(main, name), {})[0] for name in sorted(CALLABLES)])
"""
    tokens = {"FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:1"}
    refused = _python(code, ENFORCE_APP_CHECK="true", **tokens).splitlines()[-1]
    assert refused == str([401] * len(CALLABLES))
    # Without it these get as far as what they send.
    assert "401" not in _python(code, **tokens).splitlines()[-1]


def test_app_check_lets_in_what_google_signed_for_this_project(main, monkeypatch) -> None:
    """All of a token is verified but where the key is from: Google's cannot be asked for here."""
    ours, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    key = SimpleNamespace(key=ours.public_key())
    credentials = AnonymousCredentials()
    monkeypatch.setattr(google.auth, "default", lambda **_: (credentials, "demo-shopfyp"))
    monkeypatch.setattr(jwt.PyJWKClient, "get_signing_key_from_jwt", lambda *_: key)
    calls = Recorder(lambda *_: None, lambda: date(2026, 3, 1))
    app_only = Callables(calls, main._callables.budgets, origins=[], enforce_app_check=True)

    @app_only.of(api.NoRequest, {}, main.SHOWING)
    def similar(*_: object) -> api.DeleteMyDataResponse:
        return api.DeleteMyDataResponse(done=True)

    good = {
        "iss": "https://firebaseappcheck.googleapis.com/1234567890",
        "aud": ["projects/1234567890", "projects/demo-shopfyp"],
        "sub": "1:1234567890:web:abc",
        "exp": time.time() + 600,
    }

    def status(key: rsa.RSAPrivateKey = ours, **claims: object) -> int:
        token = jwt.encode(good | claims, key, algorithm="RS256")
        return call(similar, {}, headers={"X-Firebase-AppCheck": token})[0]

    assert status() == 200
    assert status(key=other) == 401
    assert status(aud=["projects/of-somebody-else"]) == 401
    assert status(iss="https://appcheck.evil.example/1234567890") == 401
    assert status(exp=time.time() - 600) == 401
    assert call(similar, {})[0] == 401


def test_how_long_events_are_kept_can_be_said_but_not_to_be_too_short() -> None:
    code = "from shopfyp import events; print(events.RETENTION.days)"
    assert _python(code).strip() == "90"
    assert _python(code, RETENTION_DAYS="30").strip() == "30"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        _python(code, RETENTION_DAYS="7")
    assert "RETENTION_DAYS: more than 7" in refused.value.stderr


def test_consent_can_be_required() -> None:
    code = "from shopfyp.store.shoppers import _STRANGER; print(_STRANGER.personalised)"
    assert _python(code).strip() == "True"
    assert _python(code, REQUIRE_CONSENT="true").strip() == "False"


def test_one_call_too_many_is_told_when_to_come_back(main, monkeypatch) -> None:
    drawn = []

    def empty(*request: object) -> Drawn:
        drawn.append(request)
        return Drawn(0, 12.4)

    monkeypatch.setattr(main._callables, "budgets", Budgets(empty, main._now, lambda: 0.0))
    bad = {"product_id": "a/b"}
    statuses = [call(main.similar, bad, user_id="eager")[0] for _ in range(8)]
    assert statuses == [400] * (main.SHOWING.shopper // 20) + [429] * 2
    answer = call(main.similar, bad, user_id="eager")[1]["error"]
    assert answer["status"] == "RESOURCE_EXHAUSTED"
    assert answer["details"] == {"retry_after_seconds": 13}
    assert len(drawn) == 1, "who was told to wait costs nothing until then"
    # Others, and other functions, go on.
    assert call(main.similar, bad, user_id="calm")[0] == 400
    assert call(main.recommend, {"cards": 0}, user_id="eager")[0] == 400


def test_a_calls_entries_share_an_id_and_the_last_one_says_where_its_time_went(
    main, monkeypatch, capfd
) -> None:
    monkeypatch.setattr(main.shoppers, "log_events", lambda *_: main.shoppers.Logged(1, 0, 0))
    trace = "0af7651916cd43dd8448eb211c80319c"
    for headers in ({"traceparent": f"00-{trace}-b7ad6b7169203331-01"}, {"traceparent": "'; --"}):
        call(main.log_events, {"events": [EVENT]}, headers=headers)
    traced, untraced = (json.loads(line) for line in capfd.readouterr().err.splitlines())
    assert traced.items() >= {"message": "call", "function": "log_events", "outcome": "ok"}.items()
    assert traced["request_id"] == trace
    assert traced["logging.googleapis.com/trace"] == f"projects/demo-shopfyp/traces/{trace}"
    assert set(traced["stages_ms"]) == {"budget", "store"}
    assert 0 <= sum(traced["stages_ms"].values()) <= traced["ms"]
    # What is no trace gets an id of its own, and is not repeated.
    assert re.fullmatch("[0-9a-f]{32}", untraced["request_id"])
    assert "--" not in json.dumps(untraced)
