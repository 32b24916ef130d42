"""What `docs/api.md` shows works as it stands there: its program, and its requests."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from shopfyp.store.client import client
from tests.api_reference import DOCUMENT
from tests.emulator.conftest import PROJECT, Shopper

REQUESTS = re.findall(r"\n`(\w+)`\n\n```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
# What an app of one's own has beside it: its configuration; and here the emulators.
BEFORE = f"""
import {{ initializeApp }} from "firebase/app";
import {{ connectAuthEmulator }} from "firebase/auth";
import {{ connectFunctionsEmulator }} from "firebase/functions";
const app = initializeApp({{ projectId: "{PROJECT}", apiKey: "none" }});
connectAuthEmulator(getAuth(app), "http://127.0.0.1:9099", {{ disableWarnings: true }});
connectFunctionsEmulator(getFunctions(app, "europe-west1"), "127.0.0.1", 5001);
"""
AFTER = "console.log(getAuth(app).currentUser.uid); process.exit();"


def test_the_program_shows_a_card_and_logs_what_became_of_it(tmp_path: Path) -> None:
    (example,) = re.findall(r"```js\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    program = tmp_path / "example.mjs"
    program.write_text(f"{BEFORE}{example}{AFTER}")
    (tmp_path / "node_modules").symlink_to(DOCUMENT.parents[1] / "node_modules")
    done = subprocess.run(["node", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    shopper = client().collection("shoppers").document(done.stdout.strip())
    kinds = [event.get("type") for event in shopper.collection("events").stream()]
    assert sorted(kinds) == [*["impression"] * 5, "view_card"]


def test_requests_are_found() -> None:
    assert {"search", "recommend", "log_events"} <= {name for name, _ in REQUESTS}


@pytest.mark.parametrize(("name", "example"), REQUESTS)
def test_a_request_is_answered(shopper: Shopper, name: str, example: str) -> None:
    answer = shopper.call(name, **json.loads(example))
    assert answer.status == 200, answer.error
    assert answer.result
