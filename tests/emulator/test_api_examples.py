"""The requests of `docs/api.md` are answered as they stand there."""

import json
import re

import pytest

from tests.api_reference import DOCUMENT
from tests.emulator.conftest import Shopper

EXAMPLES = re.findall(r"\n`(\w+)`\n\n```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


def test_examples_are_found() -> None:
    assert {"search", "recommend", "log_events"} <= {name for name, _ in EXAMPLES}


@pytest.mark.parametrize(("name", "request_"), EXAMPLES)
def test_an_example_is_answered(shopper: Shopper, name: str, request_: str) -> None:
    answer = shopper.call(name, **json.loads(request_))
    assert answer.status == 200, answer.error
    assert answer.result
