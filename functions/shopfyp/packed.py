"""Texts packed one by one, so that any of them is read without the others.

DEFLATE with a dictionary (RFC 1950, FDICT) of what such texts have in common, as each by itself is
too short to repeat much: a product's record takes a third of the bytes.
"""

import zlib
from collections.abc import Callable

DICTIONARY = 32 * 1024
"""Bytes of a dictionary, at the most: the window of DEFLATE."""
_MOST = 1 << 20


def packer(dictionary: bytes) -> Callable[[bytes], bytes]:
    """What packs texts, one at a time, so that `unpacked` reads them with the same dictionary."""
    # To take up a dictionary takes three times as long as to copy what took it up.
    blank = zlib.compressobj(zdict=dictionary)

    def packed(text: bytes) -> bytes:
        pack = blank.copy()
        return pack.compress(text) + pack.flush()

    return packed


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
