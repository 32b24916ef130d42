"""Releases to publish, one after the other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.manifests import change_manifest
from tests.unit.quick_release import build_quick


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_quick(tmp_path_factory.mktemp("publishing") / "release")


@pytest.fixture
def versions(quick: Path, tmp_path: Path) -> Iterator[Path]:
    """One release after the other, with the same files."""

    def made() -> Iterator[Path]:
        for number in range(100):
            folder = shutil.copytree(quick, tmp_path / str(number))
            change_manifest(folder, version=f"20260101-{number:06}-00000000")
            yield folder

    return made()
