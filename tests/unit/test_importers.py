"""Importers: every row a product or a line of the report."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer_job.__main__ import main
from indexer_job.build import build_release
from indexer_job.files import read_products
from indexer_job.importers.base import ImportFailed
from indexer_job.importers.run import import_catalog, parse_map
from shopfyp.api import SearchRequest
from shopfyp.catalog import MAX_PICTURES, Product
from shopfyp.release import open_release
from shopfyp.search import search

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MARKETPLACES = Path(__file__).resolve().parents[3] / "shared" / "data" / "marketplaces"


def run(tmp_path: Path, form: str, name: str, content: str, **options: object):
    """Import `content` as a file called `name`; its products and the report."""
    source, out = tmp_path / name, tmp_path / "out.jsonl"
    source.write_text(content, encoding="utf-8")
    report = import_catalog(source, form, out, **{"max_bad": 0.9} | options)
    return read_products(out), report, json.loads((tmp_path / "out.jsonl.report.json").read_text())


def test_csv_with_mapped_columns_and_cells_of_many_lines(tmp_path: Path) -> None:
    content = '\ufeffsku,Name,Cost\r\n1,"A lamp,\nwith a shade","$1,299.50"\r\n2,Mug,\r\n'
    columns = parse_map("product_id=sku,title=Name,price=Cost")
    products, report, _ = run(tmp_path, "csv", "a.csv", content, columns=columns)
    assert [(p.product_id, p.title, p.price) for p in products] == [
        ("1", "A lamp, with a shade", 1299.5),
        ("2", "Mug", None),
    ]
    assert report.summary() == "2 of 2 rows imported, 0 skipped"


def test_broken_rows_are_named_by_line_and_field(tmp_path: Path) -> None:
    lines = [
        '{"product_id": "1", "title": "Good"}',
        "{",
        '{"product_id": "2"}',
        '{"product_id": "3", "title": "Bad price", "price": -5}',
        '{"product_id": "4", "title": "Bad price", "price": NaN}',
        '{"product_id": "1", "title": "Twice"}',
        "[]",
    ]
    products, _, report = run(tmp_path, "jsonl", "a.jsonl", "\n".join(lines) + "\n")
    assert [p.title for p in products] == ["Good"]
    assert [row["line"] for row in report["skipped_rows"]] == [2, 3, 4, 5, 6, 7]


def test_a_shop_says_in_many_ways_that_it_is_sold_out_and_when_a_product_was_published(
    tmp_path: Path,
) -> None:
    gone = ["out_of_stock", "https://schema.org/OutOfStock", "Sold Out", "0.0", "unavailable"]
    there = ["in_stock", "https://schema.org/InStock", "7", "10.0", ""]
    rows = [f"{place},A lamp,{said},2026-02-01" for place, said in enumerate([*gone, *there])]
    rows += ["z,A lamp,,2026-02-01T10:00:00+02:00", "y,A lamp,,soon"]
    columns = parse_map("in_stock=availability,published_at=since")
    header = "product_id,title,availability,since\n"
    products, _, report = run(tmp_path, "csv", "a.csv", header + "\n".join(rows), columns=columns)
    assert [p.in_stock for p in products] == [False] * 5 + [True] * 6
    assert products[0].published_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert products[-1].published_at == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert [row["field"] for row in report["skipped_rows"]] == ["published_at"]


def test_an_address_that_is_none_costs_its_row_at_most(tmp_path: Path) -> None:
    line = '{"product_id": "1", "title": "A lamp", "url": "https://[x", "price": 3}'
    products, *_ = run(tmp_path, "jsonl", "a.jsonl", line)
    assert [p.currency for p in products] == ["USD"]


def test_too_many_broken_rows_fail_and_leave_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("old")
    (tmp_path / "a.jsonl").write_text('{"product_id": "1", "title": "x"}\n{\n')
    with pytest.raises(ImportFailed):
        import_catalog(tmp_path / "a.jsonl", "jsonl", tmp_path / "out.jsonl", max_bad=0.05)
    assert (tmp_path / "out.jsonl").read_text() == "old"


def test_missing_columns_and_empty_sources_are_named(tmp_path: Path) -> None:
    for content in ("", "url,price\n1,2\n"):
        with pytest.raises(ImportFailed):
            run(tmp_path, "lazada", "a.csv", content)


def test_amazon_2023_with_its_categories(tmp_path: Path) -> None:
    (tmp_path / "amazon_categories.csv").write_text("id,category_name\n7,Kitchen\n")
    header = (
        "asin,title,imgUrl,productURL,stars,reviews,price,listPrice,category_id,"
        "isBestSeller,boughtInLastMonth\n"
    )
    row = "B01,A pan,https://i/x.jpg,https://a/B01,4.5,12,19.99,29.99,7,False,300\n"
    (pan,), *_ = run(tmp_path, "kaggle-amazon-2023", "a.csv", header + row)
    assert (pan.product_id, pan.category, pan.price, pan.list_price) == (
        "B01", ["Kitchen"], 19.99, 29.99,
    )  # fmt: skip
    assert (pan.rating, pan.rating_count, pan.sold_count) == (4.5, 12, 300)


def test_amazon_categories_in_rupees(tmp_path: Path) -> None:
    header = (
        "name,main_category,sub_category,image,link,ratings,no_of_ratings,"
        "discount_price,actual_price\n"
    )
    row = 'A fan,appliances,Fans,https://i,https://a.in/x/dp/B07ABCDEFG/r,4.1,"1,234","₹1,299","₹2,499"\n'
    (fan,), *_ = run(tmp_path, "kaggle-amazon-categories", "a.csv", header + row)
    assert (fan.product_id, fan.price, fan.list_price, fan.currency) == (
        "B07ABCDEFG", 1299, 2499, "INR",
    )  # fmt: skip
    assert fan.rating_count == 1234


def test_amazon_reviews_metadata(tmp_path: Path) -> None:
    record = {
        "parent_asin": "B02",
        "title": "A &amp; B <b>game</b>",
        "main_category": "Games",
        "average_rating": 4.2,
        "rating_number": 9,
        "description": ["First.", "Second."],
        "price": "—",
        "images": [
            {"large": "https://i/l.jpg", "hi_res": None},
            {"large": "https://i/m.jpg", "hi_res": "https://i/h.jpg"},
            {"large": "https://i/l.jpg"},
            "https://i/s.jpg",
        ],
        "categories": ["Games", "Cards"],
        "details": '{"Players": "2"}',
        "store": "Maker",
    }
    content = json.dumps(record) + "\n"
    (game,), *_ = run(tmp_path, "amazon-reviews-2023", "a.jsonl", content)
    assert (game.product_id, game.title, game.price) == ("B02", "A & B game", None)
    assert game.category[-1] == "Cards"
    assert game.brand == "Maker"
    assert game.image_url == "https://i/l.jpg"
    assert game.image_urls == ["https://i/h.jpg", "https://i/s.jpg"]
    by_size = {"large": ["https://i/l.jpg", "https://i/m.jpg"], "hi_res": [None, "https://i/h.jpg"]}
    content = json.dumps(record | {"images": by_size}) + "\n"
    (game,), *_ = run(tmp_path, "amazon-reviews-2023", "b.jsonl", content)
    assert [game.image_url, *game.image_urls] == ["https://i/l.jpg", "https://i/h.jpg"]


def test_groups_pictures_and_ratings_of_any_shop(tmp_path: Path) -> None:
    header = "id,name,item_group_id,image,more,stars\n"
    rows = (
        'a,Mug,mug,https://i/w_1,h_2/a.jpg,"https://i/b.jpg, https://i/c,d.jpg",""\n'
        'b,Mug,mug,,"[""https://i/b.jpg"", ""https://i/b.jpg""]","[0, 1, 2, 3, 4]"\n'
        'c,Mug,,,javascript:alert(1),"[1, 2]"\n'
    ).replace("https://i/w_1,h_2/a.jpg", '"https://i/w_1,h_2/a.jpg"')
    columns = parse_map(
        "product_id=id,title=name,group_id=item_group_id,image_url=image,image_urls=more,"
        "rating_histogram=stars"
    )
    (a, b, c), *_ = run(tmp_path, "csv", "a.csv", header + rows, columns=columns)
    assert [p.group_id for p in (a, b, c)] == ["mug", "mug", ""]
    assert a.image_url == "https://i/w_1,h_2/a.jpg"
    assert a.image_urls == ["https://i/b.jpg", "https://i/c,d.jpg"]
    assert (b.image_url, b.image_urls) == ("https://i/b.jpg", [])
    assert (c.image_url, c.image_urls) == ("", [])
    assert [p.rating_histogram for p in (a, b, c)] == [[], [0, 1, 2, 3, 4], []]


def test_more_pictures_than_a_product_may_have_are_left_out(tmp_path: Path) -> None:
    pictures = [f"https://i/{n}.jpg" for n in range(30)]
    content = json.dumps({"product_id": "a", "title": "Mug", "image_urls": pictures}) + "\n"
    (mug,), *_ = run(tmp_path, "jsonl", "a.jsonl", content)
    assert [mug.image_url, *mug.image_urls] == pictures[: MAX_PICTURES + 1]


def test_the_three_marketplace_files(tmp_path: Path) -> None:
    if not MARKETPLACES.is_dir():
        pytest.skip(f"the real marketplace samples are not at {MARKETPLACES}")
    everything: list[Product] = []
    for form in ("lazada", "shein", "shopee"):
        out = tmp_path / f"{form}.jsonl.gz"
        source = MARKETPLACES / f"{form}-products.csv.gz"
        assert main(["import", str(source), "--format", form, "--out", str(out)]) == 0
        products = read_products(out)
        assert len(products) >= 950
        assert gzip.decompress(out.read_bytes())
        assert all("<" not in p.title for p in products)
        assert sum(p.price is not None for p in products) > 900
        assert all(p.list_price is None or p.list_price > (p.price or 0) for p in products)
        assert all(p.category for p in products[:50])
        assert sum(bool(p.image_urls) for p in products) > 500
        assert not any(".html" in at for p in products for at in p.image_urls)
        everything += products[:40]
    # Together they are one shop, which answers.
    build_release(everything, tmp_path / "release")
    release = open_release(tmp_path / "release")
    for wanted in everything[::20]:
        request = SearchRequest(query=wanted.title[:200], event_id="e", at=NOW, limit=3)
        found = [item.product.title for item in search(release, request, NOW).products]
        assert wanted.title in found or not wanted.in_stock
