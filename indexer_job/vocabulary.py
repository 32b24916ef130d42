"""The vocabulary of a release: which values its products share, and which product has which."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from shopfyp.catalog import Product
from shopfyp.encoder import Encoder
from shopfyp.intent.vocabulary import (
    MEANINGS,
    MOST_WORDS,
    Value,
    VocabularyFile,
    key_of,
    meant_codes,
    values_of,
    words_of,
)
from shopfyp.intent.words import STOPWORDS

_LEAST_PRODUCTS = 2
MAX_VALUES = 5000
"""So many values are kept, those of most products."""


def write_vocabulary(products: Sequence[Product], out: Path) -> None:
    """Write `vocabulary.json` and the columns in `vocabulary/` of a release."""
    key = cache(key_of)
    held: list[dict[tuple[str, str], None]] = []
    written: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for product in products:
        own = [((slot, key(value)), value) for slot, value in values_of(product)]
        held.append(dict.fromkeys(pair for pair, _ in own))
        for pair, value in own:
            written[pair][value] += 1
    counts = Counter(pair for pairs in held for pair in pairs)
    kept = [
        pair
        for pair, count in counts.most_common()
        if count >= _LEAST_PRODUCTS and _is_name(written[pair].most_common(1)[0][0])
    ][:MAX_VALUES]
    values = [
        Value(slot=slot, value=written[slot, key].most_common(1)[0][0], products=counts[slot, key])
        for slot, key in kept
    ]
    code_of = {pair: code for code, pair in enumerate(kept)}
    codes = [[code_of[pair] for pair in pairs if pair in code_of] for pairs in held]
    (out / "vocabulary").mkdir()
    (out / "vocabulary.json").write_text(VocabularyFile(values=values).model_dump_json(indent=1))
    offsets = np.cumsum([0, *(len(own) for own in codes)], dtype=np.int64)
    np.save(out / "vocabulary" / "offsets.npy", offsets)
    flat = [code for own in codes for code in own]
    np.save(out / "vocabulary" / "codes.npy", np.array(flat, np.int32))


def write_meanings(encoder: Encoder, out: Path) -> None:
    """Write the vectors of what words may mean, of the `vocabulary.json` in `out`."""
    values = VocabularyFile.model_validate_json((out / "vocabulary.json").read_bytes()).values
    names = [values[code].value for code in meant_codes(values)]
    np.save(out / MEANINGS, encoder.encode_batch(names).astype(np.float16))


def _is_name(value: str) -> bool:
    """Whether a value is one that a query could name: some words, and more than filler."""
    forms = [word.form for word in words_of(value)]
    return 0 < len(forms) <= MOST_WORDS and not STOPWORDS.issuperset(forms)
