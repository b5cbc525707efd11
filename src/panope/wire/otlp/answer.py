"""The answer to an export: nothing to say, or how many spans were refused and why."""

from typing import Literal

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from panope.domain.events import DecodedBatch, Rejection

_NAMED_REASONS = 3


def encode_otlp_answer(batch: DecodedBatch, content_type: Literal["protobuf", "json"]) -> bytes:
    """Encode an `ExportTraceServiceResponse`, empty unless spans were refused."""
    if not batch.rejections:
        return b"" if content_type == "protobuf" else b"{}"
    count, message = len(batch.rejections), summarise(batch.rejections)
    if content_type == "protobuf":
        answer = ExportTraceServiceResponse()
        answer.partial_success.rejected_spans = count
        answer.partial_success.error_message = message
        return answer.SerializeToString()
    # 64-bit integers are text in JSON of protobuf.
    return msgspec.json.encode({"partialSuccess": {"rejectedSpans": str(count), "errorMessage": message}})


def summarise(rejections: list[Rejection]) -> str:
    """Say in one text why spans were refused: the first few with their place, the rest by number."""
    named = [f"span {rejection.index}: {rejection.message}" for rejection in rejections[:_NAMED_REASONS]]
    rest = len(rejections) - len(named)
    return " ".join([*named, f"And {rest} more."] if rest else named)
