"""Compares what a recording became with what is expected of it, field by field."""

import json
from typing import Any

from msgspec import Struct

from panope.ports.telemetry import Observed, TraceDetail
from tests.conformance.dialects.conversation import read_conversation
from tests.conformance.dialects.expect import Expected, Holds, Talk

_IN_PAYLOAD = frozenset({"input", "output", "metadata"})
_IN_DETAIL = frozenset({"usage", "status_message", "model_parameters"})
_IN_TOTALS = frozenset({"total_tokens", "total_cost"})


class Checked(Struct):
    """One field: where it stands, what was expected, what came."""

    place: str
    expected: Any
    found: Any

    @property
    def is_right(self) -> bool:
        """Whether what came is what was expected."""
        return bool(self.expected == self.found)


def compare(expected: list[Expected], found: list[TraceDetail]) -> list[Checked]:
    """Check all traces, in the order of their start."""
    checks = [Checked("traces", len(expected), len(found))]
    for wanted, detail in zip(expected, found, strict=False):
        place = f"trace {wanted.fields.get('name')}"
        checks += [_check(place, name, value, _of_trace(detail, name)) for name, value in wanted.fields.items()]
        checks += _level(place, wanted.below, detail.observations, None)
    return checks


def _level(place: str, wanted: list[Expected], rows: list[Observed], parent: str | None) -> list[Checked]:
    ids = {observed.row.id for observed in rows}
    here = [
        observed for observed in rows if (observed.row.parent_id if observed.row.parent_id in ids else None) == parent
    ]
    here.sort(key=lambda observed: (observed.row.start_us, observed.row.end_us or 0))
    checks = [Checked(f"{place}: below", [found.fields["name"] for found in wanted], [one.row.name for one in here])]
    for number, expected in enumerate(wanted):
        at = f"{place} > {expected.fields['name']}"
        if number >= len(here):
            checks += [Checked(f"{at}: {name}", value, "nothing came") for name, value in expected.fields.items()]
            continue
        one = here[number]
        checks += [_check(at, name, value, _of_observation(one, name)) for name, value in expected.fields.items()]
        checks += _level(at, expected.below, rows, one.row.id)
    return checks


def _of_trace(detail: TraceDetail, name: str) -> Any:
    traced = detail.trace
    if name in _IN_TOTALS:
        return getattr(traced.row.totals, name)
    return getattr(traced.payload if name in _IN_PAYLOAD else traced.row, name)


def _of_observation(observed: Observed, name: str) -> Any:
    if name == "has_first_token":
        return observed.row.completion_start_us is not None
    if name in _IN_DETAIL:
        return getattr(observed.row.detail, name)
    return getattr(observed.payload if name in _IN_PAYLOAD else observed.row, name)


def _check(place: str, name: str, expected: Any, found: Any) -> Checked:
    at = f"{place}: {name}"
    if isinstance(expected, Talk):
        return Checked(at, list(expected.lines), read_conversation(found))
    if isinstance(expected, Holds):
        return Checked(at, expected.entries, {key: (found or {}).get(key) for key in expected.entries})
    if name in {"input", "output"}:
        return Checked(at, expected, _plain(found))
    if isinstance(expected, dict) and name == "usage":
        return Checked(at, expected, {key: units for key, units in found.items() if units or key in expected})
    return Checked(at, expected, found)


def _plain(text: str | None) -> Any:
    """JSON as its value, with the quotes of a text taken off."""
    try:
        return json.loads(text) if text is not None else None
    except ValueError:
        return text
