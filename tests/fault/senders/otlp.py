"""OpenTelemetry's own SDK and exporter."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from steady import send_steadily

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=500))
tracer = provider.get_tracer("steady")


def make_trace(name):
    with tracer.start_as_current_span(name), tracer.start_as_current_span("call") as call:
        call.set_attribute("gen_ai.request.model", "gpt-4o")


def flush():
    provider.force_flush(120_000)
    provider.shutdown()


send_steadily(make_trace, flush)
