"""Strands with OpenAI's model and with Bedrock's: an agent with a tool, an error."""

# dialect: Strands
# environment: strands
# libraries: strands-agents
# untold: reasoning

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)

from strands import Agent, tool
from strands.models.bedrock import BedrockModel
from strands.models.openai import OpenAIModel


@tool
def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


def agent(model):
    return Agent(
        name="weather_agent",
        model=model,
        system_prompt="Be brief.",
        tools=[get_weather],
        callback_handler=None,
        trace_attributes={"session.id": "session-1", "user.id": "user-1", "tag.tags": ["weather"]},
    )


openai = OpenAIModel(model_id="gpt-4o-mini", params={"temperature": 0.2})
agent(openai)("What is the weather in Paris?")
try:
    agent(openai)("Please refuse.")
except Exception as problem:
    print(type(problem))
agent(BedrockModel(model_id="us.amazon.nova-lite-v1:0"))("What is the weather in Paris?")
