"""`make demo`: prepare everything, start the emulators, serve until Ctrl-C.

`python -m indexer_job.demo -- COMMAND ...` runs a command against the loaded emulators instead,
and ends with its exit status; the tests are run like that.
"""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from indexer_job.demo.emulators import BUCKET, EmulatorSuite, client_variables, ports
from indexer_job.demo.prepare import DATA, load, prepare, say
from indexer_job.operators import DEMO_EMAIL, DEMO_PASSWORD
from shopfyp.errors import ShopFYPError

# Tests publish releases and count calls, and want them taken up at once.
_TEST_VARIABLES = {
    "RELEASE_CHECK_SECONDS": "1",
    "CHANGES_CHECK_SECONDS": "1",
    "CALLS_SAVE_SECONDS": "1",
}


def main(arguments: list[str]) -> int:
    """Serve the demo, or run a command against it; returns the exit status."""
    command = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    signal.signal(signal.SIGTERM, _interrupt)
    progress = sys.stderr.isatty()
    os.environ.update(client_variables())
    started = time.monotonic()
    try:
        prepare(progress=progress)
        say("emulators: auth, firestore, functions, storage, hosting")
        with EmulatorSuite(DATA / "emulators.log", _TEST_VARIABLES if command else {}):
            say(f"release {load(BUCKET, progress=progress)} published, Firestore seeded")
            if command:
                return subprocess.run(command, check=False).returncode
            took = time.monotonic() - started
            url = f"http://127.0.0.1:{ports()['hosting']}"
            print(f"\nShopFYP: {url}  (ready in {took:.0f} s)")
            print(f"Insights: {url}/insights  ({DEMO_EMAIL}, password {DEMO_PASSWORD})")
            print("Ctrl-C stops everything.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("\nstopped")
    except ShopFYPError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
