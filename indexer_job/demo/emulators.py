"""The Firebase Local Emulator Suite as a context: started, ready, stopped without a trace."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from indexer_job.demo.toolchain import FIREBASE, ROOT, environment
from shopfyp.errors import ShopFYPError

PROJECT = "demo-shopfyp"
BUCKET = f"{PROJECT}.firebasestorage.app"
SERVICES = ("auth", "firestore", "functions", "storage", "hosting")
_READY = "All emulators ready!"
_START_SECONDS = 120
_STOP_SECONDS = 20


class EmulatorError(ShopFYPError):
    """The emulator suite cannot start; the message says why."""


def ports() -> dict[str, int]:
    """The port of each emulator, from firebase.json."""
    config = json.loads((ROOT / "firebase.json").read_text())["emulators"]
    return {
        name: value["port"]
        for name, value in config.items()
        if isinstance(value, dict) and "port" in value
    }


def client_variables() -> dict[str, str]:
    """The variables that point Google's client libraries at the emulators."""
    at = {name: f"127.0.0.1:{port}" for name, port in ports().items()}
    return {
        "GCLOUD_PROJECT": PROJECT,
        "FIRESTORE_EMULATOR_HOST": at["firestore"],
        "FIREBASE_AUTH_EMULATOR_HOST": at["auth"],
        "FIREBASE_STORAGE_EMULATOR_HOST": at["storage"],
        "RELEASE_BUCKET": BUCKET,
    }


class EmulatorSuite:
    """Runs the emulators for the length of a `with` block."""

    def __init__(
        self,
        log: Path,
        variables: Mapping[str, str] | None = None,
        services: Sequence[str] = SERVICES,
    ) -> None:
        """Run `services`; write the CLI's output to `log`; give functions `variables` as well."""
        self._log = log
        self._services = services
        self._variables = dict(variables or {})
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "EmulatorSuite":
        """Start, and wait until every emulator answers.

        Raises:
            EmulatorError: a port is taken, or the CLI ended; the message says which.
            ToolMissing: see `toolchain.environment`.
        """
        unused = set(SERVICES) - set(self._services)
        refuse_taken_ports({name: port for name, port in ports().items() if name not in unused})
        env = {**environment(), **self._variables, "RELEASE_BUCKET": BUCKET}
        self._log.parent.mkdir(parents=True, exist_ok=True)
        command = [str(FIREBASE), "emulators:start", "--project", PROJECT]
        command += ["--only", ",".join(self._services)]
        with self._log.open("wb") as output:
            # A session of its own: Ctrl-C reaches us alone, and we stop the CLI in good order.
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        _: type[BaseException] | None,
        __: BaseException | None,
        ___: TracebackType | None,
    ) -> None:
        self._stop()

    def wait(self) -> None:
        """Wait until the CLI ends by itself.

        Raises:
            EmulatorError: it did.
        """
        assert self._process is not None
        self._process.wait()
        raise EmulatorError(f"the emulators ended:\n{self._tail()}")

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while _READY not in self._log.read_text(errors="replace"):
            if self._process.poll() is not None:
                raise EmulatorError(f"the emulators did not start:\n{self._tail()}")
            if time.monotonic() > deadline:
                raise EmulatorError(f"not ready after {_START_SECONDS} s:\n{self._tail()}")
            time.sleep(0.1)

    def _stop(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            # What does not end in good order is killed with its group.
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-25:])


@contextmanager
def without_triggers() -> Iterator[None]:
    """Let writes start no function: what is seeded is no change, as the release holds it."""
    hub = f"http://127.0.0.1:{ports()['hub']}/functions"

    def ask(name: str) -> None:
        request = urllib.request.Request(f"{hub}/{name}BackgroundTriggers", method="PUT")
        urllib.request.urlopen(request, timeout=30).close()

    ask("disable")
    try:
        yield
    finally:
        ask("enable")


def refuse_taken_ports(wanted: Mapping[str, int]) -> None:
    """Raises EmulatorError naming the first port that something listens on."""
    for name, port in wanted.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise EmulatorError(
                    f"port {port} ({name}) is taken: stop what uses it "
                    f"(`ss -ltnp 'sport = :{port}'` names it), or change it in firebase.json"
                ) from None
