"""The FAISS index of vectors, in a file."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np

from indexer_job.embed import threads
from shopfyp.encoder import Vectors
from shopfyp.manifest import IndexFacts

_IVF_FROM = 50_000
_NPROBE = 32
_POINTS, _ROUNDS = 64, 5
"""A list's centre is learnt from so many vectors, so often: recall is that of 256 and 10."""


def write_index(vectors: Vectors, path: Path) -> IndexFacts:
    """Write the FAISS index of `vectors` (n, dimension): flat, or of lists where there are many."""
    count, dimension = vectors.shape
    if count < _IVF_FROM:
        name, parameters = "SQ8", {}
    else:
        lists = int(2 ** np.round(np.log2(4 * np.sqrt(count))))
        name, parameters = f"IVF{lists},SQ8", {"nlist": lists, "nprobe": _NPROBE}
    index: Any = faiss.index_factory(dimension, name, faiss.METRIC_INNER_PRODUCT)
    if parameters:
        index.cp.max_points_per_centroid, index.cp.niter = _POINTS, _ROUNDS
    faiss.omp_set_num_threads(threads())
    index.train(vectors)
    index.add(vectors)
    faiss.omp_set_num_threads(1)
    if parameters:
        index.nprobe = _NPROBE
        index.make_direct_map()
    faiss.write_index(index, str(path))
    return IndexFacts(type=name, parameters=dict(parameters))
