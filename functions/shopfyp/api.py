"""Requests and responses of the callables: the contract with every client."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shopfyp.catalog import Clip, Id, Product
from shopfyp.events import MAX_BATCH, Event, Query, Timestamp


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Reason(_Response):
    """Why a product is shown: a code and its parameters, put into words by the client."""

    code: str = Field(description="searched | viewed | goes_with | watched | popular | explore")
    params: dict[str, str] = Field(default_factory=dict)


class ScoredProduct(_Response):
    """A product in a ranked list, with the sources that proposed it."""

    product: Product
    score: float
    sources: list[str]


class Card(_Response):
    """One shop card: up to a handful of products that answer one interest."""

    reason: Reason
    source: str = Field(description="the source that scored highest")
    products: list[ScoredProduct]


class SearchRequest(_Request):
    """A search; it is also logged as a `search` event under `event_id`."""

    query: Query
    event_id: Id
    at: Timestamp
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    offset: Annotated[int, Field(ge=0, le=950)] = 0


class SearchResponse(_Response):
    release: str
    query: str
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
    exclude: Annotated[list[Id], Field(max_length=200)] = Field(
        default_factory=list, description="products on cards that are already in the feed"
    )


class RecommendResponse(_Response):
    release: str
    cards: list[Card]


class SimilarRequest(_Request):
    product_id: Id
    limit: Annotated[int, Field(ge=1, le=30)] = 12


class SimilarResponse(_Response):
    release: str
    product: Product
    similar: list[ScoredProduct]
