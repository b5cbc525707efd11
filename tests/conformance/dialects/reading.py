"""Fixtures through the path of the server: decoded, joined and priced by the writer, read back by the reader."""

import base64
import json
from pathlib import Path
from typing import Any, Final

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.features.pricing.managed import load_managed
from panope.ports.telemetry import IngestBatch, TelemetryReader, TelemetryWriter, TraceDetail
from panope.wire.otlp.decode import decode_otlp

FIXTURES: Final = Path(__file__).parents[2] / "fixtures" / "dialects"
PROJECT: Final = ProjectId("dialects")
_IDS: Final = ("traceId", "spanId", "parentSpanId")
RECEIVED_US: Final = 1_767_312_000 * 10**6
"""2026-01-02: a day after the time to which recordings are moved."""


def load_fixture(name: str) -> dict[str, Any]:
    """A fixture with its header."""
    fixture: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return fixture


def body_of(fixture: dict[str, Any]) -> bytes:
    """The request of a fixture, OTLP JSON."""
    return json.dumps(fixture["request"]).encode()


def with_base64_ids(node: Any) -> Any:
    """A request whose ids are as protobuf's own JSON has them."""
    if isinstance(node, list):
        return [with_base64_ids(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        name: base64.b64encode(bytes.fromhex(child)).decode() if name in _IDS else with_base64_ids(child)
        for name, child in node.items()
    }


def spans_of(fixture: dict[str, Any]) -> list[dict[str, Any]]:
    """All spans of a fixture."""
    groups = fixture["request"]["resourceSpans"]
    return [span for group in groups for scope in group["scopeSpans"] for span in scope["spans"]]


def trace_ids(fixture: dict[str, Any]) -> list[str]:
    """Ids of a fixture's traces in the order of their start."""
    ordered = sorted(spans_of(fixture), key=lambda span: int(span["startTimeUnixNano"]))
    return list(dict.fromkeys(span["traceId"] for span in ordered))


async def store(fixture: dict[str, Any], writer: TelemetryWriter) -> None:
    """Decode a fixture and write it; nothing of it may be refused."""
    batch = decode_otlp(body_of(fixture), content_type="json", received_us=RECEIVED_US, project_id=PROJECT)
    assert not batch.rejections
    receipt = Receipt(request_id="request", received_us=RECEIVED_US, protocol="otlp")
    await writer.apply(
        IngestBatch(
            project_id=PROJECT,
            events=batch.events,
            attribute_sets=batch.attribute_sets,
            receipt=receipt,
            prices=PriceBook((), load_managed()),
        )
    )


async def read(fixture: dict[str, Any], reader: TelemetryReader) -> list[TraceDetail]:
    """The traces of a fixture, with payloads."""
    found = [await reader.get_trace(PROJECT, trace_id) for trace_id in trace_ids(fixture)]
    return [detail for detail in found if detail is not None]


async def through_memory(fixture: dict[str, Any]) -> list[TraceDetail]:
    """What a fixture is once it was stored in memory."""
    telemetry = MemoryTelemetry()
    await store(fixture, telemetry)
    return await read(fixture, telemetry)
