"""OpenAI's Agents SDK under OpenInference: an agent with a tool, by the Responses API."""

# dialect: OpenAI Agents (OpenInference)
# environment: openinference
# libraries: openai-agents openinference-instrumentation-openai-agents
# untold: what a run was asked and answered, but in its calls; the first token

import asyncio
import os

from agents import Agent, Runner, function_tool
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)
OpenAIAgentsInstrumentor().instrument(exclusive_processor=True)


@function_tool
def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


async def main():
    agent = Agent(name="weather_agent", instructions="Be brief.", model="gpt-4o-mini", tools=[get_weather])
    await Runner.run(agent, "What is the weather in Paris?")
    try:
        await Runner.run(agent, "Please refuse.")
    except Exception as problem:
        print(type(problem))


asyncio.run(main())
