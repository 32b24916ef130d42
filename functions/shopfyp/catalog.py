"""The records of a catalogue: products, and the clips that stand around their cards."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)


def _document_id(value: str) -> str:
    if "/" in value or value in {".", ".."} or (value.startswith("__") and value.endswith("__")):
        raise ValueError("must be usable as a Firestore document id (no '/', '.', '..', '__x__')")
    if not value.isprintable():
        raise ValueError("must hold printable characters only")
    return value


Id = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(_document_id)]
"""An id that is also a Firestore document id."""

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
_TEMPLATE_CHARS = 256
MAX_PICTURES = 9
"""A product has so many pictures beside its main one, at the most."""
STARS = 5
FRESH_DAYS = 14.0
"""So long after it was published a product is new."""
AttributeValue = str | bool | int | float | list[str]


class Product(BaseModel):
    """One product of the catalogue. Prices are in units of `currency`, not in cents."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    product_id: Id
    group_id: Annotated[Text, Field(max_length=128)] = Field(
        default="", description="what is the same product but for its colour or size shares it"
    )
    title: Annotated[Text, Field(min_length=1, max_length=1000)]
    description: Text = ""
    brand: Text = ""
    category: list[Text] = Field(default_factory=list, description="path, widest first")
    price: Money | None = None
    list_price: Money | None = Field(default=None, description="price before the discount")
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    rating: Annotated[float, Field(ge=0, le=5)] | None = None
    rating_count: Count = 0
    rating_histogram: Annotated[list[Count], Field(max_length=STARS)] = Field(
        default_factory=list, description="ratings with one star, two, and so on; empty if unknown"
    )
    sold_count: Count = 0
    in_stock: bool = True
    published_at: AwareDatetime | None = None
    image_url: str = ""
    image_urls: Annotated[list[str], Field(max_length=MAX_PICTURES)] = Field(
        default_factory=list, description="further pictures, beside `image_url`"
    )
    url: str = ""
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)

    @field_validator("rating_histogram")
    @classmethod
    def _is_whole(cls, counts: list[int]) -> list[int]:
        if counts and (len(counts) != STARS or not any(counts)):
            raise ValueError(f"must hold {STARS} counts, and not zeros alone")
        return counts


class Clip(BaseModel):
    """One short video of the feed; the clips themselves belong to the app, not to ShopFYP."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    clip_id: Id
    creator: Text
    caption: Text
    topic: Text = Field(description="what it is about, in a few words")
    video_url: str
    poster_url: str
    duration_s: float = Field(gt=0)
    like_count: Count = 0
    product_ids: list[Id] = Field(default_factory=list, description="products seen in it")


def product_text(product: Product) -> str:
    """The text template: what the encoder reads of a product beside its title alone.

    Title, brand, category and as many attribute values as fit: past some 60 tokens a sentence
    encoder blurs what the title says, and its time grows.
    """
    parts = [product.title, product.brand, " ".join(product.category)]
    text = ". ".join(part for part in parts if part)
    for value in product.attributes.values():
        if isinstance(value, str | list):
            words = value if isinstance(value, str) else " ".join(value)
            if len(text) + len(words) <= _TEMPLATE_CHARS:
                text += f". {words}"
    return text


def clip_text(clip: Clip) -> str:
    """What the encoder reads of a clip."""
    return f"{clip.topic}. {clip.caption}"


def as_record(product: Product) -> dict[str, Any]:
    """A product as plain JSON values, without the fields that hold their default."""
    return product.model_dump(mode="json", exclude_defaults=True)
