"""Packed texts: each is read by itself, and what is none is refused."""

import zlib

import pytest

from shopfyp.packed import packer, unpacked

DICTIONARY = b'{"product_id":"","title":"","category":["Toys & Games","Outdoors"],"price":'
TEXT = b'{"product_id":"p1","title":"Kite","category":["Toys & Games","Outdoors"],"price":9}'
packed = packer(DICTIONARY)


def test_a_text_comes_back_and_takes_less_with_what_texts_have_in_common() -> None:
    content = packed(TEXT)
    assert unpacked(content, DICTIONARY) == TEXT
    assert len(content) < 0.6 * len(zlib.compress(TEXT))


@pytest.mark.parametrize(
    ("content", "dictionary"),
    [
        (packed(TEXT), DICTIONARY[1:]),
        (packed(TEXT)[:-1], DICTIONARY),
        (packed(TEXT) + b"x", DICTIONARY),
        (packed(bytes(2 << 20)), DICTIONARY),
        (b"", DICTIONARY),
        (TEXT, DICTIONARY),
    ],
    ids=["another dictionary", "cut off", "more behind it", "huge", "empty", "not packed"],
)
def test_what_is_no_packed_text_is_refused(content: bytes, dictionary: bytes) -> None:
    with pytest.raises(ValueError, match="packed"):
        unpacked(content, dictionary)
