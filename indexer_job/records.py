"""The records of a release: its products, packed and in columns, and its clips."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shopfyp.catalog import Clip, Product, as_record
from shopfyp.encoder import Vectors
from shopfyp.packed import DICTIONARY, packer
from shopfyp.records import Codes, columns_of


def write_records(products: Sequence[Product], folder: Path) -> None:
    """Write the catalogue into the new folder `folder`."""
    folder.mkdir()
    dictionary = b"".join(_record(product) for product in products[:: len(products) // 200 + 1])
    dictionary = dictionary[-DICTIONARY:]
    (folder / "dictionary.bin").write_bytes(dictionary)
    offsets, packed = [0], packer(dictionary)
    with (folder / "records.bin").open("wb") as file:
        for product in products:
            file.write(packed(_record(product)))
            offsets.append(file.tell())
    ids = np.array([product.product_id.encode() for product in products])
    order = np.argsort(ids, kind="stable")
    np.save(folder / "offsets.npy", np.array(offsets, np.int64))
    np.save(folder / "ids.npy", ids[order])
    np.save(folder / "id_rows.npy", order.astype(np.int32))
    groups = sorted({product.group_id for product in products} - {""})
    np.save(folder / "groups.npy", np.array([group.encode() for group in groups], "S"))
    group_codes = {name: code for code, name in enumerate(["", *groups])}
    codes = Codes({"": 0}, {(): 0}, {"": 0}, group_codes)
    for name, column in columns_of(products, codes).items():
        np.save(folder / f"{name}.npy", column)
    (folder / "names.json").write_text(codes.names.model_dump_json() + "\n")


def _record(product: Product) -> bytes:
    return json.dumps(as_record(product), ensure_ascii=False, separators=(",", ":")).encode()


def write_clip_records(clips: Sequence[Clip], vectors: Vectors, folder: Path) -> None:
    """Write clips and the `vectors` (clips, dimension) of their texts into the new `folder`."""
    folder.mkdir()
    (folder / "records.jsonl").write_text("".join(c.model_dump_json() + "\n" for c in clips))
    np.save(folder / "vectors.npy", vectors)
