"""Queries as hurried thumbs type them."""

import random
import re

LEAST_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]+")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def misspelled(query: str, rng: random.Random) -> str:
    """The query with one edit in each of its words of at least four letters.

    An edit leaves out, adds or replaces a letter after the first, or swaps it with the one before
    (the four of Damerau, 1964), each as likely; shorter words are left, as an edit makes another
    word of most of them.
    """
    return _WORD.sub(lambda match: _edited(match[0], rng), query)


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
