"""Encoding: a query on one thread, and a catalogue on all, beside the peers on the same weights.

    python -m tests.bench.encoding

Texts are real titles of `../shared/data` where that is there, else those of the demo catalogue.
Prints one JSON object.
"""

import gzip
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer_job.checkpoint import load_checkpoint
from indexer_job.demo.catalog import demo_products
from indexer_job.embed import embed, threads
from indexer_job.export import export_encoder
from indexer_job.rounding import as_queries
from shopfyp.encoder import Encoder, Vectors
from tests.bench.figures import Figure, Group, medians, overlap, seconds
from tests.bench.machine import bandwidth, float_rate, int8_rate

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
_TOKENS, _QUERIES, _TITLES = 8, 2000, 4000
_BARS = {"q8": (6, 0.99), "int8": (10, 0.98)}
"""How many times faster than sentence-transformers, at which overlap."""
_LAYER_WEIGHTS = 12
"""A BERT layer's weights, in squares of its width."""
_SOURCES = ("icecat_search", "amazon_games")


def titles() -> list[str]:
    """Real titles of all lengths, shuffled by a seed."""
    found = []
    for name in _SOURCES:
        path = DATA / name / "products.jsonl.gz"
        if path.exists():
            with gzip.open(path, "rt") as file:
                found += [json.loads(line)["title"] for line in file]
    found = found or [product.title for product in demo_products()]
    order = np.random.default_rng(0).permutation(len(found))
    return [found[place] for place in order]


def main() -> None:
    """Measure, and print a group of figures."""
    checkpoint, texts = load_checkpoint(), titles()
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in ("fp32", *_BARS)}
        for precision, path in paths.items():
            export_encoder(checkpoint, path, precision, as_queries(texts))  # type: ignore[arg-type]
        peers = _Peers(checkpoint.folder, paths["fp32"], checkpoint.hidden)
        figures = [*_query(paths, peers, texts), *_catalogue(paths, peers, texts)]
    print(
        Group(
            title="Encoding",
            text=f"`{checkpoint.name}`, the same weights for all; real titles of "
            f"{len(texts):,} products.",
            figures=figures,
        ).model_dump_json()
    )


class _Peers:
    """sentence-transformers and fastembed, on our weights, without asking any hub."""

    def __init__(self, checkpoint: Path, onnx: Path, dimension: int) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from fastembed import TextEmbedding
        from fastembed.common.model_description import ModelSource, PoolingType
        from sentence_transformers import SentenceTransformer

        self._torch: Any = torch
        self._sentences: Any = SentenceTransformer(str(checkpoint), device="cpu")
        for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
            if not (onnx / name).exists() and (checkpoint / name).exists():
                (onnx / name).write_bytes((checkpoint / name).read_bytes())
        if not (onnx / "special_tokens_map.json").exists():
            (onnx / "special_tokens_map.json").write_text("{}")
        TextEmbedding.add_custom_model(
            model="ours",
            pooling=PoolingType.DISABLED,
            normalization=False,
            sources=ModelSource(hf="ours"),
            dim=dimension,
            model_file="encoder.onnx",
            additional_files=["encoder.onnx.data"],
        )
        self._fastembed: Callable[[int], Any] = lambda count: TextEmbedding(
            "ours", specific_model_path=str(onnx), threads=count
        )

    def sentence_transformers(self, count: int) -> Callable[[Sequence[str]], Vectors]:
        """Texts -> vectors by PyTorch, on so many threads."""
        self._torch.set_num_threads(count)
        return lambda texts: np.asarray(self._sentences.encode(list(texts)))

    def fastembed(self, count: int) -> Callable[[Sequence[str]], Vectors]:
        """Texts -> vectors by fastembed, on so many threads."""
        model = self._fastembed(count)
        return lambda texts: np.stack(list(model.embed(list(texts), batch_size=32)))


def _query(paths: dict[str, Path], peers: _Peers, texts: Sequence[str]) -> list[Figure]:
    encoders = {name: Encoder(path) for name, path in paths.items()}
    exact = encoders["fp32"]
    queries = _of_length(exact, texts)
    sentences, fast = peers.sentence_transformers(1), peers.fastembed(1)
    calls: dict[str, Callable[[int], Vectors]] = {
        "sentence-transformers": lambda n: sentences([queries[n]]),
        "fastembed": lambda n: fast([queries[n]]),
    }
    for name, encoder in encoders.items():
        calls[name] = lambda n, encoder=encoder: encoder.encode_batch([queries[n]])  # type: ignore[misc]
    took = medians(calls, rounds=5, each=60)
    shown = texts[: 2 * _TITLES]
    shelf = embed(exact, shown)
    nearest = {
        name: _nearest(np.stack([encoder.encode(query) for query in queries]), shelf)
        for name, encoder in encoders.items()
    }
    weights = _weights(exact)
    floor = 1000 * max(weights / bandwidth(), _TOKENS * weights / int8_rate())
    return [
        Figure(
            name=f"query of {_TOKENS} tokens, one thread, {name}",
            ours=1000 * took[name],
            unit="ms",
            peer=peer,
            theirs=1000 * took[peer],
            ratio=took[peer] / took[name],
            said="times faster",
            bar=bar if peer == "sentence-transformers" else None,
            floor=floor if peer == "sentence-transformers" else None,
            note=f"our fp32 takes {1000 * took['fp32']:.2f} ms; the floor is the weights over the "
            "bandwidth, or their multiply-adds over the rate on 8-bit integers",
        )
        for name, (bar, _) in _BARS.items()
        for peer in ("sentence-transformers", "fastembed")
    ] + [
        Figure(
            name=f"best 10 among {len(shown):,} titles, {name}",
            ours=shared,
            unit="of those of fp32",
            ratio=shared,
            bar=least,
        )
        for name, (_, least) in _BARS.items()
        for shared in [overlap(nearest[name], nearest["fp32"])]
    ]


def _weights(encoder: Encoder) -> int:
    """Multiply-adds of a token in the layers' matrices."""
    return _LAYER_WEIGHTS * load_checkpoint().layers * encoder.dimension**2


def _of_length(encoder: Encoder, texts: Sequence[str]) -> list[str]:
    """Beginnings of titles of exactly so many tokens."""
    found = []
    for text in texts:
        words = text.split()
        beginnings = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        fitting = (part for part in beginnings if encoder.tokens(part) == _TOKENS)
        if part := next(fitting, ""):
            found.append(part)
        if len(found) == _QUERIES:
            break
    return found


def _nearest(vectors: Vectors, shelf: Vectors) -> list[list[int]]:
    found: list[list[int]] = np.argsort(-(vectors @ shelf.T), axis=1)[:, :10].tolist()
    return found


def _catalogue(paths: dict[str, Path], peers: _Peers, texts: Sequence[str]) -> list[Figure]:
    encoder, few = Encoder(paths["fp32"]), texts[:_TITLES]
    sentences, fast = peers.sentence_transformers(threads()), peers.fastembed(threads())
    calls: dict[str, Callable[[], Vectors]] = {
        "ours": lambda: embed(encoder, few),
        "sentence-transformers": lambda: sentences(few),
        "fastembed": lambda: fast(few),
    }
    vectors = {name: call() for name, call in calls.items()}
    took = {name: min(seconds(call) for _ in range(2)) for name, call in calls.items()}
    tokens = sum(encoder.tokens(text) for text in few) / len(few)
    most = threads() * float_rate() / (tokens * _weights(encoder))
    least = float((vectors["ours"] * vectors["sentence-transformers"]).sum(axis=1).min())
    return [
        Figure(
            name=f"catalogue of titles of all lengths, {threads()} threads",
            ours=len(few) / took["ours"],
            unit="texts/s",
            peer=peer,
            theirs=len(few) / took[peer],
            ratio=took[peer] / took["ours"],
            said="times the throughput",
            bar=3 if peer == "sentence-transformers" else None,
            floor=most if peer == "sentence-transformers" else None,
            note=f"{tokens:.1f} tokens a text; no floor but a ceiling: what all cores multiply in "
            "float32 without a pause",
        )
        for peer in ("sentence-transformers", "fastembed")
    ] + [
        Figure(
            name="least cosine to sentence-transformers",
            ours=least,
            unit="",
            ratio=least,
            bar=0.999,
        )
    ]


if __name__ == "__main__":
    main()
