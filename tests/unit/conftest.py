"""Releases to publish, and a small shop, made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer_job.build import build_release
from shopfyp.intent.vocabulary import Vocabulary
from shopfyp.release import Release, open_release
from tests.unit.manifests import change_manifest
from tests.unit.quick_release import build_quick
from tests.unit.small_shop import shop, vocabulary_of


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


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return vocabulary_of(shop(), tmp_path_factory.mktemp("vocabulary"))


@pytest.fixture(scope="session")
def shop_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("shop") / "release"
    build_release(shop(), folder)
    return open_release(folder)
