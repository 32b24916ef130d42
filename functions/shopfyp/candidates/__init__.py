"""Candidate sources: each a module with one function `retrieve`. A new one is added to SOURCES."""

from shopfyp.candidates import explore, learnt, lexical, neighbours, popular, semantic
from shopfyp.candidates.base import Source

SOURCES: tuple[Source, ...] = (
    semantic.retrieve,
    lexical.retrieve,
    neighbours.retrieve,
    learnt.retrieve,
    popular.retrieve,
    explore.retrieve,
)

SEARCH_SOURCES: tuple[Source, ...] = (semantic.retrieve, lexical.retrieve)
SIMILAR_SOURCES: tuple[Source, ...] = (semantic.retrieve, neighbours.retrieve)
