"""The deployed functions, with a bucket in a folder; `cold_start.py` runs them."""

import os

import main
from main import recommend
from tests.bench.folder_bucket import FolderBucket

__all__ = ["recommend"]

main._bucket = lambda: FolderBucket(os.environ["BUCKET_FOLDER"])  # type: ignore[assignment,return-value]
