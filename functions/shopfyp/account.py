"""The shopper's rights: to see what is held on them, correct it, take it along, and be gone."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from shopfyp.api import (
    DeleteMyDataResponse,
    ExportMyDataRequest,
    ExportMyDataResponse,
    ForgetInterestRequest,
    ForgetInterestResponse,
    HeldItem,
    MyInterestsResponse,
    SetPersonalisationRequest,
    SetPersonalisationResponse,
)
from shopfyp.catalog import Clip, Product
from shopfyp.errors import ShopFYPError
from shopfyp.events import settled_time
from shopfyp.logs import lines_of, log
from shopfyp.profile import Dislike, Interest, Profile
from shopfyp.reasons import MAX_PARAMETER_CHARS, Reason
from shopfyp.store import products, shoppers, sign_ins

EXPORT_PAGE = 200
ERASED_PER_CALL = 4000
"""Documents: some seconds of a call that may take 30."""
_FORGETTING_SECONDS = 240.0
"""For each of the two parts of `forget_due`, which may take 540 with the last of each."""
_BEGUN_PAGE = 40


class ForgettingFailed(ShopFYPError):
    """Some shoppers could not be forgotten; the others were."""


class _Forgotten(NamedTuple):
    done: int
    failed: int


def my_interests(user_id: str, now: datetime) -> MyInterestsResponse:
    """What is held on a shopper, with the titles that the catalogue in Firestore has."""
    profile = shoppers.load_profile(user_id)
    interests = [*profile.recent, *profile.lasting]
    looked_at = [i.value for i in interests if i.kind == "product"]
    rejected = [rejection.product_id for rejection in profile.rejections()]
    watched = [i.value for i in interests if i.kind == "clip"]
    titled = products.load_products(looked_at + rejected)
    return described(profile, titled, products.load_clips(watched), now)


def described(
    profile: Profile, products: Mapping[str, Product], clips: Mapping[str, Clip], now: datetime
) -> MyInterestsResponse:
    """A profile as codes and parameters; what has left the catalogue is named by its id alone.

    The share of an interest is its part of all weights that the next cards are chosen by.
    """
    weight_of: dict[str, float] = {}
    for interest, weight in profile.weighted(now):
        weight_of[interest.item_id] = weight_of.get(interest.item_id, 0.0) + weight
    total = sum(weight_of.values()) or 1.0

    def held(interest: Interest) -> HeldItem:
        return HeldItem(
            item_id=interest.item_id,
            about=_interest(interest, profile, products, clips),
            at=interest.at,
            share=weight_of.get(interest.item_id, 0.0) / total,
        )

    return MyInterestsResponse(
        personalised=profile.personalised,
        recent=[held(interest) for interest in profile.recent],
        lasting=[held(interest) for interest in profile.lasting],
        rejected=[_rejection(dislike, products) for dislike in profile.rejections()],
    )


def forget_interest(
    user_id: str, request: ForgetInterestRequest, now: datetime
) -> ForgetInterestResponse:
    """Remove an interest or a rejection from the profile; see `Profile.forget`."""
    forgotten = False

    def forget(profile: Profile) -> Profile:
        nonlocal forgotten
        after = profile.forget(request.item_id, settled_time(request.at, now))
        forgotten = after != profile
        return after

    shoppers.change_profile(user_id, forget, now)
    return ForgetInterestResponse(forgotten=forgotten)


def set_personalisation(
    user_id: str, request: SetPersonalisationRequest, now: datetime
) -> SetPersonalisationResponse:
    """Turn personalisation on or off; what is held stays, to be removed by other calls."""
    changed = shoppers.change_profile(
        user_id, lambda profile: profile.model_copy(update={"personalised": request.on}), now
    )
    return SetPersonalisationResponse(personalised=changed.personalised)


def export_my_data(user_id: str, request: ExportMyDataRequest) -> ExportMyDataResponse:
    """A page of all that is stored of a shopper, as it is stored; on the first the sign-in."""
    first = request.page_token is None
    held = shoppers.load_held(user_id, request.page_token, EXPORT_PAGE)
    return ExportMyDataResponse(
        sign_in=sign_ins.load(user_id) if first else None,
        profile=held.profile,
        events=held.events,
        next_page_token=held.next_after,
    )


def delete_my_data(user_id: str, now: datetime) -> DeleteMyDataResponse:
    """Delete what is stored of a shopper, and when nothing is left, the user.

    Every call goes on where the last one ended, done or interrupted.
    """
    done = shoppers.erase(user_id, now, ERASED_PER_CALL)
    if done:
        sign_ins.delete(user_id)
        shoppers.erased(user_id)
    return DeleteMyDataResponse(done=done)


def forget_due(now: datetime) -> None:
    """Forget what no shopper's own call, and no TTL, takes away.

    Deletions that were begun are gone on with, and what is held of who turned personalisation off
    goes when its time has come. A shopper for whom it fails keeps nobody else waiting.

    Raises:
        ForgettingFailed: it failed for some.
    """
    deletions = _forget(
        "deletion failed", _half_erased(), lambda user_id: delete_my_data(user_id, now).done
    )
    unused = _forget(
        "forgetting failed", shoppers.unused(now), lambda user_id: shoppers.empty(user_id, now)
    )
    failed = deletions.failed + unused.failed
    log("INFO", "forgotten", deletions=deletions.done, unused=unused.done, failed=failed)
    if failed:
        raise ForgettingFailed(f"{failed} shoppers could not be forgotten")


def _half_erased() -> Iterable[str]:
    """The ids of all shoppers whose erasure began and did not end."""
    after = ""
    while found := shoppers.half_erased(_BEGUN_PAGE, after):
        yield from found
        after = found[-1]


def _forget(failure: str, user_ids: Iterable[str], forget: Callable[[str], bool]) -> _Forgotten:
    """Try `forget` for each, for as long as there is time; it returns whether it is done."""
    done = failed = 0
    ends = time.monotonic() + _FORGETTING_SECONDS
    for user_id in user_ids:
        try:
            done += forget(user_id)
        except Exception as error:  # whatever is wrong with one must not hold up the next
            failed += 1
            log("ERROR", failure, error=type(error).__name__, at=lines_of(error))
        if time.monotonic() > ends:
            break
    return _Forgotten(done, failed)


def _interest(
    interest: Interest, profile: Profile, products: Mapping[str, Product], clips: Mapping[str, Clip]
) -> Reason:
    match interest.kind:
        case "query":
            return _reason("searched", query=interest.value)
        case "clip":
            clip = clips.get(interest.value)
            return _reason("watched", clip_id=interest.value, topic=clip.topic if clip else "")
        case "product":
            product = products.get(interest.value)
            lasts = any(other.item_id == interest.item_id for other in profile.lasting)
            code = "bought" if interest.value in profile.bought else "added" if lasts else "viewed"
            title = product.title if product else ""
            return _reason(code, product_id=interest.value, title=title)


def _rejection(dislike: Dislike, products: Mapping[str, Product]) -> HeldItem:
    product = products.get(dislike.product_id)
    named = {}
    if product:
        named = {
            "title": product.title,
            "brand": product.brand,
            "category": product.category[-1] if product.category else "",
        }
    return HeldItem(
        item_id=dislike.item_id,
        about=_reason(f"not_{dislike.scope}", product_id=dislike.product_id, **named),
        at=dislike.at if dislike.at.timestamp() else None,
    )


def _reason(code: str, **params: str) -> Reason:
    cut = {name: value[:MAX_PARAMETER_CHARS] for name, value in params.items() if value}
    return Reason(code=code, params=cut)
