"""Pydantic AI without logfire, with Anthropic's model: an agent with a tool, by OpenTelemetry alone."""

# dialect: Pydantic AI, Anthropic
# environment: logfire
# libraries: pydantic-ai-slim anthropic

import asyncio
import os

os.environ["ANTHROPIC_OPEN_TELEMETRY"] = "false"  # or every call is told twice

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from pydantic_ai import Agent

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)
Agent.instrument_all()
agent = Agent("anthropic:claude-sonnet-4-5", name="weather_agent", instructions="Be brief.")


@agent.tool_plain
def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


asyncio.run(agent.run("What is the weather in Paris?"))
