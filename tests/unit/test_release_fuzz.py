"""Broken releases: none ends a worker, none is served that cannot answer.

`FUZZ_MUTATIONS=10000 pytest tests/unit/test_release_fuzz.py` tries more than `make test` does.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from indexer_job import build
from shopfyp.release import open_release
from tests.conftest import small_catalog, small_clips, small_events
from tests.unit.reference_encoder import TINY, tiny_weights
from tests.unit.test_release import _change_manifest, _reseal

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = int(os.environ.get("FUZZ_MUTATIONS", "200"))
_WORKERS = 2
_WORDS = "ben 10 shoes for boys women red leather frying pan wok knife garden speaker train".split()


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small untrained BertModel: of the same format as any, and quickly opened."""
    folder = tmp_path_factory.mktemp("encoder")
    save_file(tiny_weights(), folder / "model.safetensors")
    words = {"[PAD]": 0, "[UNK]": 1} | {word: place for place, word in enumerate(_WORDS, 2)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu", **TINY}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="module")
def releases(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Releases with a flat and an IVF index, both with a learnt space."""
    folders = []
    for ivf_from in (50_000, 10):
        folder = tmp_path_factory.mktemp("fuzz") / str(ivf_from)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(build, "_IVF_FROM", ivf_from)
            build.build_release(
                small_catalog(),
                folder,
                clips=small_clips(),
                events=small_events(),
                model=str(encoder),
            )
            _add_learnt(folder)
            _test_itself(folder)
        folders.append(folder)
    return folders


def _add_learnt(folder: Path) -> None:
    """A learnt space, for which the small catalogue has too few events."""
    rng = np.random.default_rng(0)
    (folder / "learnt").mkdir()
    taken = rng.normal(size=(len(small_catalog()), 16)).astype(np.float16)
    np.save(folder / "learnt" / "taken.npy", taken)
    wanted = rng.normal(size=(len(taken), 17)).astype(np.float32)
    build._write_index(wanted, folder / "learnt" / "wanted.faiss")
    manifest = json.loads((folder / "manifest.json").read_text())
    nothing = {"bytes": 0, "sha256": "0" * 64}
    manifest["files"] |= {"learnt/taken.npy": nothing, "learnt/wanted.faiss": nothing}
    _change_manifest(folder, **manifest)
    _reseal(folder)


def _test_itself(folder: Path) -> None:
    """Self-tests that hold for an encoder that has learnt nothing."""
    _change_manifest(folder, self_test=[])
    release = open_release(folder)
    tests = []
    for query in ("frying pan", "garden speaker"):
        rows, _ = release.nearest(release.encoder.encode(query)[None], 1)
        found = release.products.product_id(int(rows[0, 0]))
        tests.append({"query": query, "product_id": found})
    _change_manifest(folder, self_test=tests)


def _tried(releases: list[Path], scratch: Path, first: int) -> list[dict]:
    """What became of every `_WORKERS`th seed from `first` on; a process that ended is replaced."""
    found: list[dict] = []
    seed = first
    while seed < MUTATIONS:
        left = -(-(MUTATIONS - seed) // _WORKERS)
        command = [sys.executable, "-m", "tests.unit.mutations", *map(str, releases)]
        command += ["--scratch", str(scratch), "--first", str(seed)]
        command += ["--count", str(left), "--step", str(_WORKERS)]
        env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{\"")]
        found += [line for line in lines if "ended" in line]
        if done.returncode == 0:
            break
        assert lines, done.stderr
        seed = lines[-1].get("tries", lines[-1].get("seed"))
        found.append({"seed": seed, "what": "?", "ended": f"crash {done.returncode}"})
        seed += _WORKERS
    return found


def test_no_broken_release_ends_a_worker_or_is_served(
    releases: list[Path], tmp_path: Path
) -> None:
    with ThreadPoolExecutor(_WORKERS) as pool:
        parts = pool.map(
            lambda first: _tried(releases, tmp_path / str(first), first), range(_WORKERS)
        )
    tried = [outcome for part in parts for outcome in part]
    counts = Counter(outcome["ended"] for outcome in tried)
    print(json.dumps({"mutations": len(tried), "refused": counts["refused"], "served": counts["served"]}))
    wrong = [outcome for outcome in tried if outcome["ended"] not in {"refused", "served"}]
    assert not wrong, "\n".join(map(json.dumps, sorted(wrong, key=lambda one: one["seed"])))
    assert len(tried) == MUTATIONS
    # Neither is everything refused out of hand, nor is nothing looked at.
    assert counts["refused"] > MUTATIONS / 3
    assert counts["served"] > MUTATIONS / 50
