"""What every callable does before and after its work: who calls, what they send, how it ends."""

import logging
import math
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from firebase_admin.exceptions import FirebaseError
from firebase_functions import https_fn, options
from firebase_functions.https_fn import CallableRequest, FunctionsErrorCode, HttpsError
from flask import Request as HttpRequest
from flask import Response, jsonify
from google.api_core.exceptions import GoogleAPICallError, RetryError
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from shopfyp.budgets import Budget, Budgets, address_of
from shopfyp.errors import (
    NoRelease,
    Overtaken,
    ReleaseError,
    UnknownProduct,
    UnknownRelease,
    Unsigned,
)
from shopfyp.latency import OK, Recorder
from shopfyp.logs import lines_of, log, request_logged, stage

MAX_BODY_BYTES = 128 * 1024
"""A full batch of events takes half of it."""

MAX_DEPTH = 32
"""Of lists and objects in each other: requests need a quarter, and a parser's stack has an end."""

_TOKEN_REFUSED = "Error validating token"

_AWAY = GoogleAPICallError | RetryError | FirebaseError
"""Firestore, Storage or Firebase Authentication does not do what it was asked."""

Request = TypeVar("Request", bound=BaseModel)
Handler = Callable[[str, Request], BaseModel]
Wrapped = Callable[..., Any]


class Callables:
    """Makes callables of handlers: `(user_id, request) -> response`."""

    def __init__(
        self, calls: Recorder, budgets: Budgets, *, origins: list[str], enforce_app_check: bool
    ) -> None:
        """Set what holds for all of them.

        Args:
            calls: counts them.
            budgets: bounds them.
            origins: of web pages that may call.
            enforce_app_check: refuse calls without a valid App Check token.
        """
        self.calls, self.budgets = calls, budgets
        logging.getLogger().addFilter(_unquoted)
        self._options: dict[str, Any] = {
            "cors": options.CorsOptions(cors_origins=origins, cors_methods=["POST"]),
            "enforce_app_check": enforce_app_check,
        }

    def of(
        self,
        request_type: type[Request],
        sizes: dict[str, Any],
        budget: Budget,
        *,
        operator: bool = False,
    ) -> Callable[[Handler[Request]], Wrapped]:
        """Make a handler a callable: for those who signed in, within their budget.

        What it raises becomes an error of the protocol (see `docs/security.md`); bad input is
        `invalid-argument` and names each field.

        Args:
            request_type: what must be sent.
            sizes: of its instances.
            budget: calls a minute.
            operator: only for accounts with the custom claim of that name.
        """

        def decorate(handler: Handler[Request]) -> Wrapped:
            def answer(request: CallableRequest[Any]) -> Any:
                user_id = _caller(request, operator)
                with stage("budget"):
                    self._charge(handler.__name__, budget, user_id, request)
                parsed = request_type.model_validate(request.data)
                return handler(user_id, parsed).model_dump(mode="json")

            @wraps(handler)
            def call(request: CallableRequest[Any]) -> Any:
                name, headers = handler.__name__, request.raw_request.headers
                with request_logged(name, headers) as said, self.calls.measured(name) as ends:
                    outcome = OK
                    try:
                        return answer(request)
                    except Exception as error:
                        refusal = _refusal(error, name, request_type)
                        outcome = refusal.code.value
                        raise refusal from error
                    finally:
                        said["outcome"] = outcome
                        ends(outcome)

            return _bounded(https_fn.on_call(**self._options, **sizes)(call))

        return decorate

    def has_left(self, function: str, per_minute: int, request: HttpRequest) -> bool:
        """Count a request that nobody signed in for; whether its address has any left.

        Behind Hosting the address is that of the CDN's node, which thousands share.
        """
        return not self.budgets.spend_at(function, per_minute, _address(request))

    def _charge(
        self, function: str, budget: Budget, user_id: str, request: CallableRequest[Any]
    ) -> None:
        wait = self.budgets.spend(function, budget, user_id, _address(request.raw_request))
        if wait:
            seconds = math.ceil(wait)
            raise HttpsError(
                FunctionsErrorCode.RESOURCE_EXHAUSTED,
                f"Too many calls of {function}: try again in {seconds} s.",
                {"retry_after_seconds": seconds},
            )


def _address(request: HttpRequest) -> str | None:
    return address_of(request.headers.get("X-Forwarded-For"), request.remote_addr)


def _caller(request: CallableRequest[Any], operator: bool) -> str:
    if request.auth is None or not request.auth.uid:
        raise HttpsError(FunctionsErrorCode.UNAUTHENTICATED, "Sign in first; anonymously will do.")
    if operator and request.auth.token.get("operator") is not True:
        raise HttpsError(FunctionsErrorCode.PERMISSION_DENIED, "For operators only.")
    user_id: str = request.auth.uid
    return user_id


def _refusal(error: Exception, function: str, request_type: type[BaseModel]) -> HttpsError:
    """What the caller is told of an error. Of a bug nothing; its text may quote the shopper."""
    match error:
        case HttpsError():
            return error
        case ValidationError() if error.title == request_type.__name__:
            return _invalid(error)
        case UnknownProduct():
            text = f"product_id: no product {error} in this release"
            return HttpsError(FunctionsErrorCode.NOT_FOUND, text)
        case UnknownRelease():
            return HttpsError(FunctionsErrorCode.NOT_FOUND, f"version: {error}")
        case Overtaken():
            return HttpsError(FunctionsErrorCode.ABORTED, f"version: {error}")
        case Unsigned():
            return HttpsError(FunctionsErrorCode.FAILED_PRECONDITION, f"version: {error}")
        case NoRelease() | ReleaseError():
            log("ERROR", "nothing to serve", function=function, reason=str(error))
            text = "No release can be served yet; try again soon."
            return HttpsError(FunctionsErrorCode.UNAVAILABLE, text)
        case _ if isinstance(cause := error.__cause__ or error, _AWAY):
            # A transaction that was tried too often is a ValueError, because of the last failure.
            log("ERROR", "Google Cloud fails", function=function, reason=type(cause).__name__)
            text = "Our storage does not answer; try again soon."
            return HttpsError(FunctionsErrorCode.UNAVAILABLE, text)
        case _:
            what, at = type(error).__name__, lines_of(error)
            log("ERROR", "bug", function=function, error=what, at=at)
            return HttpsError(FunctionsErrorCode.INTERNAL, "INTERNAL")


def _invalid(error: ValidationError) -> HttpsError:
    errors = [
        {"field": _field(e["loc"]), "message": e["msg"]}
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    text = "; ".join(f"{e['field']}: {e['message']}" for e in errors[:5])
    return HttpsError(FunctionsErrorCode.INVALID_ARGUMENT, text, {"errors": errors[:100]})


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "data"


def _unquoted(record: logging.LogRecord) -> bool:
    """Log that a token was refused, and not what firebase-functions quotes of it."""
    if str(record.msg).startswith(_TOKEN_REFUSED):
        record.msg = _TOKEN_REFUSED
    return True


def _bounded(function: Wrapped) -> Wrapped:
    """Refuse a body that is too large before it is read, and one that is no call's.

    The library underneath would call such bodies an internal error, and log what they hold.
    """

    @wraps(function)
    def call(request: HttpRequest) -> Response:
        request.max_content_length = MAX_BODY_BYTES
        try:
            body = request.get_json(silent=True)
        except RecursionError:
            body = None
        except RequestEntityTooLarge:
            return _refused(413, f"data: at most {MAX_BODY_BYTES} bytes are taken")
        if request.method == "POST" and (not isinstance(body, dict) or body.keys() != {"data"}):
            return _refused(400, 'data: the body must be JSON, {"data": ...}')
        if _is_deep(body):
            return _refused(400, f"data: at most {MAX_DEPTH} levels are taken")
        answered: Response = function(request)
        return answered

    return call


def _is_deep(body: Any) -> bool:
    level = [body]
    for _ in range(MAX_DEPTH):
        branches = [value for value in level if isinstance(value, dict | list)]
        level = [inner for value in branches for inner in _inside(value)]
        if not level:
            return False
    return True


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _refused(status: int, message: str) -> Response:
    code = FunctionsErrorCode.INVALID_ARGUMENT.name
    response = jsonify(error={"status": code, "message": message})
    response.status_code = status
    return response
