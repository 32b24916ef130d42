"""How tests/unit/data/reference_vectors.npz was made, once, with PyTorch (not installed here).

pip install torch==2.13.0 transformers
python tests/unit/reference_encoder.py MODEL_FOLDER OUT.npz
"""

import json
import sys
from pathlib import Path

import numpy as np

TEXTS = [
    "a",
    "shoes for my 10-year-old son who likes Ben 10",
    "wireless headphones",
    "Waterproof walking boots for women, size 7, chestnut leather, vibram-style sole",
    "écouteurs sans fil — étanches, 40 € ✓",
    "子供用スニーカー",
    "x" * 300,
    "a very long text that is cut " * 60,
]
TINY = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
        "intermediate_size": 64, "vocab_size": 99, "max_position_embeddings": 40,
        "type_vocab_size": 2, "layer_norm_eps": 1e-12}  # fmt: skip
TINY_IDS = [[2, 5, 9, 70, 3], [2, 98, 3], [2] + [7, 8, 9] * 10 + [3]]


def tiny_weights() -> dict[str, np.ndarray]:
    """The weights of a small BertModel, from a seed; the test writes the same to disk."""
    rng = np.random.default_rng(10)
    h, inner = TINY["hidden_size"], TINY["intermediate_size"]
    shapes = {
        "embeddings.word_embeddings.weight": (TINY["vocab_size"], h),
        "embeddings.position_embeddings.weight": (TINY["max_position_embeddings"], h),
        "embeddings.token_type_embeddings.weight": (TINY["type_vocab_size"], h),
        "embeddings.LayerNorm.weight": (h,),
        "embeddings.LayerNorm.bias": (h,),
    }
    for layer in range(TINY["num_hidden_layers"]):
        prefix = f"encoder.layer.{layer}"
        linear = {
            "attention.self.query": (h, h),
            "attention.self.key": (h, h),
            "attention.self.value": (h, h),
            "attention.output.dense": (h, h),
            "intermediate.dense": (inner, h),
            "output.dense": (h, inner),
        }
        for name, shape in linear.items():
            shapes[f"{prefix}.{name}.weight"] = shape
            shapes[f"{prefix}.{name}.bias"] = shape[:1]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{prefix}.{name}.weight"] = (h,)
            shapes[f"{prefix}.{name}.bias"] = (h,)
    return {
        name: (rng.normal(0, 0.2, shape) + ("LayerNorm.weight" in name)).astype(np.float32)
        for name, shape in shapes.items()
    }


def main(folder: str, out: str) -> None:
    """Encode TEXTS with the model in `folder` (mean pooling) and TINY_IDS with the tiny one."""
    import torch
    from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    limit = json.loads((Path(folder) / "sentence_bert_config.json").read_text())["max_seq_length"]
    vectors, tiny = [], []
    with torch.no_grad():
        for text in TEXTS:
            batch = tokenizer([text], truncation=True, max_length=limit, return_tensors="pt")
            mean = model(**batch).last_hidden_state.mean(dim=1)
            vectors.append(torch.nn.functional.normalize(mean, dim=1)[0].numpy())
        small = BertModel(BertConfig(**TINY), add_pooling_layer=False).eval()
        small.load_state_dict({k: torch.from_numpy(v) for k, v in tiny_weights().items()})
        for ids in TINY_IDS:
            first = small(input_ids=torch.tensor([ids])).last_hidden_state[:, 0]
            tiny.append(torch.nn.functional.normalize(first, dim=1)[0].numpy())
    np.savez_compressed(out, vectors=np.stack(vectors), tiny_cls=np.stack(tiny))


if __name__ == "__main__":
    main(*sys.argv[1:])
