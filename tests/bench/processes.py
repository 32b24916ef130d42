"""Functions as processes of functions-framework, as they run in production."""

import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = {
    line.partition("=")[0]: line.strip().partition("=")[2]
    for line in (ROOT / "functions" / ".env").read_text().splitlines()
    if "=" in line and not line.startswith("#")
}
"""The variables that functions have where they are deployed."""


@contextmanager
def function_process(
    source: Path, target: str, env: Mapping[str, str]
) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Start the function `target` of `source`; yields its process and its address at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "functions-framework"), "--target", target]
    command += ["--source", str(source), "--port", str(port), "--host", "127.0.0.1"]
    with tempfile.TemporaryDirectory() as temporary, (Path(temporary) / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={
                **os.environ,
                **DEPLOYED,
                "TMPDIR": temporary,
                "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}",
                **env,
            },
            cwd=ROOT / "functions",
            stdout=log,
            stderr=log,
        )
        try:
            yield process, f"http://127.0.0.1:{port}/"
        except BaseException:
            print((Path(temporary) / "log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            process.wait(60)  # gunicorn gives open connections half of it


class Memory(NamedTuple):
    """MB that a process and its children hold, pages that they share divided among them (PSS)."""

    all: float
    own: float
    """Without files that are mapped."""
    mapped: float
    """Files alone; their pages count for each process, whoever else maps them."""


def memory_mb(pid: int) -> Memory:
    """What a process and its children hold now."""
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    ).stdout.split()
    total: Counter[str] = Counter()
    for one in (str(pid), *children):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()[1:]:
            key, value, _ = line.split()
            total[key] += int(value)
    mapped = total["Rss:"] - total["Anonymous:"]
    return Memory(total["Pss:"] / 1024, total["Pss_Anon:"] / 1024, mapped / 1024)


def token(user_id: str) -> str:
    """A token as the Auth emulator gives them: unsigned."""
    project, now = os.environ["GCLOUD_PROJECT"], int(time.time())
    claims = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": user_id,
        "iat": now - 5,
        "auth_time": now - 5,
        "exp": now + 3600,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])
