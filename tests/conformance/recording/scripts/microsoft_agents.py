"""Microsoft's Agent Framework: an agent with a tool, a stream, an error."""

# dialect: Microsoft Agent Framework
# environment: agent_framework
# libraries: agent-framework-core agent-framework-openai

import asyncio
import os

os.environ["ENABLE_INSTRUMENTATION"] = "true"
os.environ["ENABLE_SENSITIVE_DATA"] = "true"

from agent_framework import Agent
from agent_framework.openai import OpenAIChatCompletionClient
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)


def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


async def main():
    client = OpenAIChatCompletionClient(model="gpt-4o-mini")
    agent = Agent(client=client, name="weather_agent", instructions="Be brief.", tools=[get_weather])
    await agent.run("What is the weather in Paris?")
    async for _ in agent.run("Say hello.", stream=True):
        pass
    try:
        await agent.run("Please refuse.")
    except Exception as problem:
        print(type(problem))


asyncio.run(main())
