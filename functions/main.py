"""The deployed functions: decorators, auth, request -> call -> response; nothing else.

The modules that need the model are imported by the functions that use it, on their first call:
`log_events` and `public_files` never load onnxruntime or faiss.
"""

# First: among what is imported after it no cycles are looked for.
from shopfyp.startup import ready

# isort: split

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

import firebase_admin
from firebase_functions import firestore_fn, https_fn, options, params, scheduler_fn

from shopfyp import account, api, feed, suggestions
from shopfyp.budgets import INSTANCES, Budgets
from shopfyp.callables import Callables
from shopfyp.changes import InvalidProduct
from shopfyp.errors import NoRelease
from shopfyp.events import SearchEvent
from shopfyp.insights import day_of
from shopfyp.latency import OK, Recorder
from shopfyp.logs import answered_by, log, request_logged, stage
from shopfyp.product_page import Shell, ShellError, product_id_of, with_product
from shopfyp.public_file import PublicFile
from shopfyp.settings import (
    ACCOUNT,
    CALLS_SECONDS,
    CHANGES_SECONDS,
    CHECK_SECONDS,
    COUNTING,
    EMULATED,
    ENFORCE_APP_CHECK,
    LOGGING,
    MIN_INSTANCES,
    OPERATING,
    READING,
    REGION,
    SERVING,
    SHOWING,
    WRITING,
    options_of,
    origin,
    origins,
)
from shopfyp.store import budgets, counts, products, shoppers

if TYPE_CHECKING:
    from shopfyp.bucket import CloudBucket
    from shopfyp.release import Release

options.set_global_options(
    region=REGION,
    # The default, gcf_gen1, would be refused with a concurrency above 1.
    cpu=1,
    # Bounds the bill if something loops or someone floods.
    max_instances=INSTANCES,
    min_instances=MIN_INSTANCES,
)

PUBLIC = {suggestions.FILE: suggestions.SuggestionsFile, feed.FILE: feed.FeedFile}


def _now() -> datetime:
    return datetime.now(UTC)


_callables = Callables(
    Recorder(counts.add_calls, lambda: day_of(_now()), CALLS_SECONDS),
    Budgets(budgets.draw, _now),
    origins=origins(),
    enforce_app_check=ENFORCE_APP_CHECK.value,
)
_callable = _callables.of
Page = Callable[[https_fn.Request], https_fn.Response]


def _page(handler: Page) -> Page:
    """Make a handler a function that browsers call, logged as callables are."""

    @wraps(handler)
    def answer(request: https_fn.Request) -> https_fn.Response:
        with request_logged(handler.__name__, request.headers) as said:
            response = handler(request)
            said["outcome"] = OK if response.status_code < 500 else "unavailable"
        return response

    page: Page = https_fn.on_request(**options_of(LOGGING))(answer)
    return page


def _bucket() -> "CloudBucket":
    from shopfyp.bucket import CloudBucket

    return CloudBucket(os.environ.get("RELEASE_BUCKET") or params.STORAGE_BUCKET.value)


@cache
def _releases() -> Any:
    from shopfyp.delta.live import LiveReleases
    from shopfyp.holder import ReleaseHolder

    holder = ReleaseHolder(_bucket(), check_seconds=CHECK_SECONDS)
    return LiveReleases(holder, products.changes_since, CHANGES_SECONDS)


@cache
def _public_file(name: str) -> PublicFile:
    kept_up = feed.LiveFeed(products.changes_since) if name == feed.FILE else None
    return PublicFile(_bucket(), name, PUBLIC[name], CHECK_SECONDS, kept_up)


@cache
def _shell() -> Shell:
    return Shell(origin())


def _release() -> "Release":
    with stage("release"):
        release: Release = _releases().get()
    answered_by(release.version)
    return release


@_callable(api.SearchRequest, options_of(SERVING), SHOWING)
def search(user_id: str, request: api.SearchRequest) -> api.SearchResponse:
    """Answer a query, and log it: it is the shopper's circumstance."""
    from shopfyp.search import search as find

    release = _release()
    with stage("rank"):
        response = find(release, request, _now())
    if request.page_token is not None:
        return response  # the first page was logged
    event = SearchEvent(
        type="search",
        event_id=request.event_id,
        at=request.at,
        query=request.query,
        ignore=request.ignore,
        verbatim=request.verbatim,
    )
    with stage("store"):
        logged = shoppers.log_events(user_id, [event], _now())
    if logged.stored and (why := _unanswered(request, response)):
        counts.log_unanswered(request.query, why, _now())
    return response


def _unanswered(request: api.SearchRequest, response: api.SearchResponse) -> str:
    """Why a search did not get what it asked for; empty when it did, or filters are to blame."""
    if request.filters != api.Filters():
        return ""
    if not response.total:
        return "nothing"
    return "relaxed" if response.relaxed else "nearest_only" if response.nearest_only else ""


@_callable(api.LogEventsRequest, options_of(LOGGING), WRITING)
def log_events(user_id: str, request: api.LogEventsRequest) -> api.LogEventsResponse:
    """Store a batch of interactions."""
    with stage("store"):
        logged = shoppers.log_events(user_id, request.events, _now())
    return api.LogEventsResponse(**logged._asdict())


@_callable(api.RecommendRequest, options_of(SERVING), SHOWING)
def recommend(user_id: str, request: api.RecommendRequest) -> api.RecommendResponse:
    """The next shop cards: one document read, the rest from the release."""
    from shopfyp.recommend import recommend as cards

    release = _release()
    with stage("store"):
        profile = shoppers.load_profile(user_id)
    with stage("rank"):
        response = cards(release, profile, user_id, request, _now())
    for card in response.cards:
        log(
            "INFO",
            "card served",
            card_id=card.card_id,
            release=response.release,
            variant=response.variant,
            source=card.source,
            propensities={i.product.product_id: i.propensity for i in card.products},
        )
    return response


@_callable(api.SimilarRequest, options_of(SERVING), SHOWING)
def similar(_: str, request: api.SimilarRequest) -> api.SimilarResponse:
    """A product, and others like it."""
    from shopfyp.recommend import similar as alike

    release = _release()
    with stage("rank"):
        return alike(release, request, _now())


@_callable(api.NoRequest, options_of(LOGGING), ACCOUNT)
def my_interests(user_id: str, _: api.NoRequest) -> api.MyInterestsResponse:
    """What is held on the shopper, each item with the id by which it can be removed."""
    return account.my_interests(user_id, _now())


@_callable(api.ForgetInterestRequest, options_of(LOGGING), ACCOUNT)
def forget_interest(user_id: str, request: api.ForgetInterestRequest) -> api.ForgetInterestResponse:
    """Remove an interest or a rejection."""
    return account.forget_interest(user_id, request, _now())


@_callable(api.SetPersonalisationRequest, options_of(LOGGING), ACCOUNT)
def set_personalisation(
    user_id: str, request: api.SetPersonalisationRequest
) -> api.SetPersonalisationResponse:
    """Turn personalisation on or off: off, nothing is kept and nothing is used."""
    return account.set_personalisation(user_id, request, _now())


@_callable(api.ExportMyDataRequest, options_of(LOGGING), ACCOUNT)
def export_my_data(user_id: str, request: api.ExportMyDataRequest) -> api.ExportMyDataResponse:
    """All that is stored of the shopper, the sign-in too, page by page."""
    return account.export_my_data(user_id, request)


@_callable(api.NoRequest, options_of(LOGGING), ACCOUNT)
def delete_my_data(user_id: str, _: api.NoRequest) -> api.DeleteMyDataResponse:
    """Delete all that is stored of the shopper, at last the user; called until it is done."""
    return account.delete_my_data(user_id, _now())


@_page
def public_files(request: https_fn.Request) -> https_fn.Response:
    """The feed's clips, and all suggestions: files of the release, for everybody, without sign-in.

    Hosting's CDN and the browser keep them, so this is called a few times an hour, and never for a
    keystroke. A new release is seen, or taken back, after a quarter of an hour at the most; so is
    what sold out of the feed's products, or costs something else.
    """
    name = request.path.strip("/")
    # With a query the CDN would have to ask for what it holds already.
    if name not in PUBLIC or request.query_string:
        return https_fn.Response(status=404)
    if request.method not in {"GET", "HEAD"}:
        return https_fn.Response(status=405, headers={"Allow": "GET, HEAD"})
    try:
        served = _public_file(name).get()
    except NoRelease:  # logged where it was found out
        headers = {"Cache-Control": "no-store", "Retry-After": "10"}
        return https_fn.Response(status=503, headers=headers)
    response = https_fn.Response(served.plain, mimetype="application/json")
    if "gzip" in request.accept_encodings:
        response.data = served.gzipped
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=300, s-maxage=600"
    # Weak: the bytes differ by encoding, what they say does not.
    response.set_etag(served.tag, weak=True)
    return response.make_conditional(request)


@_page
def product_page(request: https_fn.Request) -> https_fn.Response:
    """The web app's page with a product's name, picture and price in its head: GET, no sign-in.

    For what reads an address without running the app (crawlers, the previews of messengers), and
    for whoever opens a shared link. Within the app nobody waits for it: routes change there.

    Where too many are asked for the page is that of the app alone, which looks the product up by
    itself: a flood must not keep shared links from others.
    """
    if request.method not in {"GET", "HEAD"}:
        return https_fn.Response(status=405, headers={"Allow": "GET, HEAD"})
    try:
        html, guards = _shell().get()
    except ShellError as error:
        log("ERROR", "no web app to answer with", reason=str(error))
        headers = {"Cache-Control": "no-store", "Retry-After": "10"}
        return https_fn.Response(status=503, headers=headers)
    try:
        product_id = product_id_of(request.path)
        if product_id and not _callables.has_left("product_page", READING, request):
            headers = {"Cache-Control": "no-store", **guards}
            return https_fn.Response(html, mimetype="text/html", headers=headers)
        product = products.load_product(product_id) if product_id else None
        html = with_product(html, product, origin()) if product else html
        kept = "max-age=300, s-maxage=3600" if product else "max-age=60, s-maxage=60"
        status, caching = (200 if product else 404), f"public, {kept}"
    except Exception as error:  # the app looks the product up by itself, and says what is wrong
        log("ERROR", "product page without its product", reason=f"{type(error).__name__}: {error}")
        status, caching = 200, "no-store"
    return https_fn.Response(
        html, status=status, mimetype="text/html", headers={"Cache-Control": caching, **guards}
    )


@firestore_fn.on_document_written(document="products/{product_id}", **options_of(LOGGING))  # type: ignore[untyped-decorator]
def product_written(event: firestore_fn.Event[firestore_fn.Change[Any]]) -> None:
    """Note what became of a product, for the functions that serve it before the next build."""
    product_id = event.params["product_id"]
    try:
        products.note_change(product_id, _now())
    except InvalidProduct as error:
        log("ERROR", "no product", product_id=product_id, reason=str(error))


@scheduler_fn.on_schedule(schedule="5 */6 * * *", retry_count=3, **options_of(COUNTING))  # type: ignore[untyped-decorator]
def count_insights(_: scheduler_fn.ScheduledEvent) -> None:
    """Count today's events four times a day (UTC), and yesterday's once more after its end."""
    from shopfyp.reporting import count

    count(_bucket(), _now())


@scheduler_fn.on_schedule(schedule="35 */6 * * *", retry_count=3, **options_of(COUNTING))  # type: ignore[untyped-decorator]
def forget_due(_: scheduler_fn.ScheduledEvent) -> None:
    """Forget four times a day (UTC) what no shopper's own call, and no TTL, takes away."""
    account.forget_due(_now())


@_callable(api.RefreshInsightsRequest, options_of(COUNTING), OPERATING, operator=True)
def refresh_insights(_: str, __: api.RefreshInsightsRequest) -> api.RefreshInsightsResponse:
    """Count now what `count_insights` counts."""
    from shopfyp.reporting import count

    return api.RefreshInsightsResponse(counted=count(_bucket(), _now()))


@_callable(api.InsightsRequest, options_of(LOGGING), OPERATING, operator=True)
def insights(_: str, request: api.InsightsRequest) -> api.InsightsResponse:
    """All that the operator's page shows."""
    from shopfyp.reporting import report

    return report(_bucket(), request.days, _now())


@_callable(api.RollBackRequest, options_of(LOGGING), OPERATING, operator=True)
def roll_back(_: str, request: api.RollBackRequest) -> api.RollBackResponse:
    """Make another release the live one."""
    from shopfyp.history import roll_back as move

    version = move(_bucket(), request.version)
    log("WARNING", "rolled back", release=version)
    return api.RollBackResponse(release=version)


firebase_admin.initialize_app()
if EMULATED:
    from shopfyp.emulated import end_with_parent

    end_with_parent()
ready()
