"""The page that is shared: what its head says, that no text breaks out of it, when it fails."""

import json
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask, request

from shopfyp.budgets import Budgets, Drawn
from shopfyp.product_page import Page, Shell, ShellError, product_id_of, with_product
from shopfyp.store import products
from tests.conftest import product
from tests.unit.test_functions import _python
from tests.unit.test_functions import main as main

ROOT = Path(__file__).resolve().parents[2]
SHELL = (ROOT / "hosting" / "index.html").read_text()
ORIGIN = "https://shop.example"
PAN = product(
    "pan-1",
    "Cast iron pan, 28 cm",
    description="Heavy.\nLasts.",
    brand="Ironside",
    price=39.5,
    currency="EUR",
    rating=4.5,
    rating_count=12,
    group_id="pan",
    image_url="/demo/pan.jpg",
    image_urls=["/demo/pan.jpg#side", "https://cdn.example/pan-2.jpg"],
)


class Head(HTMLParser):
    """The tags of a page's head: its title, what its metas say, its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title, self.inside = "", ""
        self.metas: dict[str, str] = {}
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.inside = tag
        if tag == "meta" and (name := found.get("property") or found.get("name")):
            # One colour of the browser's bar for each look.
            name += f" {found['media']}" if "media" in found else ""
            assert name not in self.metas, f"{name} is there twice"
            self.metas[name] = str(found["content"])
        if tag == "script":
            self.scripts.append((found, ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "title":
            self.title += data
        if self.inside == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)

    @property
    def json_ld(self) -> dict:
        (data,) = (text for attrs, text in self.scripts if attrs.get("type") != "module")
        return json.loads(data)


def test_the_head_says_what_the_product_is() -> None:
    head = Head(with_product(SHELL, PAN, ORIGIN))
    assert head.title == "Cast iron pan, 28 cm · ShopFYP"
    said = {
        "description": "Heavy. Lasts.",
        "og:type": "product",
        "og:title": "Cast iron pan, 28 cm",
        "og:description": "Heavy. Lasts.",
        "og:url": f"{ORIGIN}/product/pan-1",
        "og:image": f"{ORIGIN}/demo/pan.jpg",
        "product:price:amount": "39.50",
        "product:price:currency": "EUR",
        "twitter:card": "summary_large_image",
    }
    assert said.items() <= head.metas.items()
    assert head.json_ld["offers"]["price"] == "39.50"
    assert head.json_ld["image"] == [f"{ORIGIN}/demo/pan.jpg", "https://cdn.example/pan-2.jpg"]
    assert head.json_ld["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": 4.5, "reviewCount": 12,
    }  # fmt: skip
    # It is the app all the same, and has one title.
    assert head.tags.count("title") == 1
    assert any(attrs.get("src") == "/src/main.ts" for attrs, _ in head.scripts)
    assert 'id="root"' in with_product(SHELL, PAN, ORIGIN)


def test_what_is_not_known_is_not_said() -> None:
    head = Head(with_product(SHELL, product("p", "Pan"), ORIGIN))
    assert not {"og:image", "product:price:amount"} & {*head.metas}
    assert head.metas["description"] == "Pan"
    assert not {"offers", "image", "brand", "aggregateRating"} & {*head.json_ld}


@pytest.mark.parametrize(
    "hostile",
    [
        "</title><script>alert(1)</script>",
        '"><script>alert(1)</script>',
        "' onload='alert(1)",
        "</script><script>alert(1)</script>",
        "<!--<script>",
        r"\1 \g<0> \u003cscript>",
        "a\u2028b & c &lt;script&gt;",
    ],
)
def test_no_text_breaks_out_of_its_place(hostile: str) -> None:
    plain = Head(with_product(SHELL, product("p", "x", description="x", brand="x"), ORIGIN))
    evil = product(
        "p", hostile, description=hostile, brand=hostile, image_url=hostile, group_id=hostile
    )
    html = with_product(SHELL, evil, ORIGIN)
    head = Head(html)
    scripts = [attrs for attrs, _ in head.scripts]
    assert scripts == [attrs for attrs, _ in plain.scripts]
    assert len(head.tags) == len(plain.tags) + 2  # og:image and its alt
    assert "alert(1)</script>" not in html
    assert head.metas["og:title"] == hostile
    assert head.json_ld["name"] == hostile


def test_a_long_description_is_cut_between_words() -> None:
    long = product("p", "Pan", description="heavy iron " * 100)
    said = Head(with_product(SHELL, long, ORIGIN)).metas["description"]
    assert len(said) <= 200
    assert said.endswith(("heavy…", "iron…"))


@pytest.mark.parametrize(
    ("path", "product_id"),
    [
        ("/product/pan-1", "pan-1"),
        ("/product/pan-1/", "pan-1"),
        ("/product/ein Topf", "ein Topf"),
        ("/product/", None),
        ("/product/a/b", None),
        ("/product/..", None),
        ("/product/__x__", None),
        ("/product/" + "x" * 129, None),
    ],
)
def test_the_path_names_the_product(path: str, product_id: str | None) -> None:
    assert product_id_of(path) == product_id


GUARDED = {"Content-Security-Policy": "default-src 'none'", "X-Frame-Options": "DENY"}


class Hosting(HTTPServer):
    """A Hosting of our own: what it serves, and whether it is well."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.html, self.status, self.cut = SHELL, 200, False
        self.answers: list[int] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Hosting

    def do_GET(self) -> None:
        etag = f'"{hash(self.server.html)}"'
        same = self.headers["If-None-Match"] == etag
        status = self.server.status if self.path == "/index.html" else 404
        status = 304 if status == 200 and same else status
        self.server.answers.append(status)
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Server-Timing", "none of the page's business")
        for header in GUARDED.items():
            self.send_header(*header)
        if self.server.cut:
            self.send_header("Content-Length", str(len(self.server.html.encode()) + 1))
        self.end_headers()
        if status == 200:
            self.wfile.write(self.server.html.encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def hosting() -> Iterator[Hosting]:
    server = Hosting()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_shell_is_kept_until_a_deploy(hosting: Hosting) -> None:
    shell = Shell(hosting.origin)
    assert [shell.get(), shell.get()] == [Page(SHELL, GUARDED)] * 2
    hosting.html = SHELL.replace("ShopFYP", "Deployed")
    assert "Deployed" in shell.get().html
    hosting.status = 500
    assert "Deployed" in shell.get().html
    hosting.status, hosting.cut, hosting.html = 200, True, SHELL
    assert "Deployed" in shell.get().html
    hosting.status, hosting.cut = 500, False
    assert hosting.answers == [200, 304, 200, 500, 200]
    with pytest.raises(ShellError):
        Shell(hosting.origin).get()


@pytest.fixture
def page(main, hosting: Hosting, monkeypatch: pytest.MonkeyPatch):
    """The function, with one product in Firestore; called by a path, from any Host."""
    monkeypatch.setenv("SITE_ORIGIN", hosting.origin)
    monkeypatch.setattr(products, "load_product", {"pan-1": PAN}.get)
    main._shell.cache_clear()

    def get(path: str, method: str = "GET", headers: dict[str, str] | None = None):
        with Flask(__name__).test_request_context(
            path, method=method, base_url="https://evil.test", headers=headers
        ):
            return main.product_page(request)

    yield get
    main._shell.cache_clear()


def test_a_product_has_its_page_and_a_stranger_the_plain_app(page, hosting: Hosting) -> None:
    known = page("/product/pan-1")
    assert known.status_code == 200
    assert known.mimetype == "text/html"
    assert GUARDED.items() <= dict(known.headers).items(), "as Hosting would guard the page"
    assert "Server-Timing" not in known.headers
    assert known.headers["Cache-Control"] == "public, max-age=300, s-maxage=3600"
    assert Head(known.get_data(as_text=True)).metas["og:url"] == f"{hosting.origin}/product/pan-1"
    assert "evil.test" not in known.get_data(as_text=True)
    for path in ("/product/gone", "/product/__x__", "/product/a/b"):
        missing = page(path)
        assert (missing.status_code, missing.get_data(as_text=True)) == (404, SHELL)
        assert "s-maxage=60" in missing.headers["Cache-Control"]
    assert page("/product/pan-1", "POST").status_code == 405


def test_the_app_is_served_when_firestore_is_not_there(page, monkeypatch, capsys) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("down")

    monkeypatch.setattr(products, "load_product", broken)
    answer = page("/product/pan-1")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, SHELL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "RuntimeError: down" in capsys.readouterr().err


def test_a_flood_of_one_address_reads_no_product_and_keeps_no_page_from_others(
    main, page, monkeypatch
) -> None:
    # Time stands still: a minute that begins meanwhile would bring another share.
    budgets = Budgets(lambda *_: Drawn(0, 12.4), main._now, lambda: 0.0)
    monkeypatch.setattr(main._callables, "budgets", budgets)
    flood, others = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}

    def text(headers: dict[str, str]) -> str:
        return page("/product/pan-1", headers=headers).get_data(as_text=True)

    titled = [PAN.title in text(flood) for _ in range(main.READING // 20 + 1)]
    assert titled == [True] * (main.READING // 20) + [False]
    plain = page("/product/pan-1", headers=flood)
    assert (plain.status_code, text(flood)) == (200, SHELL)
    assert plain.headers["Cache-Control"] == "no-store"
    assert PAN.title in text(others)


def test_without_an_app_it_asks_to_come_again(page, hosting: Hosting) -> None:
    hosting.status = 500
    answer = page("/product/pan-1")
    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Retry-After"]


def test_the_site_is_the_projects_own_unless_one_is_named(main, monkeypatch) -> None:
    monkeypatch.setenv("GCLOUD_PROJECT", "my-shop")
    assert main.origin() == "https://my-shop.web.app"
    monkeypatch.setenv("SITE_ORIGIN", "https://shop.example")
    assert main.origin() == "https://shop.example"


def test_a_request_is_logged_as_a_call_is(page, capsys: pytest.CaptureFixture[str]) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    page("/product/pan-1", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    (entry,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if trace in line]
    assert entry["message"] == "call"
    assert (entry["function"], entry["outcome"]) == ("product_page", "ok")
    assert "pan-1" not in json.dumps(entry)


def test_it_loads_no_model() -> None:
    code = """
import sys, shopfyp.product_page, shopfyp.store.products
print([m for m in ("onnxruntime", "faiss", "tokenizers", "bm25s") if m in sys.modules])
"""
    assert _python(code).splitlines()[-1] == "[]"


def test_hosting_asks_the_function_before_it_serves_the_app() -> None:
    rewrites = json.loads((ROOT / "firebase.json").read_text())["hosting"]["rewrites"]
    sources = [rewrite["source"] for rewrite in rewrites]
    place = sources.index("/product/**")
    assert place < len(sources) - 1
    function = rewrites[place]["function"]
    assert function["functionId"] == "product_page"
    env = (ROOT / "functions" / ".env").read_text()
    assert f"FUNCTIONS_REGION={function['region']}\n" in env
