"""How Firestore is spoken to: its client, and what is tried again."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from google.api_core.exceptions import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    GoogleAPICallError,
    NotFound,
    RetryError,
    ServiceUnavailable,
)
from google.api_core.retry import Retry, if_exception_type
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

COMMIT = 400
"""Documents changed in one commit, or looked at in one go; Firestore takes 500."""
# Somebody else was faster, or Firestore is away: well within the time that a call may take.
_CONFLICTS = (Aborted, AlreadyExists, FailedPrecondition, NotFound)
again = Retry(
    predicate=if_exception_type(*_CONFLICTS, ServiceUnavailable),
    initial=0.05,
    maximum=2.0,
    timeout=10.0,
)


@cache
def client() -> firestore.Client:
    """The Firestore client of this process; the emulator's when its variable is set."""
    if os.environ.get("FIRESTORE_EMULATOR_HOST"):
        project = os.environ.get("GCLOUD_PROJECT", "demo-shopfyp")
        return firestore.Client(project=project, credentials=AnonymousCredentials())
    return firestore.Client()


@again
def transact(body: Callable[..., Any], *arguments: Any) -> Any:
    """Run `body(transaction, *arguments)` in a transaction, again for as long as it conflicts.

    Raises:
        GoogleAPICallError, RetryError: Firestore cannot be had now.
    """
    return attempt(body, *arguments)


def attempt(body: Callable[..., Any], *arguments: Any) -> Any:
    """Run `body` in one transaction, as `transact` does again and again."""
    try:
        # Wrapped anew for each call: the wrapper keeps what a retry needs, threads share none.
        return firestore.transactional(body)(client().transaction(), *arguments)
    except ValueError as error:
        # The library tells of its own rollback or count of attempts instead of what went wrong.
        cause = error.__cause__ or error.__context__
        if isinstance(cause, GoogleAPICallError | RetryError):
            raise cause from error
        raise
