"""All recordings with what they became: what the test asserts and the page shows."""

import asyncio
import json
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from tests.conformance.dialects.compare import Checked, compare
from tests.conformance.dialects.expect import Expected
from tests.conformance.dialects.reading import FIXTURES, load_fixture, spans_of, through_memory
from tests.unit.wire.otlp.requests import ROOT_ID, decode, group, observations, span, traces

_WRITTEN: Final = Path(__file__).parents[2] / "unit" / "wire" / "semconv" / "fixtures"
_EXPECTED: Final = Path(__file__).parent / "expected"
NAMES: Final = tuple(sorted(path.stem for path in FIXTURES.glob("*.json")))


class Row(Struct):
    """One fixture of the table."""

    name: str
    header: dict[str, Any]
    spans: int
    checks: list[Checked]

    @property
    def wrong(self) -> list[Checked]:
        """Fields that are not what was expected."""
        return [checked for checked in self.checks if not checked.is_right]


def expected_of(name: str) -> list[Expected]:
    """The expectation beside a fixture."""
    [path] = _EXPECTED.rglob(f"{name}.py")
    module = ".".join(path.relative_to(_EXPECTED).with_suffix("").parts)
    expected: list[Expected] = import_module(f"tests.conformance.dialects.expected.{module}").EXPECTED
    return expected


def row_of(name: str) -> Row:
    """Run one fixture through memory and compare."""
    fixture = load_fixture(name)
    expected = expected_of(name)
    found = asyncio.run(through_memory(fixture))
    return Row(name, fixture, len(spans_of(fixture)), compare(expected, found))


def written_rows() -> list[Row]:
    """The examples that were written by hand, from a dialect's documentation: each file a row, `recorded: false`."""
    return [_written(path) for path in sorted(_WRITTEN.glob("*.json"))]


def _written(path: Path) -> Row:
    fixture = json.loads(path.read_text(encoding="utf-8"))
    checks = [checked for example in fixture["spans"] for checked in _check_example(fixture, example)]
    return Row(path.stem, {"recorded": False, "scope": fixture["scope"]["name"]}, len(fixture["spans"]), checks)


def _check_example(fixture: dict[str, Any], example: dict[str, Any]) -> list[Checked]:
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
    [observation] = observations(batch)
    expected = example["expect"]
    checks = [
        Checked(name, value, _comparable(observation.values.get(name), value, is_raw=expected.get("raw", False)))
        for name, value in expected["values"].items()
    ]
    if "metadata" in expected:
        checks.append(Checked("metadata", expected["metadata"], observation.metadata))
    told = traces(batch)
    return checks + [
        Checked(f"trace {name}", value, getattr(told[0], name) if told else None)
        for name, value in expected.get("trace", {}).items()
    ]


def _comparable(found: Any, expected: Any, *, is_raw: bool) -> Any:
    is_json = isinstance(found, str) and not isinstance(expected, str) and not is_raw
    return json.loads(found) if is_json else found
