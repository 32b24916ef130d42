"""What is set where the functions are deployed: parameters, sizes and budgets of calls."""

import os
import re
from typing import Any

from firebase_functions import options, params

from shopfyp.budgets import Budget
from shopfyp.errors import SettingError

EMULATED = os.environ.get("FUNCTIONS_EMULATOR") == "true"
CHECK_SECONDS = float(os.environ.get("RELEASE_CHECK_SECONDS", "60"))
CHANGES_SECONDS = float(os.environ.get("CHANGES_CHECK_SECONDS", "15"))
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

APP_ORIGINS = params.StringParam(
    "APP_ORIGINS",
    default="",
    description="Other web apps that may call, by address, https://app.example; commas between.",
)

ENFORCE_APP_CHECK = params.BoolParam(
    "ENFORCE_APP_CHECK",
    default=False,
    description="Refuse calls that do not come from your app; the web app needs its key first.",
)

params.StringParam(
    "MANIFEST_PUBLIC_KEY",
    default="",
    description="Serve only releases signed by its signing key (docs/operations.md); empty: all.",
)

params.BoolParam(
    "REQUIRE_CONSENT",
    default=False,
    description="Keep and use nothing of a shopper who has not agreed; see docs/privacy.md.",
)

params.IntParam(
    "RETENTION_DAYS",
    default=90,
    description="How long events and profiles are kept after the last one; see docs/privacy.md.",
)

params.StringParam(
    "MILVUS_ADDRESS",
    default="",
    description="Where Milvus is, for releases whose vectors are there; see docs/scale.md.",
)

_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:\d+)?|http://localhost(:\d+)?")

Sizes = tuple[options.MemoryOption, int, int]
"""Memory, calls at a time, and seconds that a call may take."""

# The model is CPU-bound and one CPU is given: a few requests wait on each other's I/O, no more.
SERVING: Sizes = options.MemoryOption.GB_1, 20, 60
# Of the functions that search: MILVUS_TOKEN, where Milvus asks for one (docs/scale.md).
SECRETS: list[str] = []
# Reads and writes of one document: light, and many at a time.
LOGGING = options.MemoryOption.MB_512, 40, 30
# A day's events, one by one: memory for what is told apart, and minutes.
COUNTING = options.MemoryOption.GB_1, 1, 540
# Calls a minute of one shopper, and of one address, which an office or a carrier may share.
SHOWING = Budget(shopper=120, address=2400)
WRITING = Budget(shopper=240, address=4800)
ACCOUNT = Budget(shopper=120, address=1200)
OPERATING = Budget(shopper=60, address=120)
# Reads of a product for a page, of one address; behind Hosting that is its CDN's.
READING = 6000


def options_of(sizes: Sizes) -> dict[str, Any]:
    """What a function of these sizes is deployed with."""
    memory, concurrency, timeout_sec = sizes
    found = {"memory": memory, "concurrency": concurrency, "timeout_sec": timeout_sec}
    return found | {"secrets": SECRETS} if sizes is SERVING else found


def origin() -> str:
    """Where the web app is, by our own configuration: a request's Host can be anybody's."""
    if EMULATED:
        return "http://127.0.0.1:5000"
    return SITE_ORIGIN.value or f"https://{os.environ.get('GCLOUD_PROJECT', '')}.web.app"


def origins() -> list[str]:
    """The web pages that may call: ours, those named, and previews that Hosting makes of a branch.

    Raises:
        SettingError: `APP_ORIGINS` names what is no address of a web app.
    """
    named = [address.strip() for address in APP_ORIGINS.value.split(",") if address.strip()]
    for address in named:
        # More than that would be read as a pattern, and let others in.
        if not _ADDRESS.fullmatch(address):
            wanted = "https://app.example or http://localhost:5173"
            raise SettingError(f"APP_ORIGINS: {address!r} is no address like {wanted}")
    if EMULATED:
        return [origin(), "http://localhost:5000", *named]
    project = os.environ.get("GCLOUD_PROJECT", "")
    own = [origin(), f"https://{project}.web.app", f"https://{project}.firebaseapp.com", *named]
    return [*own, rf"^https://{project}--[a-z0-9-]+\.web\.app$"]
