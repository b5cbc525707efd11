"""OpenTelemetry's own GenAI utilities and exporters; no SDK of any vendor."""

import base64
import json
import logging
import os
import urllib.error
import urllib.request

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
HOST = os.environ["LANGFUSE_BASE_URL"]
PAIR = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"{HOST}/api/public/otel"
os.environ["OTEL_EXPORTER_OTLP_HEADERS"] = "Authorization=Basic%20" + base64.b64encode(PAIR.encode()).decode()

from opentelemetry import trace  # noqa: E402 - what is above says where the exporters go
from opentelemetry.exporter.otlp.common.http import Compression as JsonCompression  # noqa: E402
from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter as JsonExporter  # noqa: E402
from opentelemetry.exporter.otlp.proto.http import Compression  # noqa: E402
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as ProtobufExporter  # noqa: E402
from opentelemetry.sdk.resources import Resource  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult  # noqa: E402
from opentelemetry.util.genai.handler import TelemetryHandler  # noqa: E402
from opentelemetry.util.genai.types import InputMessage, OutputMessage, TextPart, ToolCallRequestPart  # noqa: E402
from reporting import RUN, report, rest  # noqa: E402

ARGUMENTS = {"city": "Paris"}


class Noted(SpanExporter):
    """An exporter, and what its exports came to."""

    def __init__(self, exporter):
        self.exporter, self.results = exporter, []

    def export(self, spans):
        self.results.append(self.exporter.export(spans))
        return self.results[-1]

    def shutdown(self):
        self.exporter.shutdown()


def send(exporter, name):
    """Send the spans of an agent's run; returns the trace id and the results of the exports."""
    resource = Resource.create({"service.name": "geographer", "deployment.environment.name": "staging"})
    provider, noted = TracerProvider(resource=resource), Noted(exporter)
    provider.add_span_processor(BatchSpanProcessor(noted))
    handler = TelemetryHandler(
        tracer_provider=provider, instrumentation_scope_name="made.up", instrumentation_scope_version="1.2"
    )
    tracer = provider.get_tracer("my.app", "1.0")
    root_attributes = {
        "user.id": f"user-{RUN}",
        "session.id": f"session-{RUN}",
        "langfuse.trace.name": f"{name}-{RUN}",
        "langfuse.trace.tags": ["plain", name],
        "http.route": "/ask",
    }
    with tracer.start_as_current_span("handle-request", attributes=root_attributes) as root:
        with handler.invoke_local_agent(request_model="gpt-4o", agent_name="geographer") as agent:
            agent.input_messages = [InputMessage(role="user", parts=[TextPart(content="capital?")])]
            agent.output_messages = [OutputMessage(role="assistant", parts=[TextPart(content="Paris")])]
            _call_model(handler)
            with handler.tool("look_up", tool_call_id="call-1", tool_type="function") as tool:
                tool.arguments, tool.tool_result = ARGUMENTS, "fine"
            with handler.embedding("openai", request_model="text-embedding-3-small") as embedding:
                embedding.input_tokens = 4
        _fail(handler)
        root.set_attribute("big", 2**62)
        root.set_attribute("ratios", [0.5, 1.0])
        root.add_event("checkpoint", {"step": 3})
    assert provider.force_flush(10_000)
    provider.shutdown()
    results = [result is SpanExportResult.SUCCESS for result in noted.results]
    return {"id": format(root.get_span_context().trace_id, "032x"), "results": results}


def _call_model(handler):
    with handler.inference("openai", request_model="gpt-4o") as call:
        call.system_instruction = [TextPart(content="be terse")]
        call.input_messages = [InputMessage(role="user", parts=[TextPart(content="capital? – ü")])]
        request = ToolCallRequestPart(arguments=ARGUMENTS, name="look_up", id="call-1")
        call.output_messages = [OutputMessage(role="assistant", parts=[request], finish_reason="tool_call")]
        call.response_model_name, call.response_id = "gpt-4o-2024-08-06", "response-1"
        call.temperature, call.max_tokens, call.stop_sequences = 0.25, 100, ["a", "b"]
        call.input_tokens, call.output_tokens, call.cache_read_input_tokens = 40, 10, 8
        call.finish_reasons = ["tool_call"]


def _fail(handler):
    try:
        with handler.inference("openai", request_model="gpt-4o"):
            raise TimeoutError("provider down")
    except TimeoutError:
        pass


def refused(headers):
    """Whether an exporter with these headers is told no, and not for long."""
    logging.disable()
    exporter = ProtobufExporter(headers=headers, timeout=60)
    provider = TracerProvider()
    with provider.get_tracer("x").start_as_current_span("no") as span:
        pass
    result = exporter.export([span])
    logging.disable(logging.NOTSET)
    return result is SpanExportResult.FAILURE


def post(body, content_type):
    """Status of, and answer to, a body of one's own."""
    headers = {"Content-Type": content_type, "Authorization": "Basic " + base64.b64encode(PAIR.encode()).decode()}
    request = urllib.request.Request(f"{HOST}/api/public/otel/v1/traces", data=body, headers=headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return {"status": answer.status, "body": json.loads(answer.read() or b"null")}
    except urllib.error.HTTPError as error:
        with error:
            return {"status": error.code, "body": json.loads(error.read() or b"null")}


EXPORTERS = {
    "protobuf": ProtobufExporter(),
    "protobuf-gzip": ProtobufExporter(compression=Compression.Gzip),
    "protobuf-deflate": ProtobufExporter(compression=Compression.Deflate),
    "json": JsonExporter(),
    "json-gzip": JsonExporter(compression=JsonCompression.GZIP),
}
sent = {name: send(exporter, name) for name, exporter in EXPORTERS.items()}
SPAN = {"name": "half", "startTimeUnixNano": "1760000000000000000", "endTimeUnixNano": "1760000001500000000"}
GOOD = {**SPAN, "traceId": os.urandom(16).hex(), "spanId": os.urandom(8).hex()}
half_good = post(
    json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "x"}, "spans": [SPAN, GOOD]}]}]}).encode(),
    "application/json",
)
report(
    sent=sent,
    traces={name: rest(f"traces/{run['id']}") for name, run in sent.items() if all(run["results"])},
    refused=refused({"Authorization": "Basic " + base64.b64encode(b"pk-lf-no:sk-lf-no").decode()}),
    half_good=half_good,
    half_read=[row["name"] for row in rest(f"traces/{GOOD['traceId']}")["observations"]],
    nonsense=post(b"\xff\xff", "application/x-protobuf"),
    unlisted=post(b"{}", "text/plain"),
    current_span_is_untouched=trace.get_current_span().is_recording(),
)
