"""Manifests of releases, as tests change them."""

import hashlib
import json
from pathlib import Path


def change_manifest(folder: Path, **fields: object) -> None:
    """Write fields anew in a release's manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def reseal(folder: Path) -> None:
    """Write the true sizes and hashes of changed files into the manifest."""
    files = {}
    for name in json.loads((folder / "manifest.json").read_text())["files"]:
        content = (folder / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        files[name] = {"bytes": len(content), "sha256": digest}
    change_manifest(folder, files=files)


def version_of(folder: Path) -> str:
    """The version that a release's manifest names."""
    return str(json.loads((folder / "manifest.json").read_text())["version"])
