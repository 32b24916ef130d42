"""Requests and responses of the callables: the contract with every client."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shopfyp.catalog import Clip, Id, Product
from shopfyp.events import MAX_BATCH, Event, Query, Timestamp
from shopfyp.intent.slots import SlotName
from shopfyp.reasons import Reason

MAX_EXCLUDED = 200


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class ScoredProduct(_Response):
    """A product in a ranked list, with the sources that proposed it."""

    product: Product
    score: float
    sources: list[str]


class OfferedProduct(ScoredProduct):
    """A product on a card, and how likely it was to be there."""

    propensity: float = Field(gt=0, le=1)


class Card(_Response):
    """One shop card: up to a handful of products that answer one interest."""

    card_id: str
    reason: Reason
    source: str = Field(description="the source that scored highest")
    products: list[OfferedProduct]


class SearchRequest(_Request):
    """A search; it is also logged as a `search` event under `event_id`."""

    query: Query
    event_id: Id
    at: Timestamp
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    offset: Annotated[int, Field(ge=0, le=950)] = 0
    ignore: Annotated[list[SlotName], Field(max_length=20)] = Field(
        default_factory=list, description="slots that the shopper removed"
    )
    verbatim: bool = Field(default=False, description="search for the words as they are spelled")


class UnderstoodSlot(_Response):
    """One thing understood of a query, and where in it (in characters) it was said.

    Places are in the corrected query where there is one.
    """

    slot: SlotName
    values: list[str] = Field(description="in the catalogue's words; empty for a mere range")
    low: float | None = Field(description="least price, years or pieces; null for no bound")
    high: float | None
    start: int
    end: int
    text: str = Field(description="the query's own words from start to end")


class SearchResponse(_Response):
    release: str
    query: str
    corrected: str | None = Field(
        description="the query that was answered, where words of it were misspelled"
    )
    understood: list[UnderstoodSlot]
    relaxed: list[SlotName] = Field(
        description="constraints dropped, in this order, as nothing would have been left"
    )
    products: list[ScoredProduct]
    clips: list[Clip]


class LogEventsRequest(_Request):
    events: Annotated[list[Event], Field(min_length=1, max_length=MAX_BATCH)]


class LogEventsResponse(_Response):
    stored: int = Field(description="events that were new")
    duplicates: int = Field(description="events that were stored before")


class RecommendRequest(_Request):
    cards: Annotated[int, Field(ge=1, le=5)] = 1
    products_per_card: Annotated[int, Field(ge=1, le=5)] = 5
    exclude: Annotated[list[Id], Field(max_length=MAX_EXCLUDED)] = Field(
        default_factory=list, description="products on cards that are already in the feed"
    )


class RecommendResponse(_Response):
    release: str
    variant: str = Field(description="the configuration served, as experiment/variant or default")
    cards: list[Card]
    empty: Literal["nothing_left"] | None = Field(default=None, description="why there is no card")


class SimilarRequest(_Request):
    product_id: Id
    limit: Annotated[int, Field(ge=1, le=30)] = 12


class SimilarResponse(_Response):
    release: str
    product: Product
    similar: list[ScoredProduct]
