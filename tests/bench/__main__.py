"""`make bench`: measure all, print it, and write `docs/performance.md`.

    python -m tests.bench --products 100000 [encoding retrieval ...]

Each subject is a process of its own, so that none warms or slows another.
"""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from tests.bench.figures import Group
from tests.bench.machine import described
from tests.bench.processes import DEPLOYED
from tests.bench.report import Report, read, table, write

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_SUBJECTS = (
    "encoding",
    "retrieval",
    "filters",
    "lexical",
    "serving",
    "changes",
    "cold_start",
    "incremental",
)
_SIZED = {*_SUBJECTS} - {"encoding"}
_ENLARGED = {"retrieval", "filters", "serving"}


def main() -> int:
    """Measure the subjects asked for; returns the exit status: 1 if a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "subjects",
        nargs="*",
        choices=[*_SUBJECTS, []],
        help="default: all; of some, `docs/performance.md` keeps the others, if of this machine",
    )
    parser.add_argument("--products", default="100000")
    parser.add_argument("--large", help=f"so many as well: {', '.join(sorted(_ENLARGED))}")
    options = parser.parse_args()
    subjects = options.subjects or _SUBJECTS
    groups = []
    for subject in tqdm(subjects, desc="bench", unit="subject", disable=not sys.stderr.isatty()):
        sized = ["--products", options.products] if subject in _SIZED else []
        if subject in _ENLARGED and options.large:
            sized.append(options.large)
        group = _measured(subject, sized)
        groups.append(group)
        print(f"\n{group.title}: {group.text}\n{table(group.figures)}", flush=True)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    report = Report(machine=described(), measured_on=day, groups=groups)
    if not options.subjects:
        write(report, _DOCS)
    elif (known := read(_DOCS)).machine == report.machine:
        write(known.with_groups(report), _DOCS)
    missed = [f.name for group in groups for f in group.figures if f.met is False]
    print(f"bars missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


def _measured(subject: str, arguments: list[str]) -> Group:
    command = [sys.executable, "-m", f"tests.bench.{subject}", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ | DEPLOYED)
    if done.returncode:
        sys.exit(f"{subject} ended with {done.returncode}")
    return Group.model_validate_json(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
