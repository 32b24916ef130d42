"""Tests; small matrices are multiplied on one thread, as where the functions run."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
