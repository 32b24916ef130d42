"""The release that is served: fetched, verified, and swapped for a newer one while requests go on.

Nothing that fails a check is ever served.
"""

import ctypes
import gc
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from shopfyp.errors import BucketError, DiskError, NoRelease, ReleaseError
from shopfyp.logs import log
from shopfyp.manifest import (
    Bucket,
    Manifest,
    Pointer,
    folder_of,
    read_manifest,
    read_pointer,
)
from shopfyp.release import Release, open_release
from shopfyp.verify import each_file, verify, verify_file

_RETRY_SECONDS = 5.0


class ReleaseHolder:
    """Holds the release being served, and swaps in a newer one while requests go on."""

    def __init__(
        self, bucket: Bucket, cache: Path | None = None, check_seconds: float = 60
    ) -> None:
        """Serve from `bucket`, keeping files in `cache`; look for news every `check_seconds`."""
        self._bucket = bucket
        self._cache = cache or Path(tempfile.gettempdir()) / "shopfyp-releases"
        self._check_seconds = check_seconds
        self._release: Release | None = None
        self._refused: Pointer | None = None
        self._checked_at = -float("inf")
        self._failure: ReleaseError | None = None
        self._failed_at = -float("inf")
        self._replaced = False
        self._lock = threading.RLock()

    def get(self) -> Release:
        """The release to serve now; a check for a newer one never delays the caller.

        Raises:
            NoRelease: none could ever be opened.
        """
        release = self._release
        if release is None:
            return self._first()
        if time.monotonic() - self._checked_at >= self._check_seconds:
            self._checked_at = time.monotonic()
            threading.Thread(target=self._refresh_quietly, daemon=True).start()
        return release

    def refresh(self) -> None:
        """Take up the release that the pointer names, if it is another one.

        Raises:
            ReleaseError: it was refused, and will not be looked at again until the pointer moves;
                the one being served stays.
            BucketError: the bucket could not be asked, or there is no room here; it will be tried
                again at the next check.
        """
        with self._lock:
            self._checked_at = time.monotonic()
            if self._replaced:
                # Its caches refer to it, and Python would find so few objects worth no collection:
                # 25 MB a swap (measured). By now no request uses it any more.
                self._replaced = False
                gc.collect()
            # At every check: searches leave up to 60 MB of freed pages among a million products.
            _give_back()
            pointer = read_pointer(self._bucket)
            current = self._release.version if self._release else None
            if pointer.version == current or pointer == self._refused:
                return
            try:
                folder = self._fetch(pointer)
                release = open_release(folder, verified=True, served=self._release)
            except BucketError:
                raise
            except ReleaseError as error:
                self._refused = pointer
                shutil.rmtree(self._cache / pointer.version, ignore_errors=True)
                log("ERROR", "release refused", release=pointer.version, reason=str(error))
                raise
            self._release, self._refused = release, None
            log("INFO", "release opened", release=release.version, replaced=current)
            if current:
                self._replaced = True
                # Mapped files stay readable until the requests that use them are done.
                shutil.rmtree(self._cache / current, ignore_errors=True)

    def _first(self) -> Release:
        # Whoever waited for another caller's attempt shares what came of it.
        with self._lock:
            if self._release is not None:
                return self._release
            if self._failure and time.monotonic() - self._failed_at < _RETRY_SECONDS:
                raise NoRelease(str(self._failure)) from self._failure
            try:
                # It is tried even if it was refused before: there is nothing to lose.
                self._refused = None
                self.refresh()
            except ReleaseError as error:
                self._failure, self._failed_at = error, time.monotonic()
                raise NoRelease(str(error)) from error
            if self._release is None:
                raise NoRelease("no release could be opened")
            return self._release

    def _refresh_quietly(self) -> None:
        if not self._lock.acquire(blocking=False):
            return  # the check before this one has not ended yet
        try:
            self.refresh()
        except Exception as error:  # a bug or an outage must not end a background thread unseen
            log("ERROR", "release check failed", reason=f"{type(error).__name__}: {error}")
        finally:
            self._lock.release()

    def _fetch(self, pointer: Pointer) -> Path:
        """Download the release that `pointer` names, unless it is here already; verified."""
        manifest, data = read_manifest(self._bucket, pointer)
        final = self._cache / pointer.version
        if _is_of(final, data):
            verify(final, manifest)
            return final
        self._cache.mkdir(parents=True, exist_ok=True)
        served = self._release.manifest.files if self._release else {}
        needed = sum(f.bytes for name, f in manifest.files.items() if served.get(name) != f)
        if needed > (free := shutil.disk_usage(self._cache).free):
            raise DiskError(f"takes {needed} bytes, and {free} are free")
        folder = Path(tempfile.mkdtemp(prefix=f"{pointer.version}.", dir=self._cache))
        try:
            each_file(manifest.files, partial(self._fetch_file, pointer.version, manifest, folder))
            (folder / "manifest.json").write_bytes(data)
            if not _is_of(final, data):
                shutil.rmtree(final, ignore_errors=True)
                folder.replace(final)
        except OSError as error:
            raise DiskError(f"cannot be downloaded: {error}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return final

    def _fetch_file(self, version: str, manifest: Manifest, folder: Path, name: str) -> None:
        """Download a file, if the release that is served does not have the same; verified."""
        path, facts = folder / name, manifest.files[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        served = self._release
        if served and served.manifest.files.get(name) == facts:
            # If that copy cannot be had, or was damaged, there is still the bucket.
            with suppress(OSError, ReleaseError):
                path.hardlink_to(self._cache / served.version / name)
                return verify_file(folder, name, facts)
            path.unlink(missing_ok=True)
        self._bucket.download(f"{folder_of(version)}/{name}", path, facts.bytes)
        return verify_file(folder, name, facts)


def _give_back() -> None:
    """Let the system have what was freed: glibc keeps pages that it may need again."""
    # Other systems' C libraries have no such function.
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _is_of(folder: Path, manifest: bytes) -> bool:
    """Whether a release with this manifest was downloaded into `folder`."""
    path = folder / "manifest.json"
    return path.is_file() and path.read_bytes() == manifest
