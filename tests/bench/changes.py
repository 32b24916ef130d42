"""What changes beside a release cost: to take them up, and then in every request.

    python -m tests.bench.changes --products 100000 --changes 1000

A third of them are new products, a third have another title, the others another price or stock, or
were deleted. Prints one JSON object.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from shopfyp.api import RecommendRequest, SearchRequest
from shopfyp.catalog import Product
from shopfyp.changes import MOST, Change
from shopfyp.delta.changed import Delta
from shopfyp.profile import Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release, open_release
from shopfyp.search import search
from tests.bench.figures import Figure, Group, seconds
from tests.bench.shop import release_of, viewed

_INTERESTS, _SHOPPERS, _ROUNDS = 10, 20, 5
_ENCODED = 60
"""So many changes are encoded; the time of a product is theirs."""


def main() -> None:
    """Change a release, and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=MOST)
    options = parser.parse_args()
    base = open_release(release_of(options.products))
    changes = _changes(base, options.changes)
    delta = Delta(base)
    first = _cpu(lambda: delta.with_changes(changes))
    again = _cpu(lambda: delta.with_changes(changes))
    some = [c for c in changes if c.product and "edition" in c.product.title][:_ENCODED]
    other = Delta(base)
    other.with_changes(some)
    encoded = _cpu(lambda: other.encode(some)) / len(some)
    figures = [
        Figure(name="to take up all changes", ours=1000 * first, unit="ms of CPU"),
        Figure(name="to take up one more", ours=1000 * again, unit="ms of CPU"),
        Figure(name="to encode a change of text", ours=1000 * encoded, unit="ms of CPU"),
        *_requests(base, _encoded(delta, changes)),
    ]
    text = f"{len(changes):,} changed products beside a release of {options.products:,}."
    print(Group(title="Changes", text=text, figures=figures).model_dump_json())


def _encoded(delta: Delta, changes: list[Change]) -> Release:
    """With all that changed in its place among the vectors, as it is a minute later."""
    delta.encode(changes)
    return delta.with_changes(changes)


def _changes(base: Release, count: int) -> list[Change]:
    now, products = datetime.now(UTC), base.products
    changes = []
    for number, row in enumerate(random.Random(1).sample(range(len(products)), count)):
        old = products.product(row)
        title = f"{old.title} edition {number}"
        new: Product | None = old.model_copy(update={"product_id": f"new-{number}", "title": title})
        if number % 3 == 1:
            new = old.model_copy(update={"title": title})
        elif number % 3 == 2:
            less = {"price": 1.0} if number % 2 else {"in_stock": False}
            new = None if number % 9 == 8 else old.model_copy(update=less)
        changes.append(Change(new.product_id if new else old.product_id, now, new))
    return changes


def _requests(base: Release, changed: Release) -> list[Figure]:
    """Requests to both, in turns."""
    now, rng = datetime.now(UTC), random.Random(0)
    profiles = [_profile(base, rng, now) for _ in range(_SHOPPERS)]
    titles = [base.products.title(rng.randrange(len(base.products))) for _ in range(_SHOPPERS)]
    cards = RecommendRequest(cards=2)
    asked = [SearchRequest(query=title[:200], event_id="e", at=now) for title in titles]

    def recommended(release: Release, number: int) -> None:
        recommend(release, profiles[number], "u", cards, now)

    def found(release: Release, number: int) -> None:
        search(release, asked[number], now)

    figures = []
    for name, ask in (("recommend", recommended), ("search", found)):
        took: dict[str, list[float]] = {"base": [], "changed": []}
        for number in [*range(_SHOPPERS)] * (_ROUNDS + 1):
            for which, release in (("base", base), ("changed", changed)):
                took[which].append(seconds(partial(ask, release, number)))
        own, theirs = (statistics.median(took[w][_SHOPPERS:]) for w in ("changed", "base"))
        figures.append(
            Figure(
                name=f"{name} with changes, p50",
                ours=1000 * own,
                unit="ms",
                peer="without",
                theirs=1000 * theirs,
                ratio=own / theirs,
                said="times as long",
            )
        )
    return figures


def _profile(release: Release, rng: random.Random, now: datetime) -> Profile:
    rows = rng.sample(range(len(release.products)), _INTERESTS)
    return Profile().apply([(viewed(release.products.product_id(row), now), now) for row in rows])


def _cpu(call: Callable[[], object]) -> float:
    """Seconds of CPU that a call takes; by the clock it depends on who else is at work."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
