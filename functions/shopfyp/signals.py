"""What a release understands of a shopper: interests, resolved to signals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shopfyp.encoder import Vectors
from shopfyp.intent.fitting import permitted
from shopfyp.intent.slots import Intent
from shopfyp.profile import Interest, Profile
from shopfyp.release import Release
from shopfyp.vector_index import Mask

MAX_SIGNALS = 12


@dataclass(frozen=True)
class Signal:
    """An interest as the release understands it.

    `weight` says how much it counts now; `row` is the product's, when it is about one; `intent`
    is what was understood of a query; `allowed` (products,) says which products may answer it,
    None for all; `available` (products,) which can be sold, None where that does not matter.
    """

    interest: Interest
    weight: float
    vector: Vectors
    row: int | None = None
    topic: str = ""
    intent: Intent | None = None
    allowed: Mask | None = None
    available: Mask | None = None


@dataclass(frozen=True)
class Shopper:
    """Whom something is recommended to, and when; signals are the profile's, strongest first.

    `available` (products,) says what can be sold to them, None where that does not matter.
    """

    profile: Profile
    now: datetime
    signals: Sequence[Signal]
    available: Mask | None = None


def shopper_of(
    release: Release, profile: Profile, now: datetime, available: Mask | None = None
) -> Shopper:
    """A shopper as a release understands them; what it lacks is left out."""
    weighted = sorted(profile.weighted(now), key=lambda pair: -pair[1])
    signals = [replace(signal, available=available) for signal in _resolved(release, weighted)]
    return Shopper(profile, now, signals, available)


def _resolved(release: Release, weighted: list[tuple[Interest, float]]) -> Iterator[Signal]:
    resolved: set[tuple[str, str]] = set()
    for interest, weight in weighted:
        key = (interest.kind, interest.value)
        if key in resolved:
            continue
        signal = _signal(release, interest, weight)
        if signal is not None:
            resolved.add(key)
            yield signal
        if len(resolved) == MAX_SIGNALS:
            return


def _signal(release: Release, interest: Interest, weight: float) -> Signal | None:
    if interest.kind == "query":
        intent = release.understood(interest.value, interest.ignore, verbatim=interest.verbatim)
        return query_signal(release, interest, weight, intent)
    if interest.kind == "product":
        row = release.products.row_of(interest.value)
        return None if row is None else Signal(interest, weight, release.vector(row), row)
    row = release.clips.row_of(interest.value)
    if row is None:
        return None
    topic = release.clips.clips[row].topic
    return Signal(interest, weight, release.clips.vectors[row], topic=topic)


def query_signal(
    release: Release,
    interest: Interest,
    weight: float,
    intent: Intent,
    allowed: Mask | None = None,
) -> Signal:
    """A search as a signal: its constraints hold for what it brings, and end with it.

    `allowed` (products,) says what may answer it; by default, all that the intent permits.
    """
    if allowed is None:
        allowed = permitted(intent, release.vocabulary, release.products)
    # Where no product is described, the encoder still makes something of the wish as a whole.
    words = intent.rest or intent.query
    vector = release.encoder.encode(words)
    return Signal(interest, weight, vector, intent=intent, allowed=allowed)
