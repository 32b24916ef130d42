"""What Firebase Authentication keeps of a shopper."""

from datetime import UTC, datetime

from shopfyp.api import SignIn, SignInProvider

# firebase_admin.auth is imported where it is used: it takes 100 ms that most calls need not wait.


def load(user_id: str) -> SignIn | None:
    """The record of a user; None when there is none any more.

    Raises:
        FirebaseError: Firebase Authentication cannot be had now.
    """
    from firebase_admin import auth

    try:
        user = auth.get_user(user_id)
    except auth.UserNotFoundError:
        return None
    times = user.user_metadata
    created = _time(times.creation_timestamp)
    assert created is not None, "every user has one"
    return SignIn(
        user_id=user.uid,
        anonymous=not user.provider_data,
        created_at=created,
        last_at=_time(times.last_sign_in_timestamp),
        last_refresh_at=_time(times.last_refresh_timestamp),
        email=user.email,
        email_verified=user.email_verified,
        name=user.display_name,
        phone=user.phone_number,
        picture_url=user.photo_url,
        providers=[
            SignInProvider(
                provider=one.provider_id,
                user_id=one.uid,
                email=one.email,
                name=one.display_name,
                picture_url=one.photo_url,
            )
            for one in user.provider_data
        ],
    )


def delete(user_id: str) -> None:
    """Delete a user; one who is gone already was deleted by a call that was answered to nobody.

    Raises:
        FirebaseError: Firebase Authentication cannot be had now.
    """
    from firebase_admin import auth

    try:
        auth.delete_user(user_id)
    except auth.UserNotFoundError:
        return


def _time(milliseconds: float | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
