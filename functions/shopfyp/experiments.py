"""Configurations of the serving pipeline, and which shopper is served by which."""

import hashlib
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]

DEFAULT = "default"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Configuration(_Strict):
    """All that can be turned in serving without a new release's learning."""

    weights: dict[str, Weight] = Field(
        default_factory=dict, description="of ranking features; they replace the release's"
    )
    without: list[str] = Field(default_factory=list, description="sources that are left out")
    diversity: Share = Field(default=0.2, description="MMR's 1 - lambda; 0 keeps the ranking")
    beside_best: Share = Field(
        default=0.3, description="share of the best score that others on a card have at least"
    )
    max_per_brand: Annotated[int, Field(ge=1)] = 3
    max_per_category: Annotated[int, Field(ge=1)] = 3
    max_impressions: Annotated[int, Field(ge=1)] = Field(
        default=3, description="a product shown so often without a click steps back"
    )
    explore: Annotated[float, Field(ge=0, le=0.5)] = Field(
        default=0.05, description="share of cards that are drawn from the best, for replay"
    )
    new: Annotated[float, Field(ge=0, le=0.5)] = Field(
        default=0.05, description="share of cards that are given to new products"
    )


class Variant(_Strict):
    """A configuration on trial, and the share of shoppers that it is for."""

    share: Share
    configuration: Configuration = Configuration()


class Experiment(_Strict):
    """Variants that are compared; shoppers beyond their shares get the default."""

    name: Name
    variants: Annotated[dict[Name, Variant], Field(min_length=1)]

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        total = sum(variant.share for variant in self.variants.values())
        if total > 1 + 1e-9:
            raise ValueError(f"variants: shares must sum to 1 at the most, and are {total:g}")
        return self


class Serving(_Strict):
    """What a release says of how it is to be served; `configuration.json`."""

    configuration: Configuration = Configuration()
    experiment: Experiment | None = None

    def assigned(self, user_id: str) -> tuple[str, Configuration]:
        """The variant of a shopper, as `experiment/variant`, and its configuration.

        The same shopper is always in the same place of an experiment, and in independent places
        of different ones: a SHA-256 of both names, read as a number in [0, 1), is cut by the
        shares (Kohavi, Tang, Xu, Trustworthy Online Controlled Experiments, 2020, chapter 4).
        """
        if self.experiment is not None:
            digest = hashlib.sha256(f"{self.experiment.name}:{user_id}".encode()).digest()
            place = int.from_bytes(digest[:8]) / 2**64
            for name, variant in self.experiment.variants.items():
                place -= variant.share
                if place < 0:
                    return f"{self.experiment.name}/{name}", variant.configuration
        return DEFAULT, self.configuration
