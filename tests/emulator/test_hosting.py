"""What Hosting sends with every answer: what a page may do, and what must not be kept."""

import re
from pathlib import Path

import pytest
import requests

from tests.emulator.conftest import HOSTING

PATHS = [
    "/",
    "/search",
    "/product/gone",  # answered by a function
    "/feed.json",  # by a function
    "/manifest.webmanifest",
    "/sw.js",
    "/nowhere/at-all",
    "/assets/nothing.js",
]

APP = Path(__file__).resolve().parents[2] / "hosting" / "src" / "app" / "App.tsx"
ROUTES = re.findall(r'path="(/\w*)"', APP.read_text())  # but products', which a function answers


def policy(path: str) -> dict[str, list[str]]:
    text = requests.get(HOSTING + path, timeout=30).headers["Content-Security-Policy"]
    directives = (part.split() for part in text.split(";"))
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded(path: str) -> None:
    headers = requests.get(HOSTING + path, timeout=30).headers
    seconds = int(
        re.match(r"max-age=(\d+); includeSubDomains", headers["Strict-Transport-Security"])[1]
    )
    assert seconds >= 31_536_000
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert policy(path)["default-src"] == ["'none'"]
    if path == "/sw.js":
        return  # no page
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    # The window that signs in with Google must be able to answer.
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    for feature in ("camera", "microphone", "geolocation", "payment"):
        assert f"{feature}=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_no_script_and_no_style_but_our_files(path: str) -> None:
    sources = policy(path)
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "blob:", "https:", "http:"}
    assert not loose & {*sources["script-src"], *sources.get("style-src", [])}
    if path != "/sw.js":
        for closed in ("frame-ancestors", "base-uri", "object-src", "form-action"):
            assert sources[closed] == ["'none'"], closed
        assert not loose & {*sources["connect-src"]}


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    html = requests.get(HOSTING, timeout=30).text
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert "<style" not in html
    assert not re.findall(r"\son\w+=|\sstyle=", html)


@pytest.mark.parametrize("path", [*ROUTES, "/index.html", "/sw.js", "/manifest.webmanifest"])
def test_what_a_deployment_replaces_is_asked_for_anew(path: str) -> None:
    answer = requests.get(HOSTING + path, timeout=30)
    assert answer.ok
    assert answer.headers["Cache-Control"] == "no-cache"
