"""Queries as hurried thumbs type them."""

import random
import re

LEAST_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"(?<=[^\W\d_]{2}) (?=[^\W\d_]{2})")
_PART_LETTERS = 3
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def misspelled(query: str, rng: random.Random) -> str:
    """The query with one edit in each of its words of at least four letters.

    An edit leaves out, adds or replaces a letter after the first, or swaps it with the one before
    (the four of Damerau, 1964), each as likely; shorter words are left, as an edit makes another
    word of most of them.
    """
    return _WORD.sub(lambda match: _edited(match[0], rng), query)


def respaced(query: str, rng: random.Random) -> str | None:
    """The query with a space too few or too many; None if it has room for neither.

    Two words of letters are joined, or one of at least six is taken apart with three letters on
    each side, each as likely where both can be.
    """
    joints = [space.start() for space in _BETWEEN.finditer(query)]
    splits = [
        place
        for word in _WORD.finditer(query)
        for place in range(word.start() + _PART_LETTERS, word.end() - _PART_LETTERS + 1)
    ]
    ways = [places for places in (joints, splits) if places]
    if not ways:
        return None
    places = rng.choice(ways)
    place = rng.choice(places)
    return query[:place] + (query[place + 1 :] if places is joints else " " + query[place:])


def _edited(word: str, rng: random.Random) -> str:
    if len(word) < LEAST_LETTERS:
        return word
    while True:
        place = rng.randrange(1, len(word))
        letter = rng.choice(_ALPHABET)
        edited = rng.choice([
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
        ])  # fmt: skip
        if edited != word:
            return edited
