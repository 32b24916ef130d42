"""Suggestions as you type: one small public file of the release, searched by the browser itself."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shopfyp.catalog import Id

FILE = "suggestions.json"
Kind = Literal["category", "theme", "brand", "combination", "query", "product"]
Weight = Annotated[int, Field(ge=0)]
Suggestion = tuple[str, Kind, Weight] | tuple[str, Literal["product"], Weight, Id]
"""A text, its kind, how likely it is meant, and what a product's page is found by."""


class SuggestionsFile(BaseModel):
    """`suggestions.json` of a release; the heaviest come first."""

    entries: list[Suggestion] = []
