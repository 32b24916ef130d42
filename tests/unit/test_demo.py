"""The demo's data: coherent, deterministic, drawn, and true to its shoppers' tastes."""

import itertools
import socket
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import av
import numpy as np
import pytest

from indexer_job.demo.catalog import demo_products
from indexer_job.demo.clips import demo_clips, render_clip
from indexer_job.demo.emulators import EmulatorError, refuse_taken_ports
from indexer_job.demo.illustrations import product_art, product_svg
from indexer_job.demo.personas import demo_events, personas
from indexer_job.demo.variants import with_variants
from indexer_job.files import user_event
from shopfyp.catalog import Product
from shopfyp.variants import options_of


@pytest.fixture(scope="module")
def products() -> list[Product]:
    return demo_products()


def test_there_is_a_whole_shop(products: list[Product]) -> None:
    assert len(products) >= 4000
    assert len({p.product_id for p in products}) == len(products)
    assert len({p.category[0] for p in products}) >= 16
    assert len({p.attributes["type"] for p in products}) >= 60


def test_the_same_seed_gives_the_same_shop(products: list[Product]) -> None:
    assert demo_products() == products
    assert demo_products(seed=8) != products


def test_products_are_coherent(products: list[Product]) -> None:
    for p in products:
        assert str(p.attributes["colour"]).capitalize() in p.title
        assert p.brand in p.title
        assert p.list_price is None or p.list_price > (p.price or 0)
        if "theme" in p.attributes:
            assert str(p.attributes["theme"]) in p.title
        if "Kids' shoes" in p.category:
            assert max(int(size) for size in p.attributes["sizes"]) <= 38


def test_there_are_ben_10_shoes_for_a_ten_year_old_and_near_misses(products) -> None:
    ben10 = [p for p in products if p.attributes.get("theme") == "Ben 10"]
    shoes = [p for p in ben10 if p.category[0] == "Shoes"]
    assert len(shoes) >= 15
    fitting = [p for p in shoes if p.attributes["age_range"] in {"8-12 years", "9-11 years"}]
    assert len(fitting) >= 5
    assert len({p.attributes["type"] for p in ben10}) >= 10


def test_every_type_has_a_drawing_of_its_own(products: list[Product]) -> None:
    drawings = set()
    for p in {p.attributes["type"]: p for p in products}.values():
        svg = product_svg(p)
        ElementTree.fromstring(svg)
        assert len(svg.encode()) <= 4096
        shapes = ElementTree.fromstring(f"<g>{product_art(p)}</g>").iter("path")
        drawings.add(tuple(path.get("d") for path in shapes)[:4])
    assert len(drawings) >= 60


def test_pictures_have_further_views_in_the_same_file(products: list[Product]) -> None:
    pot = products[0]
    views = ElementTree.fromstring(product_svg(pot)).iter("{http://www.w3.org/2000/svg}view")
    named = {f"{pot.image_url}#{view.get('id')}": view.get("viewBox") for view in views}
    assert list(named) == pot.image_urls
    assert len({*named.values(), "0 0 400 400"}) == 3


def test_ratings_are_spread_as_their_mean_says(products: list[Product]) -> None:
    rated = [p for p in with_variants(products) if p.rating_histogram]
    assert len(rated) > 1000
    for p in rated:
        assert sum(p.rating_histogram) == p.rating_count
        total = sum(stars * n for stars, n in enumerate(p.rating_histogram, 1))
        assert total / p.rating_count == pytest.approx(p.rating, abs=0.0501)
        assert min(p.rating_histogram) >= 0


def test_variants_are_one_product_in_colours_and_sizes(products: list[Product]) -> None:
    catalogue = with_variants(products)
    assert catalogue == with_variants(products)
    assert [p.product_id for p in catalogue[: len(products)]] == [p.product_id for p in products]
    assert len({p.product_id for p in catalogue}) == len(catalogue)
    groups = {p.group_id: [q for q in catalogue if q.group_id == p.group_id] for p in catalogue}
    groups.pop("")
    assert len(groups) >= 60
    options = {tuple(options_of(group)[0]) for group in groups.values()}
    assert options == {("colour",), ("colour", "size")}
    for group in groups.values():
        chosen = [tuple(options.values()) for options in options_of(group)]
        assert len({*chosen}) == len(group) >= 4
        assert len({p.title for p in group}) == len(group)
        for p in group:
            assert str(p.attributes["colour"]).capitalize() in p.title
            assert p.price == group[0].price
            # The sizes of a colour share its picture.
            same = [q for q in group if q.attributes["colour"] == p.attributes["colour"]]
            assert {q.image_url for q in same} == {same[0].image_url}
    assert any(not p.in_stock for group in groups.values() for p in group)


def test_events_are_valid_and_follow_tastes(products: list[Product]) -> None:
    records = demo_events(products)
    events = [user_event(record, "demo") for record in records]
    assert len({e.event.event_id for e in events}) == len(events) > 10_000
    by_id = {p.product_id: p for p in products}
    tastes = {p.user_id: p for p in personas()}
    assert len(tastes) == 200
    bought = [
        (tastes[r["user_id"]], by_id[r["product_id"]]) for r in records if r["type"] == "purchase"
    ]
    liked = np.mean([persona.likes(product) for persona, product in bought])
    chance = np.mean([persona.likes(p) for persona, _ in bought[:50] for p in products[::20]])
    assert liked > 0.8 > 5 * chance


def test_what_a_clip_sells_fits_its_topic_and_can_be_had(products: list[Product]) -> None:
    by_id = {p.product_id: p for p in products}
    casts = {c.topic: [by_id[i] for i in c.product_ids] for c in demo_clips(products)}
    assert all(p.in_stock for cast in casts.values() for p in cast)
    pans = [p.attributes["type"] for p in casts["frying pans"]]
    assert pans == ["Frying Pan", "Spatula Set", "Chef's Knife"]
    hero = {p.attributes.get("theme") for p in casts["Ben 10 toys and clothes"]}
    assert hero == {"Ben 10"}


def test_clips_show_products_and_loop(products: list[Product], tmp_path: Path) -> None:
    clips = demo_clips(products)
    assert len(clips) >= 24
    by_id = {p.product_id: p for p in products}
    clip = clips[0]
    render_clip(clip, [by_id[i] for i in clip.product_ids], tmp_path, frames=24, scale=0.25)
    with av.open(str(tmp_path / f"{clip.clip_id}.mp4")) as file:
        frames = [f.to_ndarray(format="rgb24").astype(float) for f in file.decode(video=0)]
    assert len(frames) == 24
    assert frames[0].shape == (240, 134, 3)
    steps = [np.abs(a - b).mean() for a, b in itertools.pairwise(frames)]
    # From the last frame back to the first is a step like any other.
    assert np.abs(frames[-1] - frames[0]).mean() < 2 * max(steps)
    assert max(steps) > 0.5


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=rf"port {port} \(storage\) is taken"):
            refuse_taken_ports({"storage": port})
