"""Recordings of published libraries: what the framework did must be what a reader finds, on every path."""

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from panope.wire.otlp.decode import decode_otlp
from tests.conformance.dialects.compare import Checked, compare
from tests.conformance.dialects.over_http import read_trace
from tests.conformance.dialects.reading import (
    PROJECT,
    RECEIVED_US,
    body_of,
    load_fixture,
    trace_ids,
    with_base64_ids,
)
from tests.conformance.dialects.table import NAMES, expected_of, row_of
from tests.support.server import RunningServer

_TRACES = "/api/public/otel/v1/traces"
_MAX_BYTES = 60_000


def _told(wrong: list[Checked]) -> str:
    return "\n".join(f"{checked.place}: wanted {checked.expected!r}, got {checked.found!r}" for checked in wrong)


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_becomes_what_the_framework_did(name: str) -> None:
    row = row_of(name)
    assert len(row.checks) > row.spans
    assert not row.wrong, _told(row.wrong)


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_reads_the_same_over_http(name: str, server: RunningServer) -> None:
    fixture = load_fixture(name)
    status, _, answer = server.send("POST", _TRACES, body_of(fixture))
    assert status == 200, answer
    found = []
    for trace_id in trace_ids(fixture):
        status, trace = server.request("GET", f"/api/public/traces/{trace_id}")
        assert status == 200, trace
        found.append(read_trace(trace))
    checks = compare(expected_of(name), found)
    wrong = [checked for checked in checks if not checked.is_right]
    assert not wrong, _told(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_both_encodings_of_a_recording_give_the_same_events(name: str) -> None:
    fixture = load_fixture(name)
    message = ParseDict(with_base64_ids(fixture["request"]), ExportTraceServiceRequest())
    bodies = {"json": body_of(fixture), "protobuf": message.SerializeToString()}
    batches = [
        decode_otlp(body, content_type=kind, received_us=RECEIVED_US, project_id=PROJECT)  # type: ignore[arg-type]
        for kind, body in bodies.items()
    ]
    assert batches[0].events
    assert batches[0].events == batches[1].events


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_small_and_says_where_it_comes_from(name: str) -> None:
    fixture = load_fixture(name)
    assert len(body_of(fixture)) <= _MAX_BYTES
    assert fixture["recorded"] is True
    assert fixture["libraries"]
    assert fixture["recorded_on"] >= "2026-01-01"


def test_the_comparison_sees_a_token_too_many() -> None:
    fixture_row = row_of("vercel4")
    [wanted, *_] = [checked for checked in fixture_row.checks if checked.place.endswith(": usage") and checked.expected]
    assert not Checked(wanted.place, {**wanted.expected, "input": 1}, wanted.found).is_right
