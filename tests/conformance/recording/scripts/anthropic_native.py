"""Anthropic's own client, which traces itself, with content: a tool, a stream, an error."""

# dialect: Anthropic's client
# environment: logfire
# libraries: anthropic
# untold: the message of an error

import os

os.environ["ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE"] = "content"

from anthropic import Anthropic, BadRequestError
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)
claude = Anthropic()
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"name": "get_weather", "description": "Weather of a city", "input_schema": SCHEMA}
MODEL = "claude-sonnet-4-5"


def said(text):
    return [{"role": "user", "content": text}]


with trace.get_tracer("app").start_as_current_span("request", attributes={"user.id": "user-1"}):
    claude.messages.create(
        model=MODEL, max_tokens=100, system="Be brief.", messages=said("What is the weather in Paris?"), tools=[WEATHER]
    )
    with claude.messages.stream(model=MODEL, max_tokens=100, messages=said("Say hello.")) as stream:
        stream.until_done()
    try:
        claude.messages.create(model=MODEL, max_tokens=100, messages=said("Please refuse."))
    except BadRequestError:
        pass
