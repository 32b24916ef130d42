"""Page tokens: which products were shown of an answer, and to which question.

A token holds a short hash, the *mark*, of every product already shown, so nothing is kept on the
server. The next page is the best of a fresh ranking without those: within one release it goes on
exactly where the page before ended. When another release is swapped in between, here or on the
instance that answers next, no product comes twice, and none is passed over as it moved up past
those shown.

Two products with the same mark of 4 bytes would be taken for one; among a thousand that happens
in one answer of some 8,000.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

MAX_SHOWN = 1000
"""So deep goes paging."""

Marks = NDArray[np.uint32]

_QUESTION_BYTES = 8
_MARK = np.dtype("<u4")
_JSON: TypeAdapter[Any] = TypeAdapter(Any)


def mark_of(product_id: str) -> int:
    """What a token keeps of a product; releases hold it as a column."""
    return int.from_bytes(hashlib.sha256(product_id.encode()).digest()[: _MARK.itemsize], "little")


def question_of(request: Mapping[str, Any]) -> bytes:
    """A hash of what makes a request another one, whose pages must not be mixed with it."""
    return hashlib.sha256(_JSON.dump_json(dict(request))).digest()[:_QUESTION_BYTES]


def token_of(question: bytes, shown: Marks) -> str:
    """The token for what comes after the products with these marks."""
    content = question + shown.astype(_MARK).tobytes()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


MAX_TOKEN_CHARS = len(token_of(bytes(_QUESTION_BYTES), np.zeros(MAX_SHOWN, np.uint32)))


def shown_by(token: str, question: bytes) -> Marks:
    """The marks of the products that were shown before the page of a token.

    Raises:
        ValueError: it is no token of ours, or one of another question.
    """
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), altchars="-_", validate=True)
    except ValueError as error:
        raise ValueError("must be the next_page_token of an answer") from error
    asked, shown = content[:_QUESTION_BYTES], content[_QUESTION_BYTES:]
    if len(asked) < _QUESTION_BYTES or not shown or len(shown) % _MARK.itemsize:
        raise ValueError("must be the next_page_token of an answer")
    if asked != question:
        raise ValueError("is of another query, or of other filters or another order")
    return np.frombuffer(shown, _MARK)
