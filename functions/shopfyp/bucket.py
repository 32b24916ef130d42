"""Cloud Storage, as a release needs it."""

import os
from datetime import datetime
from pathlib import Path

from google.api_core.exceptions import GoogleAPIError, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from shopfyp.errors import ReleaseError


class CloudBucket:
    """A Cloud Storage bucket; the emulator's when its variable is set."""

    def __init__(self, name: str) -> None:
        """Use the bucket called `name`."""
        self.name = name
        emulator = os.environ.get("FIREBASE_STORAGE_EMULATOR_HOST")
        if emulator:
            client = storage.Client(
                project=os.environ.get("GCLOUD_PROJECT", "demo-shopfyp"),
                credentials=AnonymousCredentials(),
                client_options={"api_endpoint": f"http://{emulator}"},
            )
        else:
            client = storage.Client()
        self._bucket = client.bucket(name)

    def read(self, name: str) -> bytes | None:
        """The object's content, or None when there is none.

        Raises:
            ReleaseError: the bucket cannot be reached or does not let us in.
        """
        try:
            content: bytes = self._bucket.blob(name).download_as_bytes()
        except NotFound:
            return None
        except (GoogleAPIError, OSError) as error:
            raise ReleaseError(f"gs://{self.name}/{name}: {error}") from error
        return content

    def download(self, name: str, path: Path) -> None:
        """Write the object to `path`; raises ReleaseError when it cannot be had."""
        try:
            self._bucket.blob(name).download_to_filename(str(path))
        except (GoogleAPIError, OSError) as error:
            raise ReleaseError(f"gs://{self.name}/{name}: {error}") from error

    def upload(self, path: Path, name: str) -> None:
        """Store a file as an object, in one piece: the emulator truncates chunked uploads."""
        self._bucket.blob(name).upload_from_filename(str(path))

    def write(self, name: str, content: bytes) -> None:
        """Store a small object."""
        self._bucket.blob(name).upload_from_string(content, content_type="application/json")

    def written(self, prefix: str) -> dict[str, datetime]:
        """The names of the objects below `prefix`, and when each was written."""
        return {blob.name: blob.updated for blob in self._bucket.list_blobs(prefix=prefix)}
