"""What an exporter reads back."""

import json

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from panope.domain.events import DecodedBatch, Rejection
from panope.wire.otlp import encode_otlp_answer


def _refused(count: int) -> DecodedBatch:
    rejections = [
        Rejection(index=number, event_id="x", code="missing_id", message=f"Reason {number}.") for number in range(count)
    ]
    return DecodedBatch(rejections=rejections)


def test_success_says_nothing() -> None:
    assert encode_otlp_answer(DecodedBatch(), "json") == b"{}"
    assert encode_otlp_answer(DecodedBatch(), "protobuf") == b""


def test_refused_spans_are_counted_and_the_first_reasons_given() -> None:
    answer = json.loads(encode_otlp_answer(_refused(5), "json"))["partialSuccess"]
    assert answer["rejectedSpans"] == "5"
    assert answer["errorMessage"] == "span 0: Reason 0. span 1: Reason 1. span 2: Reason 2. And 2 more."


def test_both_encodings_say_the_same() -> None:
    parsed = ExportTraceServiceResponse.FromString(encode_otlp_answer(_refused(2), "protobuf")).partial_success
    assert parsed.rejected_spans == 2
    assert parsed.error_message == "span 0: Reason 0. span 1: Reason 1."
