"""The event schema: one type per kind, validated at the edge.

Names follow the Google Analytics 4 / Retail vocabulary.
"""

import os
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    field_validator,
)

from shopfyp.catalog import Id
from shopfyp.intent.slots import SlotName
from shopfyp.reasons import Code, Reason

MAX_QUERY_CHARS = 500
MAX_BATCH = 100
OLDEST = timedelta(days=7)
"""How long a client may hold an event back (its queue outlives a week offline)."""
RETENTION = timedelta(days=int(os.environ.get("RETENTION_DAYS") or "90"))
"""How long a stored event lives before Firestore's TTL removes it."""
if RETENTION <= OLDEST:
    raise ValueError(f"RETENTION_DAYS: more than {OLDEST.days}, or a late event is stored twice")


def _rfc3339(value: Any) -> Any:
    if not isinstance(value, str | datetime):
        raise ValueError("must be an RFC 3339 string such as 2026-01-31T12:00:00Z")
    return value


Timestamp = Annotated[AwareDatetime, BeforeValidator(_rfc3339)]
Query = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY_CHARS)
]

Ignored = Annotated[list[SlotName], Field(max_length=20)]

_QUERY: TypeAdapter[str] = TypeAdapter(Query)
_ID: TypeAdapter[str] = TypeAdapter(Id)


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: Id = Field(description="made by the client; the same id is stored once")
    at: Timestamp = Field(description="when it happened, by the client's clock")


class SearchEvent(_Event):
    """The shopper asked for something, in their own words, and corrected how these were read."""

    type: Literal["search"]
    query: Query
    ignore: Ignored = Field(default_factory=list, description="slots that the shopper removed")
    verbatim: bool = Field(default=False, description="the words are meant as they are spelled")


class _Offered(_Event):
    """An event that can say which offer led to it; a card hands these fields to the client."""

    release: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="the release that offered it"
    )
    variant: Annotated[str, StringConstraints(max_length=129)] | None = Field(
        default=None, description="the experiment's variant that was served"
    )
    card_id: Id | None = Field(default=None, description="the card that it stood on")


class ProductEvent(_Offered):
    """The shopper saw, opened or took a product."""

    type: Literal["impression", "view_item", "select_item", "add_to_cart", "purchase"]
    product_id: Id
    source: Annotated[str, StringConstraints(max_length=32)] | None = Field(
        default=None, description="the candidate source that offered it"
    )
    position: Annotated[int, Field(ge=0, lt=100)] | None = Field(
        default=None, description="its place on the card, from 0"
    )
    quantity: Annotated[int, Field(ge=1, le=99)] | None = Field(
        default=None, description="pieces put into the bag or bought"
    )
    propensity: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="how likely it was to be on the card"
    )
    reason_code: Code | None = Field(default=None, description="what the card was there for")


class FeedbackEvent(_Event):
    """The shopper waved a product, its brand or its category away, or took that back."""

    type: Literal["not_interested", "undo_not_interested"]
    product_id: Id
    scope: Literal["product", "brand", "category"] = "product"


class CardEvent(_Offered):
    """The shopper left a card: after how long, and what it was there for."""

    type: Literal["view_card"]
    dwell_ms: Annotated[int, Field(ge=0, le=3_600_000)] = Field(
        description="how long the card was in view; a short look is a skip"
    )
    reason: Reason

    @field_validator("reason")
    @classmethod
    def _names_an_interest(cls, reason: Reason) -> Reason:
        """What it is about is kept in the profile, as if the shopper had asked for it."""
        if about := reason.interest():
            kind, value = about
            (_QUERY if kind == "query" else _ID).validate_python(value)
        return reason


class ClipEvent(_Event):
    """The shopper watched a clip."""

    type: Literal["view_clip"]
    clip_id: Id


Event = Annotated[
    SearchEvent | ProductEvent | FeedbackEvent | CardEvent | ClipEvent,
    Field(discriminator="type"),
]


def settled_time(at: datetime, received: datetime) -> datetime:
    """The time an event counts from: the client's, held within what can be true.

    Never after `received` (a clock ahead must not outrank real news), never more than
    `OLDEST` before it (a clock a year behind must not make a fresh click worthless).
    """
    return min(max(at, received - OLDEST), received)
