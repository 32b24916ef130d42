"""Fine-tuning from its gate to the command; what needs PyTorch is skipped where it is not there."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from indexer_job.__main__ import main
from indexer_job.build import build_release
from indexer_job.checkpoint import load_checkpoint
from indexer_job.embed import embed
from indexer_job.files import InputError, write_products
from indexer_job.finetune.gate import fp32_encoder, ndcg, verdict_of
from indexer_job.finetune.plan import Plan
from indexer_job.finetune.queries import (
    Query,
)
from indexer_job.finetune.run import NoGain, chosen_share, finetune, mixed
from indexer_job.finetune.targets import other_texts, target_vectors
from indexer_job.neighbours import histories_of
from shopfyp import recommend
from shopfyp.api import RecommendRequest
from shopfyp.profile import Profile
from shopfyp.release import open_release
from shopfyp.signals import shopper_of
from tests.unit.reference_encoder import TEXTS, TINY_IDS
from tests.unit.test_finetune_queries import COLOURS, KINDS, MATERIALS, event, shelf, shoppers
from tests.unit.tiny_encoder import write_tiny_encoder

WORDS = [
    *COLOURS, *KINDS, *MATERIALS, "acme", "bolt", "in", "of", "made", "for", "with", "by", "from",
    "a", "buy", "i", "want", "where", "can", "find", "under", "about", "not", "more", "than",
]  # fmt: skip
REFERENCE = np.load(Path(__file__).parent / "data" / "reference_vectors.npz")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A small untrained BertModel that knows the words of `shelf`."""
    return write_tiny_encoder(tmp_path / "tiny", WORDS)


QUICK = Plan(
    steps=120,
    batch=32,
    hard=8,
    learning_rate=2e-3,
    validate_every=40,
    stay=0.0,
    follow=1.0,
    keep=0.0,
)


# The gate, and what is published


def test_ndcg_by_hand() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], np.float32)
    queries = [
        Query("template", "", (0,), "a"),
        Query("template", "", (1, 3), "b"),
        Query("next", "", (1,), "c", asked=0),
    ]
    found = ndcg(queries, np.array([[1, 0]] * 3, np.float32), vectors)
    second, fourth = 1 / np.log2(3), 1 / np.log2(5)
    assert found == pytest.approx([1, (second + fourth) / (1 + second), 1])


def test_a_model_wins_beyond_chance_and_on_all_kinds() -> None:
    rng = np.random.default_rng(0)
    kinds = ["template"] * 400 + ["next"] * 100
    queries = [Query(kind, "", (0,), "") for kind in kinds]
    base = rng.uniform(0, 1, 500)
    gain, loss = np.where(np.arange(500) < 400, 0.05, 0.0), np.where(np.arange(500) < 400, 0, 0.05)
    noise = rng.normal(0, 0.1, 500)
    for own in (slice(400), slice(400, 500)):
        noise[own] -= noise[own].mean()
    better = verdict_of(queries, base, base + gain + noise)
    assert (better.wins, better.lost) == (True, [])
    assert better.tuned["template"] == pytest.approx(better.base["template"] + 0.05, abs=0.015)
    by_chance = verdict_of(queries, base, base + noise + 0.001)
    assert not by_chance.wins
    dearly = verdict_of(queries, base, base + gain - loss + noise)
    assert dearly.low > 0
    assert (dearly.wins, dearly.lost) == (False, ["next"])


def test_mixing_goes_from_the_base_to_what_was_trained(tiny: Path) -> None:
    base = load_checkpoint(str(tiny))
    name = "encoder.layer.0.output.dense.weight"
    trained = {name: base.weights[name] + 1}
    half = mixed(base, trained, 0.5)
    assert half[name] == pytest.approx(base.weights[name] + 0.5)
    assert all((half[other] == base.weights[other]).all() for other in half if other != name)


def test_the_smallest_share_that_brings_most_of_the_gain_is_chosen() -> None:
    scores = {0.0: 0.4, 0.25: 0.56, 0.5: 0.57, 0.75: 0.6, 1.0: 0.58}
    assert chosen_share({share: {"next": score} for share, score in scores.items()}) == 0.5


def test_a_share_by_which_a_kind_of_query_loses_is_passed_over() -> None:
    found = {0.0: (0.02, 0.6), 0.25: (0.022, 0.61), 0.5: (0.025, 0.6), 1.0: (0.04, 0.59)}
    by_kind = {
        share: dict(zip(("next", "template"), both, strict=True)) for share, both in found.items()
    }
    assert chosen_share(by_kind) == 0.5
    assert chosen_share({share: by_kind[share] for share in (0.0, 1.0)}) == 1.0


def test_targets_move_towards_what_was_taken_along() -> None:
    products, events = shelf(), shoppers() * 2
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(products), 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    row_of = {p.product_id: row for row, p in enumerate(products)}
    histories = histories_of([e for e in events if "rug" not in e.event.product_id], row_of)
    targets = target_vectors(histories, vectors, seed=0)
    kinds = np.array([p.attributes["type"] for p in products])
    same = (kinds[:, None] == kinds) & ~np.eye(len(kinds), dtype=bool) & (kinds != "rug")
    before, after = vectors @ vectors.T, targets @ targets.T
    assert after[same].mean() > before[same].mean() + 0.2
    assert (targets[kinds == "rug"] == vectors[kinds == "rug"]).all()
    assert np.linalg.norm(targets, axis=1) == pytest.approx(1, abs=1e-5)


def test_other_texts_are_like_queries_and_like_the_shops_texts_without_its_words(
    tiny: Path,
) -> None:
    checkpoint = load_checkpoint(str(tiny))
    texts = ["Wombat 12-pack. Zebra (red), 0.5 l."]
    others = other_texts(checkpoint, texts, seed=0)
    assert others == other_texts(checkpoint, texts, seed=0)
    queries, products = others[::2], others[1::2]
    assert {len(text.split()) for text in queries} == set(range(1, 13))
    letters = re.compile(r"[a-zA-Z]+")
    assert {letters.sub("", text) for text in products} == {" 12-.  (), 0.5 ."}
    assert len(set(products)) > 900
    assert {word for text in others for word in letters.findall(text)} == set(WORDS)


# The command


def test_without_torch_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "indexer_job.finetune.train", raising=False)
    monkeypatch.delitem(sys.modules, "indexer_job.finetune.bert", raising=False)
    write_products(shelf(), tmp_path / "products.jsonl")
    command = ["finetune", "--catalog", str(tmp_path / "products.jsonl"), "--out"]
    assert main([*command, str(tmp_path / "out")]) == 1
    assert "pip install -r indexer_job/finetune.requirements.txt" in capsys.readouterr().err


def test_nothing_that_serves_or_builds_imports_torch() -> None:
    code = (
        "import sys, indexer_job.__main__, indexer_job.build, indexer_job.finetune.run, "
        "shopfyp.recommend; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], env=_environment()).returncode == 0


def _environment() -> dict[str, str]:
    root = Path(__file__).parents[2]
    return {**os.environ, "PYTHONPATH": f"{root}:{root / 'functions'}"}


# With PyTorch


@pytest.fixture
def torch():  # type: ignore[no-untyped-def]
    reason = "needs PyTorch: pip install -r indexer_job/finetune.requirements.txt"
    torch = pytest.importorskip("torch", reason=reason)
    torch.set_num_threads(1)
    return torch


def test_the_forward_pass_is_the_exported_one(torch, tiny: Path) -> None:
    from indexer_job.finetune.bert import TextEncoder, encode

    base = load_checkpoint()
    weights = {name: torch.from_numpy(weight) for name, weight in base.weights.items()}
    found = TextEncoder(base, weights, max_tokens=999)(TEXTS).numpy()
    assert np.abs(found - REFERENCE["vectors"]).max() < 1e-5
    with fp32_encoder(base) as exported:
        assert np.abs(found - embed(exported, TEXTS)).max() < 1e-5
    small = replace(load_checkpoint(str(tiny)), pooling="cls")
    weights = {name: torch.from_numpy(weight) for name, weight in small.weights.items()}
    assert np.abs(encode(weights, small, TINY_IDS).numpy() - REFERENCE["tiny_cls"]).max() < 1e-5


def test_a_model_that_wins_is_written_and_builds_a_release(torch, tiny: Path, tmp_path) -> None:
    out = tmp_path / "tuned"
    verdict = finetune(shelf(), shoppers(), out, model=str(tiny), plan=QUICK)
    assert verdict.tuned["all"] > 1.15 * verdict.base["all"]
    assert verdict.queries["template"] > 20
    assert verdict.queries["next"] > 10
    report = json.loads((out / "finetune.json").read_text())
    assert report["accepted"]
    assert report["share"] in (0.25, 0.5, 0.75, 1.0)
    assert not (out / ".training").exists()
    manifest = build_release(shelf(), tmp_path / "release", model=str(out))
    assert manifest.encoder.name == "tuned"
    with pytest.raises(InputError, match="is not empty"):
        finetune(shelf(), shoppers(), out, model=str(tiny), plan=QUICK)


def test_a_model_that_does_not_win_is_not_written(torch, tiny: Path, tmp_path: Path) -> None:
    plan = replace(QUICK, learning_rate=0.0, steps=20)
    with pytest.raises(NoGain, match="no model was written"):
        finetune(shelf(), [], tmp_path / "tuned", model=str(tiny), plan=plan)
    assert [path.name for path in (tmp_path / "tuned").iterdir()] == ["finetune.json"]
    assert not json.loads((tmp_path / "tuned" / "finetune.json").read_text())["accepted"]


_SLOW = """
import sys, time
from pathlib import Path
from indexer_job.finetune import run, train
from tests.unit.test_finetune import QUICK, shelf, shoppers
learn = train._Run.learn
def slowly(*arguments):
    time.sleep(0.05)
    return learn(*arguments)
train._Run.learn = slowly
run.finetune(shelf(), shoppers(), Path(sys.argv[1]), model=sys.argv[2], plan=QUICK)
"""


def test_a_killed_run_ends_in_the_same_weights(torch, tiny: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole" / "m", tmp_path / "cut" / "m"
    finetune(shelf(), shoppers(), whole, model=str(tiny), plan=QUICK)
    command = [sys.executable, "-c", _SLOW, str(cut), str(tiny)]
    process = subprocess.Popen(command, env=_environment())
    while not list(cut.glob(".training/*/state.pt")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (cut / "model.safetensors").exists()
    finetune(shelf(), shoppers(), cut, model=str(tiny), plan=QUICK)
    ours, theirs = (load_checkpoint(str(folder)).weights for folder in (whole, cut))
    assert all((ours[name] == theirs[name]).all() for name in ours)


def test_another_seed_gives_other_weights(torch, tiny: Path, tmp_path: Path) -> None:
    found = []
    for number, seed in enumerate((0, 0, 1)):
        out = tmp_path / str(number)
        finetune(shelf(), shoppers(), out, model=str(tiny), plan=replace(QUICK, seed=seed))
        found.append(load_checkpoint(str(out)).weights["encoder.layer.0.output.dense.weight"])
    assert (found[0] == found[1]).all()
    assert (found[0] != found[2]).any()


# Old profiles


def test_a_profile_of_one_encoder_is_served_by_another(
    release_folder: Path, tiny: Path, tmp_path: Path
) -> None:
    """Also when the two spaces have other dimensions: a profile holds no vectors."""
    from tests.conftest import small_catalog

    build_release(small_catalog(), tmp_path / "other", model=str(tiny))
    first, second = open_release(release_folder), open_release(tmp_path / "other")
    assert (first.encoder.dimension, second.encoder.dimension) == (384, 32)
    now = datetime(2026, 1, 1, 1, tzinfo=UTC)
    events = [
        event("u", 0, "search", "Ben 10 shoes"),
        event("u", 10, "view_item", "kitchen-0"),
        event("u", 20, "purchase", "kitchen-3"),
    ]
    profile = Profile().apply((e.event, e.at) for e in events)
    kept = Profile.model_validate_json(profile.model_dump_json())
    for opened in (first, second):
        signals = shopper_of(opened, kept, now).signals
        assert len(signals) == 3
        for known in signals:
            own = (
                opened.encoder.encode(known.intent.rest or known.interest.value)
                if known.intent
                else opened.vector(opened.products.row_of(known.interest.value))
            )
            assert (known.vector == own).all()
        request = RecommendRequest(cards=2)
        answer = recommend.recommend(opened, kept, "u", request, now, np.random.default_rng(0))
        assert answer.release == opened.version
        assert answer.cards
