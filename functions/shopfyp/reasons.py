"""Why a product is shown: a code and its parameters, put into words by the client."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

InterestKind = Literal["query", "product", "clip"]

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]
MAX_PARAMETER_CHARS = 1000
Parameter = Annotated[str, StringConstraints(max_length=MAX_PARAMETER_CHARS)]


class Reason(BaseModel):
    """A reason without words: no text is put together on the server.

    Parameters that name what led here (`query`, `product_id`, `clip_id`) say which interest the
    reason is about; the others are for display.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code = Field(description="searched | viewed | goes_with | watched | popular | new | ...")
    params: dict[Code, Parameter] = Field(default_factory=dict, max_length=4)

    def __eq__(self, other: object) -> bool:
        """Whether code and parameters are the same; pydantic's own takes six times as long."""
        return isinstance(other, Reason) and self.code == other.code and self.params == other.params

    def interest(self) -> tuple[InterestKind, str] | None:
        """Kind and value of the interest that it is about, if it is about one."""
        if query := self.params.get("query"):
            return "query", query
        if product_id := self.params.get("product_id"):
            return "product", product_id
        if clip_id := self.params.get("clip_id"):
            return "clip", clip_id
        return None
