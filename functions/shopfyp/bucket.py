"""Cloud Storage, as a release needs it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any

from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import storage
from google.cloud.storage.exceptions import DataCorruption

from shopfyp.errors import BucketError, Overtaken, ReleaseError


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

    def read(self, name: str, most: int) -> bytes | None:
        """The object's content of `most` bytes at the most, or None when there is none.

        Raises:
            ReleaseError: it is larger.
            BucketError: the bucket cannot be reached or does not let us in.
        """
        content = _BoundedBytes(name, most)
        with self._asked(name):
            try:
                self._bucket.blob(name).download_to_file(content)
            except NotFound:
                return None
        return content.getvalue()

    def download(self, name: str, path: Path, most: int) -> None:
        """Write the object to `path`, if it has `most` bytes at the most.

        Raises:
            ReleaseError: there is none, or a larger one.
            BucketError: the bucket cannot be reached or does not let us in.
        """
        with self._asked(name), _BoundedFile(path, most) as file:
            try:
                self._bucket.blob(name).download_to_file(file)
            except NotFound as error:
                raise ReleaseError(f"gs://{self.name}/{name} does not exist") from error

    def upload(self, path: Path, name: str) -> bool:
        """Store a file as an object, unless there is one of that name; returns whether it did.

        In one piece, as the emulator truncates chunked uploads. It also writes over what is there;
        Cloud Storage does not.
        """
        with self._asked(name):
            try:
                self._bucket.blob(name).upload_from_filename(str(path), if_generation_match=0)
            except PreconditionFailed:
                return False
        return True

    def write(self, name: str, content: bytes, generation: int | None = None) -> None:
        """Store a small object.

        Args:
            name: of the object.
            content: its content.
            generation: the generation that it must have so far, 0 for none; None for any.

        Raises:
            Overtaken: it has another one. Not on the emulator, which does not look.
        """
        blob = self._bucket.blob(name)
        kind = "application/json"
        with self._asked(name):
            try:
                blob.upload_from_string(content, kind, if_generation_match=generation)
            except PreconditionFailed as error:
                raise Overtaken(f"gs://{self.name}/{name} was changed meanwhile") from error

    def generation(self, name: str) -> int:
        """What tells this content of the object from those before and after it; 0 for none."""
        with self._asked(name):
            blob = self._bucket.get_blob(name)
        return int(blob.generation) if blob else 0

    def delete(self, name: str) -> None:
        """Delete an object, if there is one."""
        with self._asked(name):
            try:
                self._bucket.blob(name).delete()
            except NotFound:
                return

    def written(self, prefix: str) -> dict[str, datetime]:
        """The names of the objects below `prefix`, and when each was written."""
        with self._asked(prefix):
            return {blob.name: blob.updated for blob in self._bucket.list_blobs(prefix=prefix)}

    @contextmanager
    def _asked(self, name: str) -> Iterator[None]:
        try:
            yield
        except (GoogleAPIError, GoogleAuthError, DataCorruption, OSError) as error:
            raise BucketError(f"gs://{self.name}/{name}: {error}") from error


class _BoundedFile(FileIO):
    """A file to be written, of so many bytes at the most."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path, "w")
        self._object, self._most = path.name, most

    def write(self, content: Any) -> int:
        _refuse_more(self._object, self.tell() + memoryview(content).nbytes, self._most)
        return super().write(content)


class _BoundedBytes(BytesIO):
    """The same in memory."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__()
        self._object, self._most = name, most

    def write(self, content: Any) -> int:
        _refuse_more(self._object, self.tell() + memoryview(content).nbytes, self._most)
        return super().write(content)


def _refuse_more(name: str, size: int, most: int) -> None:
    if size > most:
        raise ReleaseError(f"{name} has more than {most} bytes")
