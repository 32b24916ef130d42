"""Candidate sources: each a module with one function `retrieve`. A new one is added to SOURCES,
and its weight to `ranking.WEIGHTS`."""

from collections.abc import Mapping

from shopfyp.candidates import explore, learnt, lexical, neighbours, new, popular, semantic
from shopfyp.candidates.base import Source

SOURCES: Mapping[str, Source] = {
    "semantic": semantic.retrieve,
    "lexical": lexical.retrieve,
    "neighbours": neighbours.retrieve,
    "learnt": learnt.retrieve,
    "popular": popular.retrieve,
    "explore": explore.retrieve,
}

NEW_SOURCES: Mapping[str, Source] = {"new": new.retrieve}
"""What the cards that are kept for new products hold."""

SEARCH_SOURCES: tuple[Source, ...] = (semantic.retrieve, lexical.retrieve)
