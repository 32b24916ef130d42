"""The function that one would write first, to compare with: all imported, all read, at once.

The encoder in float32 by ONNX Runtime, a flat float32 index read whole, one read of Firestore for
each product of a card. `cold_start.py` runs it.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import faiss
import firebase_admin
import numpy as np
import onnxruntime
from firebase_functions import https_fn
from google.cloud import firestore, storage  # noqa: F401
from tokenizers import Tokenizer

firebase_admin.initialize_app()
_client = firestore.Client(project=os.environ["GCLOUD_PROJECT"])
_folder = Path(tempfile.mkdtemp())
# As from Cloud Storage, which is not here.
shutil.copytree(os.environ["NAIVE_FOLDER"], _folder, dirs_exist_ok=True)
_tokenizer = Tokenizer.from_file(str(_folder / "tokenizer.json"))
_session = onnxruntime.InferenceSession(str(_folder / "encoder.onnx"))
_index: Any = faiss.read_index(str(_folder / "index.faiss"))
_ids = (_folder / "ids.txt").read_text().split()


@https_fn.on_call()
def recommend(request: https_fn.CallableRequest[Any]) -> Any:
    """The products nearest to the mean of what the shopper looked at and searched for."""
    assert request.auth
    profile = _client.collection("shoppers").document(request.auth.uid).get().to_dict() or {}
    rows = [_ids.index(i["value"]) for i in profile["recent"] if i["kind"] == "product"]
    mean = _index.reconstruct_batch(rows).mean(axis=0) + _encoded("a gift")
    _, (found,) = _index.search(mean[None] / np.linalg.norm(mean), 10)
    products = [_client.collection("products").document(_ids[row]).get().to_dict() for row in found]
    return {"cards": [{"products": [p for p in products if p]}]}


def _encoded(text: str) -> Any:
    ids = np.array([_tokenizer.encode(text).ids])
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    return _session.run(None, feed)[0][0]
