"""Export requests for tests: written once as plain values, encoded either way."""

import json
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from panope.domain.events import DecodedBatch, EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.wire.otlp import decode_otlp

START_NS = 1_760_000_000_000_000_000
END_NS = START_NS + 1_500_000_000
RECEIVED_US = START_NS // 1000 + 60_000_000
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
ROOT_ID = "b7ad6b7169203331"

Plain = dict[str, Any]


def span(name: str = "step", *, number: int = 1, **fields: Any) -> Plain:
    """One span as plain values; `parent_id` makes it a child."""
    return {
        "trace_id": TRACE_ID,
        "span_id": f"{number:016x}",
        "parent_id": "",
        "name": name,
        "start_ns": START_NS,
        "end_ns": END_NS,
        "attributes": {},
        "events": [],
        "links": [],
        "status": {},
        **fields,
    }


def group(spans: list[Plain], *, resource: Plain | None = None, scope: str = "lib", version: str = "1.0") -> Plain:
    """Spans below one resource and one scope."""
    return {"resource": resource or {}, "scope": {"name": scope, "version": version, "attributes": {}}, "spans": spans}


def json_value(value: Any) -> Plain:
    """An AnyValue in OTLP JSON."""
    if value is None:
        return {}
    name = {bool: "boolValue", str: "stringValue", int: "intValue", float: "doubleValue", list: "arrayValue"}
    return {name.get(type(value), "kvlistValue"): _json_content(value)}


def _json_content(value: Any) -> Any:
    if isinstance(value, list):
        return {"values": [json_value(child) for child in value]}
    if isinstance(value, dict):
        return {"values": json_pairs(value)}
    if isinstance(value, float) and value - value != 0:
        return str(value).replace("inf", "Infinity").replace("nan", "NaN")
    return str(value) if type(value) is int else value


def json_pairs(attributes: Plain) -> list[Plain]:
    """Attributes in OTLP JSON."""
    return [{"key": key, "value": json_value(value)} for key, value in attributes.items()]


def json_span(plain: Plain) -> Plain:
    """A span in OTLP JSON."""
    return {
        "traceId": plain["trace_id"],
        "spanId": plain["span_id"],
        "parentSpanId": plain["parent_id"],
        "name": plain["name"],
        "kind": 1,
        "startTimeUnixNano": str(plain["start_ns"]),
        "endTimeUnixNano": str(plain["end_ns"]),
        "attributes": json_pairs(plain["attributes"]),
        "events": [
            {"name": event["name"], "timeUnixNano": str(START_NS + 1), "attributes": json_pairs(event["attributes"])}
            for event in plain["events"]
        ],
        "links": [
            {"traceId": link["trace_id"], "spanId": link["span_id"], "attributes": json_pairs(link["attributes"])}
            for link in plain["links"]
        ],
        "status": plain["status"],
    }


def json_document(*groups: Plain) -> Plain:
    """A whole request in OTLP JSON, not yet text."""
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": json_pairs(group["resource"])},
                "scopeSpans": [
                    {
                        "scope": {**group["scope"], "attributes": json_pairs(group["scope"]["attributes"])},
                        "spans": [json_span(plain) for plain in group["spans"]],
                    }
                ],
            }
            for group in groups
        ]
    }


def as_json(*groups: Plain) -> bytes:
    """A request body in OTLP JSON."""
    return json.dumps(json_document(*groups), ensure_ascii=False).encode()


def _fill(target: AnyValue, value: Any) -> None:
    match value:
        case None:
            pass
        case bool():
            target.bool_value = value
        case str():
            target.string_value = value
        case int():
            target.int_value = value
        case float():
            target.double_value = value
        case list():
            target.array_value.SetInParent()
            for child in value:
                _fill(target.array_value.values.add(), child)
        case dict():
            target.kvlist_value.SetInParent()
            _fill_pairs(target.kvlist_value.values, value)


def _fill_pairs(pairs: Any, attributes: Plain) -> None:
    for key, value in attributes.items():
        pair = KeyValue(key=key)
        _fill(pair.value, value)
        pairs.append(pair)


def as_protobuf(*groups: Plain) -> bytes:
    """A request body in OTLP protobuf."""
    request = ExportTraceServiceRequest()
    for plain_group in groups:
        resource_spans = request.resource_spans.add()
        _fill_pairs(resource_spans.resource.attributes, plain_group["resource"])
        scope_spans = resource_spans.scope_spans.add()
        scope = plain_group["scope"]
        scope_spans.scope.name, scope_spans.scope.version = scope["name"], scope["version"]
        _fill_pairs(scope_spans.scope.attributes, scope["attributes"])
        for plain in plain_group["spans"]:
            _fill_span(scope_spans.spans.add(), plain)
    return request.SerializeToString()


def _fill_span(message: Any, plain: Plain) -> None:
    message.trace_id = bytes.fromhex(plain["trace_id"])
    message.span_id = bytes.fromhex(plain["span_id"])
    message.parent_span_id = bytes.fromhex(plain["parent_id"])
    message.name = plain["name"]
    message.start_time_unix_nano, message.end_time_unix_nano = plain["start_ns"], plain["end_ns"]
    _fill_pairs(message.attributes, plain["attributes"])
    for event in plain["events"]:
        added = message.events.add(name=event["name"], time_unix_nano=START_NS + 1)
        _fill_pairs(added.attributes, event["attributes"])
    for link in plain["links"]:
        added = message.links.add(trace_id=bytes.fromhex(link["trace_id"]), span_id=bytes.fromhex(link["span_id"]))
        _fill_pairs(added.attributes, link["attributes"])
    message.status.code = plain["status"].get("code", 0)
    message.status.message = plain["status"].get("message", "")


def decode_json(body: bytes) -> DecodedBatch:
    """Decode a JSON body at the tests' time."""
    return decode_otlp(body, content_type="json", received_us=RECEIVED_US, project_id=ProjectId("p"))


def decode_protobuf(body: bytes) -> DecodedBatch:
    """Decode a protobuf body at the tests' time."""
    return decode_otlp(body, content_type="protobuf", received_us=RECEIVED_US, project_id=ProjectId("p"))


def decode(*groups: Plain) -> DecodedBatch:
    """Decode a request both ways, make sure that they agree, and give back what came out."""
    batch = decode_protobuf(as_protobuf(*groups))
    assert decode_json(as_json(*groups)) == batch
    return batch


def decode_span(
    attributes: Plain | None = None, *, scope: str = "lib", version: str = "1.0", **fields: Any
) -> DecodedBatch:
    """Decode one span both ways."""
    resource = fields.pop("resource", None)
    return decode(group([span(attributes=attributes or {}, **fields)], resource=resource, scope=scope, version=version))


def observations(batch: DecodedBatch) -> list[TelemetryEvent]:
    """Its observation events."""
    return [event for event in batch.events if event.kind is EntityKind.OBSERVATION]


def traces(batch: DecodedBatch) -> list[TelemetryEvent]:
    """Its trace events."""
    return [event for event in batch.events if event.kind is EntityKind.TRACE]


def values_of(attributes: Plain | None = None, **fields: Any) -> Plain:
    """Observation values of one span."""
    return observations(decode_span(attributes, **fields))[0].values
