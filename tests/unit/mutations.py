"""Breaks a release in a random way, reads it and serves from it: `python -m tests.unit.mutations`.

Each mutation is drawn from its own seed, so that one that was reported can be looked at again. It
runs in a process of its own, for what it looks for may end the process.
"""

import argparse
import hashlib
import io
import json
import os
import resource
import shutil
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from shopfyp import feed, suggestions
from shopfyp.api import Filters, RecommendRequest, SearchRequest, SimilarRequest
from shopfyp.errors import NoRelease, ReleaseError
from shopfyp.figures import ProductFigures
from shopfyp.manifest import POINTER, Pointer, folder_of, read_manifest, read_pointer
from shopfyp.profile import Interest, Profile
from shopfyp.public_file import PublicFile
from shopfyp.recommend import recommend, similar
from shopfyp.release import Release, open_release
from shopfyp.search import search

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MEMORY = 4 << 30
"""Address space that a mutation may take beyond what the process had before."""
_NUMBERS = [0, 1, -1, 2, 127, 255, 65535, 2**31 - 1, -(2**31), 2**32 - 1, 2**40, 2**62, -(2**63)]
_VALUES: list[Any] = [
    None, True, "", "x", "../../etc/passwd", "\0", -1, 0, 1e308, 2**63, 10**30, [], {}, [[]],
    {"a": 1}, ["a"] * 1000, float("nan"),
]  # fmt: skip
_TYPES = ["<i4", "<i8", "<f4", "<f8", "<f2", ">i4", "|b1", "|u1", "|S1", "<U4", "|O", "<M8[s]"]
_ENDS = ["/etc/passwd", "../../etc/passwd", "a/../b", "a//b", ".hidden", "a\0b", "a\n", "x" * 300]
# The files whose parsers are written in C or Rust are broken more often.
_OFTEN = ("index.faiss", "learnt/wanted.faiss", "encoder/encoder.onnx", "encoder/tokenizer.json")

_PUBLIC = {suggestions.FILE: suggestions.SuggestionsFile, feed.FILE: feed.FeedFile}


def mutate(folder: Path, rng: np.random.Generator) -> tuple[str, bool]:
    """Break the release in `folder`; says what was done, and whether the manifest agrees."""
    manifest = json.loads((folder / "manifest.json").read_text())
    if rng.random() < 0.1:
        return _mutate_manifest(folder, manifest, rng), False
    name = str(rng.choice(_OFTEN)) if rng.random() < 0.4 else str(rng.choice([*manifest["files"]]))
    if name not in manifest["files"]:
        name = "index.faiss"
    before = (folder / name).read_bytes()
    ways = list(_WAYS.values())
    ways += [_npy_header] * 3 if name.endswith(".npy") else []
    ways += [_json_value] * 4 if name.endswith(".json") else []
    ways += [_number] * 3 if name.endswith(".faiss") else []
    way = ways[rng.integers(len(ways))]
    content = way(before, rng)
    if way is _swapped:
        other = str(rng.choice([*manifest["files"]]))
        content, name_of_way = (folder / other).read_bytes(), f"{way.__name__} with {other}"
    else:
        name_of_way = way.__name__
    _write(folder / name, content)
    sealed = bool(rng.random() < 0.85)
    if sealed:
        facts = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        manifest["files"][name] = facts
        _write(folder / "manifest.json", json.dumps(manifest).encode())
    unseen = not sealed and content != before
    return f"{name}: {name_of_way}{' unseen' if unseen else ''}", unseen


def _write(path: Path, content: bytes) -> None:
    path.unlink()  # it is a link to the whole release's
    path.write_bytes(content)


def _flipped(content: bytes, rng: np.random.Generator) -> bytes:
    flipped = bytearray(content)
    for place in rng.integers(0, max(len(content), 1), rng.integers(1, 9)):
        if flipped:
            flipped[place] ^= 1 << int(rng.integers(8))
    return bytes(flipped)


def _flipped_early(content: bytes, rng: np.random.Generator) -> bytes:
    return _flipped(content[:300], rng) + content[300:]


def _truncated(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: int(rng.integers(0, max(len(content), 1)))]


def _longer(content: bytes, rng: np.random.Generator) -> bytes:
    return content + rng.bytes(int(rng.integers(1, 10_000)))


def _zeroed(content: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(0, max(len(content), 1)))
    end = min(len(content), start + int(rng.integers(1, 2000)))
    return content[:start] + bytes(end - start) + content[end:]


def _noise(content: bytes, rng: np.random.Generator) -> bytes:
    return rng.bytes(len(content))


def _number(content: bytes, rng: np.random.Generator) -> bytes:
    """A number of 4 or 8 bytes, at the start more often than elsewhere."""
    number, size = int(_NUMBERS[rng.integers(len(_NUMBERS))]), int(rng.choice([4, 8]))
    most = 200 if rng.random() < 0.6 else len(content)
    place = int(rng.integers(0, max(min(most, len(content)), 1)))
    written = struct.pack("<Q", number % 2**64)[:size]
    return content[:place] + written + content[place + size :]


def _swapped(content: bytes, _: np.random.Generator) -> bytes:
    return content


def _npy_header(content: bytes, rng: np.random.Generator) -> bytes:
    """Another shape or type than the bytes that follow have."""
    array = np.load(io.BytesIO(content))
    absurd = [2**62, 2**32, -1, 0, 10**30, array.size, len(array) - 1, len(array) + 1]
    shape = [absurd[rng.integers(len(absurd))] for _ in range(rng.integers(0, 4))]
    header = {
        "descr": _TYPES[rng.integers(len(_TYPES))] if rng.random() < 0.5 else array.dtype.str,
        "fortran_order": bool(rng.random() < 0.2),
        "shape": tuple(shape) if rng.random() < 0.7 else array.shape,
    }
    text = repr(header).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + array.tobytes()


def _json_value(content: bytes, rng: np.random.Generator) -> bytes:
    """One value, somewhere, of another kind; or a depth that recursion does not reach."""
    if rng.random() < 0.1:
        return b"[" * 100_000
    try:
        held = json.loads(content)
    except ValueError:
        return b"{}"
    return json.dumps(_replaced(held, rng)).encode()


def _replaced(held: Any, rng: np.random.Generator) -> Any:
    wrong = _VALUES[rng.integers(len(_VALUES))]
    if not held or not isinstance(held, dict | list) or rng.random() < 0.1:
        return wrong
    keys = list(held) if isinstance(held, dict) else list(range(len(held)))
    key = keys[rng.integers(len(keys))]
    if isinstance(held, dict) and rng.random() < 0.15:
        return {k: v for k, v in held.items() if k != key}
    changed = dict(held) if isinstance(held, dict) else list(held)
    changed[key] = _replaced(held[key], rng)
    return changed


def _mutate_manifest(folder: Path, manifest: dict, rng: np.random.Generator) -> str:
    way = int(rng.integers(5))
    text = (folder / "manifest.json").read_bytes()
    if way == 0:
        text = json.dumps(_replaced(manifest, rng)).encode()
    elif way == 1:
        name = _ENDS[rng.integers(len(_ENDS))]
        manifest["files"][name] = manifest["files"]["index.faiss"]
        text = json.dumps(manifest).encode()
    elif way == 2:
        name = str(rng.choice([*manifest["files"]]))
        manifest["files"][name]["bytes"] = int(_NUMBERS[rng.integers(len(_NUMBERS))])
        text = json.dumps(manifest).encode()
    elif way == 3:
        text = b'{"format":5,"files":' + b"[" * 100_000
    else:
        text = _flipped(text, rng)
    _write(folder / "manifest.json", text)
    return f"manifest.json: {way}"


_WAYS: dict[str, Callable[[bytes, np.random.Generator], bytes]] = {
    way.__name__: way
    for way in (
        _flipped,
        _flipped_early,
        _truncated,
        _longer,
        _zeroed,
        _noise,
        _number,
        _swapped,
    )
}


def served(release: Release) -> None:
    """Ask what shoppers ask; whatever is wrong in the answers raises."""
    products = [release.products.product_id(row) for row in (0, len(release.products) // 2)]
    answers: list[Any] = []
    for query in ("red leather shoes under $60", "Ben 10 for a 10-year-old", "frying pann"):
        for filters in (Filters(), Filters(brand=["Marlowe"], category=[["Shoes"]])):
            asked = SearchRequest(query=query, event_id="e", at=NOW, filters=filters)
            answers.append(search(release, asked, NOW))
    interests = [Interest(kind="query", value="wok", strength=1, at=NOW)]
    interests += [Interest(kind="product", value=p, strength=1, at=NOW) for p in products]
    interests += [Interest(kind="clip", value="c0", strength=1, at=NOW)]
    for profile in (Profile(), Profile(recent=interests, shown_since_signal=1)):
        for user in "ab":
            rng = np.random.default_rng(1)
            asked = RecommendRequest(cards=5)
            answers.append(recommend(release, profile, user, asked, NOW, rng))
    for product_id in products:
        answers.append(similar(release, SimilarRequest(product_id=product_id), NOW))
    for answer in answers:
        json.dumps(answer.model_dump(mode="json"), allow_nan=False)


class _Published:
    """A bucket that holds the release in a folder, as a publisher without a conscience left it."""

    def __init__(self, folder: Path, version: str) -> None:
        digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
        self._pointer = Pointer(version=version, manifest_sha256=digest)
        self._folder = folder

    def read(self, name: str, most: int) -> bytes | None:
        if name == POINTER:
            return self._pointer.model_dump_json().encode()
        path = self._folder / name.removeprefix(f"{folder_of(self._pointer.version)}/")
        if path.is_file() and path.stat().st_size > most:
            raise ReleaseError(f"{name} has more than {most} bytes")
        return path.read_bytes() if path.is_file() else None

    def download(self, name: str, path: Path, most: int) -> None:
        raise NotImplementedError


def read_apart(folder: Path, version: str) -> None:
    """Read what functions read without opening the release: public files, and figures.

    What is refused is; whatever is wrong in what is not, raises.
    """
    bucket = _Published(folder, version)
    for name, content in _PUBLIC.items():
        with suppress(NoRelease):
            json.loads(PublicFile(bucket, name, content).get().plain, parse_constant=_no_json)
    with suppress(ReleaseError):
        manifest, _ = read_manifest(bucket, read_pointer(bucket))
        figures = ProductFigures(bucket, manifest)
        for product_id in ("ben10-1", "heels-1", "nothing"):
            figures.of(product_id)


def _no_json(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def try_one(whole: Path, scratch: Path, seed: int) -> dict[str, object]:
    """Break a copy of the release in `whole` by the dice of `seed`, and try to serve from it."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(whole, scratch, copy_function=os.link)
    what, unseen = mutate(scratch, np.random.default_rng(seed))
    ended = "refused"
    try:
        read_apart(scratch, json.loads((whole / "manifest.json").read_text())["version"])
        release = open_release(scratch)
        ended = "served"
        served(release)
        if unseen:
            ended = "served, though a hash is wrong"
    except ReleaseError:
        pass
    except Exception as error:
        ended = f"{'opened, but ' if ended == 'served' else ''}{type(error).__name__}: {error}"
    except BaseException as error:  # a panic of Rust
        ended = f"panic {type(error).__name__}"
    return {"seed": seed, "what": what, "ended": ended[:300]}


def main() -> None:
    """Try the seeds from `--first` on; one line of JSON for each, written before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("whole", type=Path, nargs="+")
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--step", type=int, default=1)
    options = parser.parse_args()
    served(open_release(options.whole[0]))
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for place in range(options.count):
        seed = options.first + place * options.step
        print(json.dumps({"tries": seed}), flush=True)
        whole = options.whole[seed % len(options.whole)]
        print(json.dumps(try_one(whole, options.scratch, seed)), flush=True)


if __name__ == "__main__":
    main()
