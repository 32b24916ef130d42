"""The deployed functions: decorators, auth, request -> call -> response; nothing else.

The modules that need the model are imported by the functions that use it, on their first call:
`log_events` and `public_files` never load onnxruntime or faiss.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import firebase_admin
from firebase_functions import https_fn, options, params, scheduler_fn
from firebase_functions.https_fn import CallableRequest, FunctionsErrorCode, HttpsError
from pydantic import BaseModel, ValidationError

from shopfyp import account, api, feed, store, suggestions
from shopfyp.errors import NoRelease, Overtaken, ReleaseError, UnknownProduct, UnknownRelease
from shopfyp.events import SearchEvent
from shopfyp.insights import day_of
from shopfyp.latency import OK, Recorder
from shopfyp.logs import log
from shopfyp.product_page import Shell, ShellError, product_id_of, with_product
from shopfyp.public_file import PublicFile

if TYPE_CHECKING:
    from shopfyp.bucket import CloudBucket
    from shopfyp.release import Release

EMULATED = os.environ.get("FUNCTIONS_EMULATOR") == "true"
CHECK_SECONDS = float(os.environ.get("RELEASE_CHECK_SECONDS", "60"))
CALLS_SECONDS = float(os.environ.get("CALLS_SAVE_SECONDS", "60"))

REGION = params.StringParam(
    "FUNCTIONS_REGION",
    default="europe-west1",
    description="Where the functions run; keep it beside Firestore and the bucket.",
)
MIN_INSTANCES = params.IntParam(
    "MIN_INSTANCES",
    default=0,
    description="Instances kept warm: 0 costs nothing when idle, 1 spares the cold start.",
)

SITE_ORIGIN = params.StringParam(
    "SITE_ORIGIN",
    default="",
    description="The web app's address, https://shop.example; empty: https://PROJECT.web.app.",
)

options.set_global_options(
    region=REGION,
    # The default, gcf_gen1, would be refused with a concurrency above 1.
    cpu=1,
    # Bounds the bill if something loops or someone floods.
    max_instances=20,
    min_instances=MIN_INSTANCES,
)

# The model is CPU-bound and one CPU is given: a few requests wait on each other's I/O, no more.
SERVING = options.MemoryOption.GB_1, 20, 60
# Reads and writes of one document: light, and many at a time.
LOGGING = options.MemoryOption.MB_512, 40, 30
# A day's events, one by one: memory for what is told apart, and minutes.
COUNTING = options.MemoryOption.GB_1, 1, 540
PUBLIC = {suggestions.FILE: suggestions.SuggestionsFile, feed.FILE: feed.FeedFile}


def _options(sizes: tuple[options.MemoryOption, int, int]) -> dict[str, Any]:
    memory, concurrency, timeout_sec = sizes
    return {"memory": memory, "concurrency": concurrency, "timeout_sec": timeout_sec}


def _now() -> datetime:
    return datetime.now(UTC)


_calls = Recorder(store.add_calls, lambda: day_of(_now()), CALLS_SECONDS)

Request = TypeVar("Request", bound=BaseModel)


def _callable(
    request_type: type[Request], *, operator: bool = False
) -> Callable[[Callable[[str, Request], BaseModel]], Callable[[CallableRequest[Any]], Any]]:
    """Check who calls and what they send, turn our exceptions into the protocol's, and count.

    `operator` asks for an account with the custom claim of that name.
    """

    def decorate(handler: Callable[[str, Request], BaseModel]) -> Callable[..., Any]:
        @wraps(handler)
        def call(request: CallableRequest[Any]) -> Any:
            with _calls.measured(handler.__name__) as ends:
                try:
                    answered = answer(request)
                except HttpsError as error:
                    ends(error.code.value)
                    raise
                ends(OK)
                return answered

        def answer(request: CallableRequest[Any]) -> Any:
            if request.auth is None or not request.auth.uid:
                raise HttpsError(
                    FunctionsErrorCode.UNAUTHENTICATED, "Sign in first; anonymously will do."
                )
            if operator and request.auth.token.get("operator") is not True:
                raise HttpsError(FunctionsErrorCode.PERMISSION_DENIED, "For operators only.")
            try:
                parsed = request_type.model_validate(request.data)
                return handler(request.auth.uid, parsed).model_dump(mode="json")
            except ValidationError as error:
                raise _invalid(error, request_type) from error
            except UnknownProduct as error:
                raise HttpsError(
                    FunctionsErrorCode.NOT_FOUND, f"product_id: no product {error} in this release"
                ) from error
            except UnknownRelease as error:
                raise HttpsError(FunctionsErrorCode.NOT_FOUND, f"version: {error}") from error
            except Overtaken as error:
                raise HttpsError(FunctionsErrorCode.ABORTED, f"version: {error}") from error
            except (NoRelease, ReleaseError) as error:
                log("ERROR", "nothing to serve", function=handler.__name__, reason=str(error))
                raise HttpsError(
                    FunctionsErrorCode.UNAVAILABLE, "No release can be served yet; try again soon."
                ) from error

        return call

    return decorate


def _invalid(error: ValidationError, model: type[BaseModel]) -> HttpsError:
    """`invalid-argument`, naming each field and what was expected of it."""
    errors = [
        {"field": _field(e["loc"]), "message": e["msg"]}
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    if error.title != model.__name__:
        raise error  # our own response was wrong, not the request
    text = "; ".join(f"{e['field']}: {e['message']}" for e in errors[:5])
    return HttpsError(FunctionsErrorCode.INVALID_ARGUMENT, text, {"errors": errors[:100]})


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "data"


def _bucket() -> "CloudBucket":
    from shopfyp.bucket import CloudBucket

    return CloudBucket(os.environ.get("RELEASE_BUCKET") or params.STORAGE_BUCKET.value)


@cache
def _releases() -> Any:
    from shopfyp.release import ReleaseHolder

    return ReleaseHolder(_bucket(), check_seconds=CHECK_SECONDS)


@cache
def _public_file(name: str) -> PublicFile:
    return PublicFile(_bucket(), name, PUBLIC[name], check_seconds=CHECK_SECONDS)


@cache
def _shell() -> Shell:
    return Shell(_origin())


def _origin() -> str:
    """Where the web app is, by our own configuration: a request's Host can be anybody's."""
    if EMULATED:
        return "http://127.0.0.1:5000"
    return SITE_ORIGIN.value or f"https://{os.environ['GCLOUD_PROJECT']}.web.app"


def _release() -> "Release":
    release: Release = _releases().get()
    return release


@https_fn.on_call(**_options(SERVING))  # type: ignore[untyped-decorator]
@_callable(api.SearchRequest)
def search(user_id: str, request: api.SearchRequest) -> api.SearchResponse:
    """Answer a query, and log it: it is the shopper's circumstance."""
    from shopfyp.search import search as find

    response = find(_release(), request, _now())
    if request.page_token is not None:
        return response  # the first page was logged
    event = SearchEvent(
        type="search", event_id=request.event_id, at=request.at, query=request.query
    )
    logged = store.log_events(user_id, [event], _now())
    if logged.stored and (why := _unanswered(request, response)):
        store.log_unanswered(request.query, why, _now())
    return response


def _unanswered(request: api.SearchRequest, response: api.SearchResponse) -> str:
    """Why a search did not get what it asked for; empty when it did, or filters are to blame."""
    if request.filters != api.Filters():
        return ""
    if not response.total:
        return "nothing"
    return "relaxed" if response.relaxed else "nearest_only" if response.nearest_only else ""


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.LogEventsRequest)
def log_events(user_id: str, request: api.LogEventsRequest) -> api.LogEventsResponse:
    """Store a batch of interactions."""
    logged = store.log_events(user_id, request.events, _now())
    return api.LogEventsResponse(**logged._asdict())


@https_fn.on_call(**_options(SERVING))  # type: ignore[untyped-decorator]
@_callable(api.RecommendRequest)
def recommend(user_id: str, request: api.RecommendRequest) -> api.RecommendResponse:
    """The next shop cards: one document read, the rest from the release."""
    from shopfyp.recommend import recommend as cards

    response = cards(_release(), store.load_profile(user_id), user_id, request, _now())
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


@https_fn.on_call(**_options(SERVING))  # type: ignore[untyped-decorator]
@_callable(api.SimilarRequest)
def similar(_: str, request: api.SimilarRequest) -> api.SimilarResponse:
    """A product, and others like it."""
    from shopfyp.recommend import similar as alike

    return alike(_release(), request, _now())


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.NoRequest)
def my_interests(user_id: str, _: api.NoRequest) -> api.MyInterestsResponse:
    """What is held on the shopper, each item with the id by which it can be removed."""
    return account.my_interests(user_id, _now())


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.ForgetInterestRequest)
def forget_interest(user_id: str, request: api.ForgetInterestRequest) -> api.ForgetInterestResponse:
    """Remove an interest or a rejection."""
    return account.forget_interest(user_id, request, _now())


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.SetPersonalisationRequest)
def set_personalisation(
    user_id: str, request: api.SetPersonalisationRequest
) -> api.SetPersonalisationResponse:
    """Turn personalisation on or off: off, nothing is kept and nothing is used."""
    return account.set_personalisation(user_id, request, _now())


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.ExportMyDataRequest)
def export_my_data(user_id: str, request: api.ExportMyDataRequest) -> api.ExportMyDataResponse:
    """All that is stored of the shopper, page by page."""
    return account.export_my_data(user_id, request)


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.NoRequest)
def delete_my_data(user_id: str, _: api.NoRequest) -> api.DeleteMyDataResponse:
    """Delete all that is stored of the shopper, at last the user; called until it is done."""
    return account.delete_my_data(user_id, _now())


@https_fn.on_request(**_options(LOGGING))  # type: ignore[untyped-decorator]
def public_files(request: https_fn.Request) -> https_fn.Response:
    """The feed's clips, and all suggestions: files of the release, for everybody, without sign-in.

    Hosting's CDN and the browser keep them, so this is called a few times an hour, and never for a
    keystroke. A new release is seen, or taken back, after a quarter of an hour at the most.
    """
    name = request.path.strip("/")
    if name not in PUBLIC:
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
    response.set_etag(served.release, weak=True)
    return response.make_conditional(request)


@https_fn.on_request(**_options(LOGGING))  # type: ignore[untyped-decorator]
def product_page(request: https_fn.Request) -> https_fn.Response:
    """The web app's page with a product's name, picture and price in its head: GET, no sign-in.

    For what reads an address without running the app (crawlers, the previews of messengers), and
    for whoever opens a shared link. Within the app nobody waits for it: routes change there.
    """
    if request.method not in {"GET", "HEAD"}:
        return https_fn.Response(status=405, headers={"Allow": "GET, HEAD"})
    try:
        html = _shell().get()
    except ShellError as error:
        log("ERROR", "no web app to answer with", reason=str(error))
        headers = {"Cache-Control": "no-store", "Retry-After": "10"}
        return https_fn.Response(status=503, headers=headers)
    try:
        product_id = product_id_of(request.path)
        product = store.load_product(product_id) if product_id else None
        html = with_product(html, product, _origin()) if product else html
        kept = "max-age=300, s-maxage=3600" if product else "max-age=60, s-maxage=60"
        status, caching = (200 if product else 404), f"public, {kept}"
    except Exception as error:  # the app looks the product up by itself, and says what is wrong
        log("ERROR", "product page without its product", reason=f"{type(error).__name__}: {error}")
        status, caching = 200, "no-store"
    return https_fn.Response(
        html, status=status, mimetype="text/html", headers={"Cache-Control": caching}
    )


@scheduler_fn.on_schedule(schedule="5 */6 * * *", retry_count=3, **_options(COUNTING))  # type: ignore[untyped-decorator]
def count_insights(_: scheduler_fn.ScheduledEvent) -> None:
    """Count today's events four times a day (UTC), and yesterday's once more after its end."""
    from shopfyp.reporting import count

    count(_bucket(), _now())


@https_fn.on_call(**_options(COUNTING))  # type: ignore[untyped-decorator]
@_callable(api.RefreshInsightsRequest, operator=True)
def refresh_insights(_: str, __: api.RefreshInsightsRequest) -> api.RefreshInsightsResponse:
    """Count now what `count_insights` counts."""
    from shopfyp.reporting import count

    return api.RefreshInsightsResponse(counted=count(_bucket(), _now()))


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.InsightsRequest, operator=True)
def insights(_: str, request: api.InsightsRequest) -> api.InsightsResponse:
    """All that the operator's page shows."""
    from shopfyp.reporting import report

    return report(_bucket(), request.days, _now())


@https_fn.on_call(**_options(LOGGING))  # type: ignore[untyped-decorator]
@_callable(api.RollBackRequest, operator=True)
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
