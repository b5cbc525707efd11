"""Each operation of each generated Python client, called once: what its own models could read, and what is left."""

import json

import pytest

from tests.conformance.harness import PythonFacts
from tools.compatibility import OUTCOMES, SDKS


@pytest.mark.parametrize("sdk", SDKS)
def test_operations_end_as_the_table_says(python_facts: PythonFacts, sdk: str) -> None:
    ended = python_facts(sdk, "operations/every")["operations"]
    expected = json.loads(OUTCOMES.read_text(encoding="utf-8"))[sdk]
    assert ended == expected, "if this is meant, run `python -m tests.conformance.outcomes` and `make docs`"
