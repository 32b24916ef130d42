"""Requests and responses of the callables: the contract with every client."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from shopfyp import paging
from shopfyp.catalog import Clip, Id, Product
from shopfyp.events import MAX_BATCH, Event, Ignored, Query, Timestamp
from shopfyp.insights import DayCounts
from shopfyp.intent.slots import SlotName
from shopfyp.manifest import Version
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


Name = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Names = Annotated[list[Name], Field(max_length=50)]
Path = Annotated[list[Name], Field(min_length=1, max_length=10)]
Sort = Literal["relevance", "price_low", "price_high", "rating", "newest", "popular"]
FacetName = Literal["category", "brand", "price", "rating", "colour", "age"]


class Range(_Request):
    """Numbers from `low` to `high`, both included; null is no bound."""

    low: Annotated[float, Field(ge=0, le=1e12)] | None = None
    high: Annotated[float, Field(ge=0, le=1e12)] | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("must have a bound, low or high")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low must not be greater than high")
        return self


class PriceRange(Range):
    """Prices in one currency; without one, in any."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None


class Filters(_Request):
    """What products must be, in the words of facets: any of the values of each filter.

    A product that does not say its price, rating, colour or age passes no filter by it.
    """

    category: Annotated[list[Path], Field(max_length=50)] = Field(
        default_factory=list, description="paths; what lies below one passes"
    )
    brand: Names = Field(default_factory=list)
    price: PriceRange | None = None
    rating: Annotated[float, Field(ge=0, le=5)] | None = Field(default=None, description="least")
    colour: Names = Field(default_factory=list)
    age: Range | None = Field(default=None, description="years of whom it is for; it may overlap")


class SearchRequest(_Request):
    """A search; its first page is also logged as a `search` event under `event_id`.

    The same search with other filters or in another order has the same `event_id`. Without a slot,
    or verbatim, it is another: what it leaves of the query is what the next cards go by.
    """

    query: Query
    event_id: Id
    at: Timestamp
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    ignore: Ignored = Field(default_factory=list, description="slots that the shopper removed")
    verbatim: bool = Field(default=False, description="search for the words as they are spelled")
    filters: Filters = Filters()
    sort: Sort | None = Field(default=None, description="null: as the query asks, or by relevance")
    page_token: Annotated[str, Field(max_length=paging.MAX_TOKEN_CHARS)] | None = Field(
        default=None, description="next_page_token of the page before; all else but limit is alike"
    )

    @field_validator("page_token")
    @classmethod
    def _is_of_this_request(cls, token: str | None, info: ValidationInfo) -> str | None:
        if token is not None:
            paging.shown_by(token, _question(info.data))
        return token

    @property
    def question(self) -> bytes:
        """What pages of the same answer have in common."""
        return _question(self.__dict__)

    @property
    def shown(self) -> paging.Marks:
        """The marks of the products on earlier pages."""
        if self.page_token is None:
            return np.empty(0, np.uint32)
        return paging.shown_by(self.page_token, self.question)


def _question(fields: Mapping[str, Any]) -> bytes:
    return paging.question_of(
        {name: fields.get(name) for name in ("query", "ignore", "verbatim", "filters", "sort")}
    )


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


class FacetValue(_Response):
    """One thing to filter by, and how many products pass with it."""

    path: list[str] = Field(description="of a category; else the one name; empty for numbers")
    low: float | None = None
    high: float | None = None
    count: int
    selected: bool


class Facet(_Response):
    """The values of one filter among what a query found.

    Counts heed the other filters and not the facet's own, so that a second value can be added.
    """

    name: FacetName
    values: list[FacetValue]
    low: float | None = Field(default=None, description="the least price there is")
    high: float | None = Field(default=None, description="the greatest price there is")
    currency: str | None = Field(default=None, description="of prices")


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
    nearest_only: bool = Field(
        description="no product holds a word of the query: these come nearest in meaning"
    )
    total: int = Field(description=f"products found, {paging.MAX_SHOWN} at the most")
    products: list[ScoredProduct]
    next_page_token: str | None = Field(description="null on the last page")
    facets: list[Facet] | None = Field(description="on the first page; null on others")
    clips: list[Clip] = Field(description="on the first page")


class LogEventsRequest(_Request):
    events: Annotated[list[Event], Field(min_length=1, max_length=MAX_BATCH)]


class LogEventsResponse(_Response):
    stored: int = Field(description="events that were new")
    duplicates: int = Field(description="events that were stored before")
    discarded: int = Field(
        description="events that are not kept: personalisation is off, or the shopper was deleted"
    )


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
    personalised: bool = Field(description="whether what is known of the shopper may be used")


class SimilarRequest(_Request):
    product_id: Id
    limit: Annotated[int, Field(ge=1, le=30)] = 12


class Variant(_Response):
    """One product of a group, and what tells it from the others."""

    product_id: str
    title: str
    image_url: str
    in_stock: bool
    options: dict[str, str] = Field(
        description="its value of each option (colour, size), in the order of choosing"
    )


class SimilarResponse(_Response):
    release: str
    product: Product
    variants: list[Variant] = Field(
        description="the product's group, itself among them; empty if it has none"
    )
    similar: list[ScoredProduct] = Field(description="what is like it, and none of its variants")
    goes_with: list[ScoredProduct] = Field(description="what others take with it; none of these")


class InsightsRequest(_Request):
    days: Annotated[int, Field(ge=1, le=90)] = Field(default=7, description="today and before")


class FunctionFigures(_Response):
    """How one function did: percentiles in milliseconds, null where it was not called."""

    name: str
    calls: int
    refused: int = Field(description="calls that asked for what cannot be had")
    errors: int = Field(description="calls that failed by our doing")
    p50: float | None
    p95: float | None
    p99: float | None


class InsightsDay(DayCounts):
    functions: list[FunctionFigures]


class UnansweredQuery(_Response):
    """A search that did not get what it asked for; nobody in particular asked it."""

    query: str
    why: Literal["nothing", "relaxed", "nearest_only"]
    count: int
    last_at: datetime


class ReleaseFacts(_Response):
    version: str
    created_at: datetime
    published_at: datetime
    current: bool
    counts: dict[str, int]
    evaluation: dict[str, float]


class InsightsResponse(_Response):
    days: list[InsightsDay] = Field(description="those that were counted, in their order")
    functions: list[FunctionFigures] = Field(description="over all these days")
    unanswered: list[UnansweredQuery] = Field(description="the most frequent first")
    releases: list[ReleaseFacts] = Field(description="the newest first")


class RefreshInsightsRequest(_Request):
    pass


class RefreshInsightsResponse(_Response):
    counted: list[date]


class RollBackRequest(_Request):
    version: Version


class RollBackResponse(_Response):
    release: str = Field(description="the one that is live now; taken up within a minute")


class NoRequest(_Request):
    """A call that says nothing but who calls."""


class HeldItem(_Response):
    """One thing that is held on a shopper, and can be removed by its id."""

    item_id: str
    about: Reason = Field(
        description="searched | viewed | watched | added | bought | not_product | not_brand | ..."
    )
    at: datetime | None = Field(description="when it was last shown; null when long ago")
    share: float | None = Field(
        default=None, description="of what decides the next cards, in [0, 1]; of an interest"
    )


class MyInterestsResponse(_Response):
    """What is held on a shopper; an item that lasts may be among the recent ones as well."""

    personalised: bool
    recent: list[HeldItem]
    lasting: list[HeldItem]
    rejected: list[HeldItem]


class ForgetInterestRequest(_Request):
    """An item of `my_interests`, an interest or a rejection, that is to be removed."""

    item_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    at: Timestamp = Field(description="when the shopper said so, by the clock that events have")


class ForgetInterestResponse(_Response):
    forgotten: bool = Field(description="false when there was no such item, or no more")


class SetPersonalisationRequest(_Request):
    on: Annotated[bool, Field(strict=True)]


class SetPersonalisationResponse(_Response):
    personalised: bool


class ExportMyDataRequest(_Request):
    """A page of all that is stored; the first one without a token."""

    page_token: Id | None = Field(default=None, description="next_page_token of the page before")


class SignInProvider(_Response):
    """Where a shopper who added one proves who they are."""

    provider: str = Field(description="password, google.com, ...")
    user_id: str = Field(description="the provider's; of an email and password the email")
    email: str | None
    name: str | None
    picture_url: str | None


class SignIn(_Response):
    """What Firebase Authentication keeps of a shopper."""

    user_id: str
    anonymous: bool = Field(description="nothing was added by which to sign in again")
    created_at: datetime
    last_at: datetime | None = Field(description="of signing in")
    last_refresh_at: datetime | None = Field(description="of a session's, each hour of use")
    email: str | None
    email_verified: bool
    name: str | None
    phone: str | None
    picture_url: str | None
    providers: list[SignInProvider]


class ExportMyDataResponse(_Response):
    """The documents as they are stored: 200 events at the most, which is below 10 MB."""

    sign_in: SignIn | None = Field(description="on the first page, if the user still exists")
    profile: dict[str, Any] | None = Field(description="on the first page, if there is one")
    events: list[dict[str, Any]]
    next_page_token: str | None = Field(description="null on the last page")


class DeleteMyDataResponse(_Response):
    done: bool = Field(description="false when there was too much for one call: call again")
