"""A small encoder that has learnt nothing, in the files of a BERT checkpoint."""

import json
from collections.abc import Iterable
from pathlib import Path

from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from tests.unit.reference_encoder import TINY, tiny_weights


def write_tiny_encoder(folder: Path, words: Iterable[str]) -> Path:
    """Make `folder`, with an untrained BertModel that knows `words`."""
    folder.mkdir()
    save_file(tiny_weights(), folder / "model.safetensors")
    known = {"[PAD]": 0, "[UNK]": 1} | {word: place for place, word in enumerate(words, 2)}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu", **TINY}
    (folder / "config.json").write_text(json.dumps(config))
    return folder
