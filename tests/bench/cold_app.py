"""The deployed functions, with a bucket in a folder; `cold_start.py` runs them."""

import os
from pathlib import Path

import main
from main import recommend
from tests.folder_bucket import FolderBucket

__all__ = ["recommend"]

main._bucket = lambda: FolderBucket(Path(os.environ["BUCKET_FOLDER"]))  # type: ignore[assignment,return-value]
