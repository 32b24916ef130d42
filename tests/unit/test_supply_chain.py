"""What comes from others: pinned, by hash, and under licences that a shop can live with."""

import json
import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    name: ROOT / name / "requirements.txt" if name else ROOT / "requirements.txt"
    for name in ("", "functions", "indexer_job")
}
_ALLOWED = re.compile(
    r"apache|bsd|mit\b|mit-|isc|mpl|mozilla|psf|python software foundation|python-2\.0|zlib|cc0|"
    r"unlicense|public domain",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\b[al]?gpl|sspl|busl|commons clause|proprietary", re.IGNORECASE)


def pinned(lock: Path) -> dict[str, str]:
    """Name -> version of every package of a lock file."""
    lines = lock.read_text().replace("\\\n", " ").splitlines()
    found = {}
    for line in lines:
        named = re.match(r"([A-Za-z0-9._-]+)==(\S+)", line)
        assert named, f"not pinned: {line[:80]}"
        assert "--hash=sha256:" in line, f"without a hash: {line[:80]}"
        found[named[1].lower()] = named[2]
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_python_package_is_pinned_by_hash(name: str) -> None:
    lock = pinned(LOCKS[name])
    everything = pinned(LOCKS[""])
    assert {k: v for k, v in lock.items() if everything.get(k) != v} == {}
    sources = [LOCKS[name].with_suffix(".in")]
    if name != "functions":
        sources.append(ROOT / "functions" / "requirements.in")
    for source in sources:
        direct = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", source.read_text(), re.MULTILINE)
        assert {k.lower().replace("_", "-"): v for k, v in direct}.items() <= lock.items(), (
            "run `make lock`"
        )


@pytest.mark.parametrize(
    "name",
    [
        *("indexer_job/finetune.", "indexer_job/pipeline.", "functions/milvus."),
        "tests/bench/",
    ],
)
def test_what_is_optional_is_pinned_by_hash_as_well(name: str) -> None:
    lock = pinned(ROOT / f"{name}requirements.txt")
    source = (ROOT / f"{name}requirements.in").read_text()
    direct = re.findall(r"^([A-Za-z0-9._-]+)(?:\[\w+\])?==(\S+)", source, re.MULTILINE)
    assert direct
    assert dict(direct).items() <= lock.items(), "run `make lock`"


def test_peers_are_measured_beside_our_own_packages() -> None:
    peers, own = pinned(ROOT / "tests/bench/requirements.txt"), pinned(LOCKS[""])
    others = {name for name in peers.keys() & own.keys() if peers[name] != own[name]}
    assert others == {"huggingface-hub"}


def test_every_npm_package_is_pinned_by_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    outside = {name: facts for name, facts in packages.items() if "node_modules/" in name}
    loose = [n for n, f in outside.items() if not f.get("link") and not f.get("integrity")]
    assert loose == []


def test_licences_of_what_is_shipped() -> None:
    """Of the functions', the batch job's and the web app's packages; no copyleft but by file."""
    found = {}
    for name in pinned(LOCKS["indexer_job"]):
        try:
            about = metadata(name)
        except ModuleNotFoundError:
            continue  # for another platform
        said = [about.get("License-Expression") or ""]
        said += [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
        said += [(about.get("License") or "")[:200]]
        found[name] = " ".join(said)
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, facts in packages.items():
        if "node_modules/" in name and not facts.get("dev") and not facts.get("link"):
            found[name] = str(facts.get("license", ""))
    assert len(found) > 50
    assert {n: f for n, f in found.items() if not _ALLOWED.search(f) or _REFUSED.search(f)} == {}
