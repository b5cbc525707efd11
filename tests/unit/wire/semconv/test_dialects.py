"""Every dialect's example, through both encodings: what its spans must become.

A fixture says for each span the observation values that must come out (null: must be absent; with `raw` texts are not
compared as JSON), and where it matters the metadata and the trace event, field by field.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.wire.otlp.requests import ROOT_ID, decode, group, observations, span, traces

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.json"))


def _examples() -> list[Any]:
    found = []
    for path in FIXTURES:
        fixture = json.loads(path.read_text())
        for position, example in enumerate(fixture["spans"]):
            found.append(pytest.param(fixture, example, id=f"{path.stem}-{position}"))
    return found


@pytest.mark.parametrize(("fixture", "example"), _examples())
def test_a_span_of_this_dialect_becomes_what_its_example_says(fixture: dict[str, Any], example: dict[str, Any]) -> None:
    plain = span(
        example["name"],
        attributes=example["attributes"],
        parent_id=ROOT_ID if example.get("parent") else "",
        events=example.get("events", []),
        status=example.get("status", {}),
    )
    scope = fixture["scope"]
    batch = decode(
        group([plain], resource=fixture.get("resource"), scope=scope["name"], version=scope.get("version", ""))
    )
    assert batch.rejections == []
    assert batch.repairs == []
    [observation] = observations(batch)
    expected = example["expect"]
    for name, value in expected["values"].items():
        assert _comparable(observation.values.get(name), value, is_raw=expected.get("raw", False)) == value, name
    if "metadata" in expected:
        assert observation.metadata == expected["metadata"]
    for name, value in expected.get("trace", {}).items():
        [trace] = traces(batch)
        assert getattr(trace, name) == value, name


def _comparable(found: Any, expected: Any, *, is_raw: bool) -> Any:
    is_json = isinstance(found, str) and not isinstance(expected, str) and not is_raw
    return json.loads(found) if is_json else found


def test_every_fixture_has_spans() -> None:
    assert len(FIXTURES) > 15
    assert all(json.loads(path.read_text())["spans"] for path in FIXTURES)
