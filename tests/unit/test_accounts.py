"""Service accounts: what `accounts.sh` does in a project, and that the document says the same."""

import os
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.unit.test_functions import CALLABLES, PAGES, TRIGGERED

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "monitoring" / "accounts.sh"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
NAMES = {
    "datastore.user": "Cloud Datastore User",
    "datastore.viewer": "Cloud Datastore Viewer",
    "storage.objectViewer": "Storage Object Viewer on the bucket",
    "storage.objectUser": "Storage Object User on the bucket",
    "shoppersSignIns": "`firebaseauth.users.get` and `.delete`, as a role of its own",
}


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the script asks of gcloud, in a project where nothing is there yet."""
    folder = tmp_path_factory.mktemp("gcloud")
    gcloud, log = folder / "gcloud", folder / "log"
    gcloud.write_text(f'#!/bin/sh\necho "$@" >> {log}\ncase "$*" in *describe*) exit 1; esac\n')
    gcloud.chmod(0o755)
    about = {"PROJECT": "my-shop", "REGION": "europe-west1", "BUCKET": "my-bucket"}
    path = f"{folder}:{os.environ['PATH']}"
    subprocess.run(["bash", str(SCRIPT)], env={**about, "PATH": path}, check=True)
    return log.read_text().splitlines()


def found(pattern: str, commands: list[str]) -> list[tuple[str, ...]]:
    matches = (re.search(pattern, command) for command in commands)
    return [match.groups() for match in matches if match]


def test_every_function_has_one_account_that_was_made(commands: list[str]) -> None:
    given = found(r"services update (\S+) .*--service-account (\S+)@my-shop\.iam", commands)
    functions = sorted(service.replace("-", "_") for service, _ in given)
    assert functions == sorted([*CALLABLES, *PAGES, *TRIGGERED])
    made = {name for (name,) in found(r"service-accounts create (\S+)", commands)}
    assert {account for _, account in given} | {"shopfyp-job"} == made


def test_the_document_says_what_the_script_does(commands: list[str]) -> None:
    functions, roles = defaultdict(set), defaultdict(set)
    for service, account in found(r"services update (\S+) .*--service-account (\S+)@", commands):
        functions[account].add(f"`{service.replace('-', '_')}`")
    functions["shopfyp-job"] = {"the batch job"}
    for command in commands:
        if "add-iam-policy-binding" in command:
            account = re.search(r"serviceAccount:(\S+)@", command)[1]
            roles[account].add(NAMES[re.search(r"--role \S*roles/(\S+)", command)[1]])
    rows = re.findall(r"^\| `(shopfyp-\S+)` \| (.+) \| (.+) \|$", OPERATIONS, re.MULTILINE)
    assert {name: set(which.split(", ")) for name, which, _ in rows} == functions
    assert {name: set(what.split("; ")) for name, _, what in rows} == roles


def test_sign_ins_are_in_the_hands_of_one_and_the_bucket_is_written_by_two(
    commands: list[str],
) -> None:
    bound = found(r"--member serviceAccount:(\S+)@\S+ --role \S*roles/(\S+)", commands)
    bound += [
        (b, a) for a, b in found(r"--role \S*roles/(\S+) --member serviceAccount:(\S+)@", commands)
    ]
    who = defaultdict(set)
    for account, role in bound:
        who[role].add(account)
    assert who["shoppersSignIns"] == {"shopfyp-account"}
    assert who["storage.objectUser"] == {"shopfyp-operating", "shopfyp-job"}
    (permissions,) = found(r"roles create shoppersSignIns .*--permissions (\S+)", commands)
    assert permissions == ("firebaseauth.users.get,firebaseauth.users.delete",)
