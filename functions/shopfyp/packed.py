"""Texts packed one by one, so that any of them is read without the others.

DEFLATE with a dictionary (RFC 1950, FDICT) of what such texts have in common, as each by itself is
too short to repeat much: a product's record takes a third of the bytes.
"""

import zlib

DICTIONARY = 32 * 1024
"""Bytes of a dictionary, at the most: the window of DEFLATE."""
_MOST = 1 << 20


def packed(text: bytes, dictionary: bytes) -> bytes:
    """A text, packed."""
    pack = zlib.compressobj(zdict=dictionary)
    return pack.compress(text) + pack.flush()


def unpacked(content: bytes, dictionary: bytes) -> bytes:
    """The text that was packed with the same dictionary.

    Raises:
        ValueError: it was not packed so, or has more than a megabyte.
    """
    unpack = zlib.decompressobj(zdict=dictionary)
    try:
        text = unpack.decompress(content, _MOST)
    except zlib.error as error:
        raise ValueError(f"not packed with this dictionary: {error}") from error
    if not unpack.eof or unpack.unused_data:
        raise ValueError("more, or less, than one packed text")
    return text
