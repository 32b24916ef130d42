"""What fine-tuning learns from: queries of a catalogue and of events, in batches."""

import random

import numpy as np

from indexer_job.files import UserEvent, user_event
from indexer_job.finetune.batches import Batches, answering, hard_negatives
from indexer_job.finetune.queries import (
    Query,
    held_out,
    searches,
    split,
    successions,
    taken_together,
)
from indexer_job.finetune.templates import template_queries
from shopfyp.catalog import Product, product_text
from tests.conftest import product

COLOURS = ["red", "blue", "green", "black"]
KINDS = ["lamp", "rug", "chair", "vase", "clock", "desk"]
MATERIALS = ["oak", "wool", "steel", "glass", "brass", "cork", "clay"]


def shelf() -> list[Product]:
    """168 products, one of each colour, kind and material; titles say nothing of the material."""
    return [
        product(
            f"{colour}-{kind}-{material}",
            f"{colour} {kind}",
            brand=["acme", "bolt"][number % 2],
            attributes={"type": kind, "colour": colour, "material": material},
        )
        for colour in COLOURS
        for number, kind in enumerate(KINDS)
        for material in MATERIALS
    ]


def event(user: str, second: int, kind: str, what: str) -> UserEvent:
    name = "query" if kind == "search" else "product_id"
    at = f"2026-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
    raw = {"event_id": f"{user}-{second}", "user_id": user, "type": kind, name: what, "at": at}
    return user_event(raw, "test")


def shoppers() -> list[UserEvent]:
    """200 shoppers who take the same kind in another colour, time after time."""
    rng = random.Random(3)
    found = []
    for number in range(200):
        kind = rng.choice(KINDS)
        for place in range(6):
            taken = f"{rng.choice(COLOURS)}-{kind}-{rng.choice(MATERIALS)}"
            found.append(event(f"u{number}", 60 * place, "purchase", taken))
    return found


# Queries


def test_templates_ask_for_what_is_true_of_every_answer() -> None:
    products = shelf()
    queries = template_queries(products, 0)
    assert len(queries) > 2 * len(products)
    for query in queries:
        facts = dict(fact.split("=") for fact in query.group.split("; "))
        if "title" in facts:
            assert facts["title"] in products[query.answers[0]].title
            continue
        own = [
            row
            for row, p in enumerate(products)
            if all({**p.attributes, "brand": p.brand}[name] == facts[name] for name in facts)
        ]
        assert sorted(query.answers) == own
        assert all(value in query.text for value in facts.values())
    assert queries == template_queries(products, 0) != template_queries(products, 1)


def test_templates_follow_what_an_attribute_is_called() -> None:
    toys = [
        product(f"t{n}", "Blocks", attributes={"kind": "blocks", "age_range": "3-5 years",
                "gender": "girls", "dishwasher_safe": True})
        for n in range(60)
    ]  # fmt: skip
    texts = " / ".join(query.text for query in template_queries(toys, 0))
    for words in ("blocks for a 4-year-old", "for my daughter", "blocks with dishwasher safe"):
        assert words in texts


def test_a_catalogue_of_titles_alone_gives_queries_of_their_words() -> None:
    titles = [product("a", "Fire Emblem: The Sacred Stones"), product("b", "Tetris")]
    for query in template_queries(titles, 0):
        row = query.answers[0]
        assert query.group.removeprefix("title=") in titles[row].title.replace(":", "")


def test_a_product_answers_the_search_before_it_for_half_an_hour() -> None:
    events = [
        event("u", 0, "search", " Red  Lamp "),
        event("u", 30, "impression", "c"),
        event("u", 60, "select_item", "a"),
        event("v", 70, "purchase", "c"),
        event("u", 1800, "view_item", "b"),
        event("u", 1801, "purchase", "c"),
        event("v", 1900, "search", "red lamp"),
        event("v", 1910, "purchase", "d"),
    ]
    (query,) = searches(events, {"a": 0, "b": 1, "c": 2, "d": 3})
    assert (query.text, query.answers) == ("red lamp", (0, 1, 3))


def test_successions_and_what_is_taken_together() -> None:
    products = [product(name, f"title {name}") for name in "abcdefgh"]
    events = [event("u", at, "purchase", name) for at, name in enumerate("abbcdefg")]
    queries = successions(events, products)
    assert [(q.asked, q.answers) for q in queries] == [(n, (n + 1,)) for n in range(6)]
    assert queries[0].text == "title a"
    together = taken_together(events, {p.product_id: row for row, p in enumerate(products)})
    assert together[0] == {1, 2, 3, 4, 5}
    assert together[6] == {1, 2, 3, 4, 5}


def test_no_group_is_on_two_sides() -> None:
    queries = [*template_queries(shelf(), 0), *successions(shoppers(), shelf())]
    parts = split(queries)
    train, validation, test = ({query.group for query in part} for part in parts)
    assert len(train | validation | test) == len(train) + len(validation) + len(test)
    assert all(len(part) > 20 for part in parts)
    assert {q.kind for q in parts.test} == {"template", "next"}
    assert train == {query.group for query in queries if not held_out(query.group)}


# Batches


def batches_of(seed: int = 0) -> tuple[Batches, list[Query], dict[int, set[int]]]:
    products, events = shelf(), shoppers()
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(products), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = [*template_queries(products, 0), *successions(events, products)]
    typed = {query.text: vectors[0] for query in queries}
    together = taken_together(events, {p.product_id: row for row, p in enumerate(products)})
    hard = hard_negatives(queries, typed, vectors)
    for query, rows in zip(queries, hard, strict=True):
        assert not answering(query, together).intersection(rows)
    fields = [(p.title, product_text(p)) for p in products]
    made = Batches(queries, fields, hard, together, size=16, hard_per_batch=4, seed=seed)
    return made, queries, together


def test_hard_negatives_are_near_and_no_answers() -> None:
    vectors = np.eye(6, dtype=np.float32)
    towards = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], np.float32)
    asks = Query("template", "x", (0, 2), "x")
    (rows,) = hard_negatives([asks], {"x": towards}, vectors)
    assert rows.tolist() == [1, 3, 4, 5, -1, -1, -1, -1]


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, _, _ = batches_of()
    again, _, _ = batches_of()
    other, _, _ = batches_of(seed=1)
    for step in (70, 3, 200):
        one, two = first[step], again[step]
        assert one.texts == two.texts
        assert (one.answer == two.answer).all()
    assert first[3].texts != other[3].texts


def test_a_batch_counts_no_answer_as_wrong() -> None:
    made, queries, together = batches_of()
    right_for: dict[object, set[int]] = {}
    for query in queries:
        key = query.text if query.asked < 0 else query.asked
        right_for.setdefault(key, set()).update(answering(query, together))
    products = shelf()
    for step in range(60):
        batch = made[step]
        assert len(set(batch.texts)) == len(batch.texts)
        for row, title, text in zip(batch.rows, batch.title, batch.text, strict=True):
            assert batch.texts[title] == products[row].title
            assert batch.texts[text] == product_text(products[row])
        for place, answer, known in zip(batch.query, batch.answer, batch.known, strict=True):
            count = len(batch.rows)
            key = batch.rows[place] if place < count else batch.texts[place - count]
            right = right_for[key]
            assert batch.rows[answer] in right
            assert not known[answer]
            negatives = set(batch.rows[~known]) - {batch.rows[answer]}
            assert not negatives & right
