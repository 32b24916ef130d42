"""Who built a release: its manifest's signature by Ed25519 (RFC 8032).

A manifest names every file by its hash, so that its signature is one of the whole release. The
batch job signs by `MANIFEST_SIGNING_KEY` when it publishes; where `MANIFEST_PUBLIC_KEY` is set,
nothing else is taken. Keys (32 bytes) and signatures are in base64.
"""

import base64
import os
from typing import NamedTuple

from shopfyp.errors import ReleaseError, Unsigned

SIGNATURE = "manifest.sig"
"""Lies beside the manifest in the bucket, for whoever points to the release later."""
SIGNATURE_BYTES = 88
PUBLIC_KEY, SIGNING_KEY = "MANIFEST_PUBLIC_KEY", "MANIFEST_SIGNING_KEY"
_KEY_BYTES = 32


class Keys(NamedTuple):
    """A key to sign by, and the one that its signatures are known by."""

    signing: str
    public: str


def new_keys() -> Keys:
    """Keys that nobody else has."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return Keys(
        base64.b64encode(key.private_bytes_raw()).decode(),
        base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )


def signed(manifest: bytes) -> str | None:
    """The signature of a manifest; None where no signing key is set.

    Raises:
        ReleaseError: it is no key.
    """
    if not (text := os.environ.get(SIGNING_KEY)):
        return None
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(_key(SIGNING_KEY, text))
    return base64.b64encode(key.sign(manifest)).decode()


def check(manifest: bytes, signature: str | None) -> None:
    """Refuse a manifest that was not signed, if a public key is set.

    Several, divided by commas, are all taken: a new key comes before the old one goes.

    Raises:
        Unsigned: the signature is missing or wrong.
        ReleaseError: a key is none.
    """
    if not (keys := os.environ.get(PUBLIC_KEY)):
        return
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if signature is None:
        raise Unsigned(f"manifest.json is not signed, and {PUBLIC_KEY} is set")
    for text in keys.split(","):
        key = Ed25519PublicKey.from_public_bytes(_key(PUBLIC_KEY, text))
        try:
            key.verify(base64.b64decode(signature, validate=True), manifest)
        except (InvalidSignature, ValueError):
            continue
        return
    raise Unsigned(f"manifest.json was signed by no key of {PUBLIC_KEY}, or changed since")


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ReleaseError(f"{name} must be {_KEY_BYTES} bytes in base64")
    return key
