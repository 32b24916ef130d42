"""A shop whose every value is shared, so that its words are known."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexer_job.evaluate.intent import named
from indexer_job.vocabulary import write_vocabulary
from shopfyp.catalog import Product
from shopfyp.intent.parsing import parse
from shopfyp.intent.vocabulary import Vocabulary, VocabularyFile
from tests.conftest import product


def shop() -> list[Product]:
    """Mugs, trainers and pyjamas: two of everything, so that each value is a shared one."""
    rows: list[Product] = []
    for kind, prices in {"Mug": (8, 30), "Trainers": (20, 45), "Pyjamas": (12, 28)}.items():
        for colour in ("red", "sky blue"):
            for price in prices:
                child = kind != "Mug"
                about: dict[str, object] = {
                    "type": kind,
                    "colour": colour,
                    "material": ("vegan leather" if child else "ABS plastic")
                    if price > 20
                    else ("cotton" if child else "stoneware"),
                }
                if child:
                    about |= {
                        "theme": "Football" if colour == "red" else "Ben 10",
                        "gender": "boys" if price > 20 else "girls",
                        "age_range": "8-12 years" if price > 20 else "2-4 years",
                        "sizes": ["30", "31"] if price > 20 else ["24", "25"],
                    }
                rows.append(
                    product(
                        f"{kind}-{colour}-{price}".replace(" ", "-"),
                        f"{colour.capitalize()} {kind}",
                        brand="Pippin & Co" if price > 20 else "Softly",
                        category=["Home" if kind == "Mug" else "Kids", kind],
                        price=price,
                        sold_count=price,
                        rating=4.0 if colour == "red" else 4.5,
                        attributes=about,
                    )
                )
    rows += [product(f"ball-{n}", "Football", category=["Sports", "Football"]) for n in range(2)]
    return rows


def vocabulary_of(products: Sequence[Product], folder: Path) -> Vocabulary:
    """The vocabulary of a catalogue, written into `folder`."""
    write_vocabulary(products, folder)
    held = VocabularyFile.model_validate_json((folder / "vocabulary.json").read_bytes())
    columns = folder / "vocabulary"
    return Vocabulary(held.values, np.load(columns / "offsets.npy"), np.load(columns / "codes.npy"))


def slots(query: str, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """The slots of a query, each by its name and its value."""
    return [named(slot) for slot in parse(query, vocabulary).slots]
