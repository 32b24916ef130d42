"""A bucket in memory that heeds preconditions, which the emulator ignores, and can be cut short."""

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from shopfyp.errors import Overtaken, ReleaseError

Objects = dict[str, tuple[bytes, int, datetime]]
"""Content, generation and time of each object, by its name."""


class Killed(BaseException):
    """The process ends here."""


class MemoryBucket:
    """Objects with generations, as Cloud Storage keeps them; atomic, one call at a time."""

    def __init__(self) -> None:
        self.objects: Objects = {}
        self.now = datetime.now(UTC)
        self.before_change: Callable[[str], None] = lambda name: None
        self._numbers = count(1)
        self._lock = threading.Lock()

    def read(self, name: str, most: int) -> bytes | None:
        with self._lock:
            content = self.objects[name][0] if name in self.objects else None
        if content is not None and len(content) > most:
            raise ReleaseError(f"{name} has more than {most} bytes")
        return content

    def download(self, name: str, path: Path, most: int) -> None:
        content = self.read(name, most)
        if content is None:
            raise ReleaseError(f"{name} does not exist")
        path.write_bytes(content)

    def generation(self, name: str) -> int:
        with self._lock:
            return self.objects[name][1] if name in self.objects else 0

    def write(self, name: str, content: bytes, generation: int | None = None) -> None:
        self.before_change(name)
        with self._lock:
            held = self.objects[name][1] if name in self.objects else 0
            if generation is not None and generation != held:
                raise Overtaken(f"{name} was changed meanwhile")
            self.objects[name] = content, next(self._numbers), self.now

    def upload(self, path: Path, name: str) -> bool:
        try:
            self.write(name, path.read_bytes(), 0)
        except Overtaken:
            return False
        return True

    def delete(self, name: str) -> None:
        self.before_change(name)
        with self._lock:
            self.objects.pop(name, None)

    def written(self, prefix: str) -> dict[str, datetime]:
        with self._lock:
            return {n: held[2] for n, held in self.objects.items() if n.startswith(prefix)}

    def hashes(self) -> dict[str, str]:
        """The hash of each object, by its name."""
        return {n: hashlib.sha256(held[0]).hexdigest() for n, held in self.objects.items()}

    def steps_of(self, act: Callable[[], object]) -> int:
        """How often `act` changes the bucket."""
        names: list[str] = []
        self.before_change = names.append
        act()
        self.before_change = lambda name: None
        return len(names)

    def kill_at(self, step: int, act: Callable[[], object]) -> None:
        """End `act` just before its change number `step`, from 0 on."""
        left = count()

        def killed(_: str) -> None:
            if next(left) == step:
                raise Killed

        self.before_change = killed
        with pytest.raises(Killed):
            act()
        self.before_change = lambda name: None
