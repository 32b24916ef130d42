"""The state of a query while rules read it."""

import re
from collections.abc import Iterator

from shopfyp.intent.slots import Slot
from shopfyp.intent.vocabulary import ANDS, MOST_WORDS, Vocabulary, Word, words_of

_BREAK = re.compile(r"[,;!?]\s")


class Reading:
    """A query while it is read: which of its characters are understood, and as what."""

    def __init__(self, query: str, vocabulary: Vocabulary) -> None:
        """Start with nothing understood."""
        self.query = query.replace("’", "'")  # as long as before: places stay
        self.vocabulary = vocabulary
        self.words = words_of(query)
        self.slots: list[Slot] = []
        self.kinds: dict[tuple[int, int], list[int]] = {}
        """The codes of the kinds that are named, by where."""
        self.renamed: dict[tuple[int, int], str] = {}
        """What the shop calls a thing by, where that is another name."""
        self.unwanted: list[tuple[int, int]] = []
        """Where something is said of things that are not wanted."""
        self.corrections: list[tuple[int, int]] = []
        """Where the shopper takes something back to say it anew."""
        self._taken = [False] * len(query)

    def free(self, start: int, end: int) -> bool:
        """Whether nothing between two places is understood yet."""
        return not any(self._taken[start:end])

    def take(self, slot: Slot) -> None:
        """Keep a slot; its words are understood."""
        self.slots.append(slot)
        self._take(slot.span)

    def pass_over(self, start: int, end: int) -> None:
        """Keep rules and retrieval from words that tell nothing of what is wanted."""
        self.unwanted.append((start, end))
        self._take((start, end))

    def _take(self, span: tuple[int, int]) -> None:
        self._taken[span[0] : span[1]] = [True] * (span[1] - span[0])

    def found(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The matches of a pattern among what is not yet understood."""
        for match in pattern.finditer(self.query):
            if self.free(*match.span()):
                yield match

    def phrases(self) -> Iterator[list[Word]]:
        """All runs of free words, the longest first."""
        for size in range(MOST_WORDS, 0, -1):
            for place in range(len(self.words) - size + 1):
                run = self.words[place : place + size]
                within = self.query[run[0].start : run[-1].end]
                if self.free(run[0].start, run[-1].end) and not _BREAK.search(within):
                    yield run


def key_of_run(run: list[Word]) -> str:
    """A run's words as one; an "and" counts for nothing within, and ends no name."""
    if ANDS.intersection((run[0].form, run[-1].form)):
        return ""
    return "".join(word.form for word in run if word.form not in ANDS)
