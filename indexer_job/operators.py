"""Who is an operator: the custom claim `operator` of a Firebase account."""

import os
from typing import Any

import firebase_admin
from firebase_admin import auth, exceptions

from shopfyp.errors import ShopFYPError

CLAIM = "operator"
DEMO_EMAIL, DEMO_PASSWORD = "operator@example.com", "demo-operator"
"""Of the emulators' demo only, where nobody else gets in."""


class UnknownUser(ShopFYPError):
    """No account has this id or address, or the project's accounts cannot be reached."""


class UnverifiedUser(ShopFYPError):
    """Nobody has shown that the address of this account is theirs."""


def set_operator(user: str, *, revoke: bool = False) -> str:
    """Make the account with this user id or email address an operator, or no longer one.

    It holds from the account's next sign-in, or within the hour that a token lives.

    Returns:
        The user id.

    Raises:
        UnknownUser: there is none, or it cannot be asked for.
        UnverifiedUser: anybody may have signed up with that address.
    """
    app = _app()
    try:
        found = auth.get_user_by_email(user, app) if "@" in user else auth.get_user(user, app)
        if "@" in user and not revoke and not found.email_verified:
            raise UnverifiedUser(
                f"{user}: the address is not verified, so the account may be anybody's; its owner "
                f"signs in by Google or resets the password first, or name it by its id {found.uid}"
            )
        claims = {name: value for name, value in _claims(found).items() if name != CLAIM}
        auth.set_custom_user_claims(found.uid, claims if revoke else {**claims, CLAIM: True}, app)
    except (exceptions.FirebaseError, ValueError) as error:
        raise UnknownUser(f"{user}: {error}") from error
    return str(found.uid)


def add_demo_operator() -> None:
    """The demo's operator, in the Auth emulator."""
    auth.create_user(email=DEMO_EMAIL, password=DEMO_PASSWORD, email_verified=True, app=_app())
    set_operator(DEMO_EMAIL)


def _claims(user: Any) -> dict[str, Any]:
    return user.custom_claims or {}


def _app() -> Any:
    try:
        return firebase_admin.get_app()
    except ValueError:
        # On the emulator no credentials say which project it is.
        project = os.environ.get("GCLOUD_PROJECT") or os.environ.get("GOOGLE_CLOUD_PROJECT")
        return firebase_admin.initialize_app(options={"projectId": project} if project else None)
