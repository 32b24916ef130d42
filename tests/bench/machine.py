"""What this machine is, and what it can do at the most: the floors of the report."""

import os
import platform
import time
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

_BYTES = 1 << 28
_SIDE = 1024


def described() -> str:
    """Processor, cores, what its arithmetic knows, and the system."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    about = dict(line.split(":", 1) for line in lines if ":" in line)
    known = {key.strip(): value.strip() for key, value in about.items()}
    flags = known.get("flags", "").split()
    wide = [name for name in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if name in flags]
    name = known.get("model name", platform.machine())
    return f"{name}, {len(os.sched_getaffinity(0))} cores, {' '.join(wide) or 'no AVX'}"


def bandwidth() -> float:
    """Bytes a second that one core reads of memory."""
    held = np.ones(_BYTES // 8, np.int64)
    return _BYTES / min(_seconds(lambda: held.sum()) for _ in range(5))


def int8_rate() -> float:
    """Multiply-adds a second of one core, on 8-bit integers, by ONNX Runtime."""
    return _rate("MatMulInteger", (np.uint8, np.int8), TensorProto.INT32)


def float_rate() -> float:
    """The same, on 32-bit floats."""
    return _rate("MatMul", (np.float32, np.float32), TensorProto.FLOAT)


def _rate(operator: str, kinds: tuple[type, type], result: int) -> float:
    rows, columns = (np.ones((_SIDE, _SIDE), kind) for kind in kinds)
    value = helper.make_tensor_value_info
    given = helper.np_dtype_to_tensor_dtype(rows.dtype)
    graph = helper.make_graph(
        [helper.make_node(operator, ["a", "b"], ["c"])],
        "rate",
        [value("a", given, rows.shape)],
        [value("c", result, rows.shape)],
        [numpy_helper.from_array(columns, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(model.SerializeToString(), options)
    return _SIDE**3 / min(_seconds(lambda: session.run(None, {"a": rows})) for _ in range(5))


def _seconds(call) -> float:  # type: ignore[no-untyped-def]
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin
