"""Monitoring as code: what Google's own types accept, and about what the functions log."""

import json
import re
from pathlib import Path

import pytest
import yaml
from google.cloud.monitoring_dashboard_v1.types import Dashboard
from google.cloud.monitoring_v3.types import AlertPolicy

from shopfyp.latency import BOUNDS_MS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "monitoring"
ALERTS = sorted(FOLDER.glob("alert-*.yaml"))
RUNBOOK = (ROOT / "docs" / "operations.md").read_text()
CODE = "".join(path.read_text() for path in (ROOT / "functions").glob("**/*.py"))


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


def as_json(path: Path) -> str:
    return json.dumps(read(path))


@pytest.mark.parametrize("path", ALERTS, ids=lambda path: path.stem)
def test_alerts_are_policies_with_a_page_in_the_runbook(path: Path) -> None:
    policy = AlertPolicy.from_json(as_json(path))
    assert policy.conditions
    section = re.search(r"section '(.+)'", policy.documentation.content)[1]
    assert section == policy.display_name
    assert f"### {section}" in RUNBOOK
    assert f"monitoring/{path.name}" in RUNBOOK


def test_the_dashboard_is_one() -> None:
    dashboard = Dashboard.from_json(as_json(FOLDER / "dashboard.yaml"))
    assert len(dashboard.mosaic_layout.tiles) == 5


def test_what_is_looked_for_is_what_the_functions_log() -> None:
    text = "".join(path.read_text() for path in FOLDER.glob("*.yaml"))
    messages = set(re.findall(r'jsonPayload\.message="([^"]+)"', text))
    pages = {"file refused", "no web app to answer with", "product page without its product"}
    looking = {"release refused", "release check failed", "look for changes failed"}
    forgetting = {"deletion failed", "forgetting failed"}
    assert messages == {"call", "bug", *looking, *pages, *forgetting}
    assert all(f'"{message}"' in CODE for message in messages)
    metric = read(FOLDER / "call-metric.yaml")
    assert metric["bucketOptions"]["explicitBuckets"]["bounds"] == list(BOUNDS_MS)
    assert 300 in BOUNDS_MS, "the objective is read off a bucket"
    used = set(re.findall(r"logging_googleapis_com:user_(\w+?)_(?:bucket|count)", text))
    assert used == {"shopfyp_call_ms"}
