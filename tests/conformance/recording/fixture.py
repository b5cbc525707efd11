"""From received exports to a fixture: one OTLP JSON request behind a header that says where it comes from."""

import base64
import json
import re
from collections.abc import Iterable
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.conformance.recording.loopback import Export

START_NS: Final = 1_767_225_600 * 10**9
"""2026-01-01: every recording is moved here, so that two of one script differ as little as may be."""
_IDS: Final = ("traceId", "spanId", "parentSpanId")
_TIMES: Final = ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano")
_OF_THE_MACHINE: Final = re.compile(
    r"^(host|os|process|container|cloud)\.|^service\.instance\.id$|^vcs\.|^service\.version$"
)


def merge(exports: Iterable[Export]) -> dict[str, Any]:
    """All exports as one request in OTLP JSON, with ids in hexadecimal."""
    groups: list[dict[str, Any]] = []
    for content_type, body in exports:
        groups += _read(content_type, body)["resourceSpans"]
    for group in groups:
        _forget_machine(group.get("resource", {}))
    _move(groups)
    return {"resourceSpans": groups}


def _read(content_type: str, body: bytes) -> dict[str, Any]:
    if "json" in content_type:
        sent: dict[str, Any] = json.loads(body)
        return sent
    message = ExportTraceServiceRequest.FromString(body)
    return _with_hex_ids(MessageToDict(message, use_integers_for_enums=True))


def _with_hex_ids(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_hex_ids(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        name: base64.b64decode(child).hex() if name in _IDS else _with_hex_ids(child) for name, child in node.items()
    }


def _forget_machine(resource: dict[str, Any]) -> None:
    if "attributes" in resource:
        resource["attributes"] = [kept for kept in resource["attributes"] if not _OF_THE_MACHINE.search(kept["key"])]


def spans_of(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All spans of a request's groups."""
    return [span for group in groups for scope in group.get("scopeSpans", []) for span in scope.get("spans", [])]


def _move(groups: list[dict[str, Any]]) -> None:
    spans = spans_of(groups)
    offset = START_NS - min(int(span["startTimeUnixNano"]) for span in spans)
    for timed in [*spans, *(event for span in spans for event in span.get("events", []))]:
        for name in _TIMES:
            if name in timed:
                timed[name] = str(int(timed[name]) + offset)


def scrub(text: str, places: dict[str, str]) -> str:
    """The text without places of the machine that recorded it: folders and ports by what stands for them."""
    for place, word in sorted(places.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(place, word)
    return text
