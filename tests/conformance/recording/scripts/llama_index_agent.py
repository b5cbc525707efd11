"""LlamaIndex under OpenInference's instrumentation: an agent with a tool."""

# dialect: LlamaIndex (OpenInference)
# environment: llama_index
# libraries: llama-index-core openinference-instrumentation-llama-index

import asyncio
import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))

from openinference.instrumentation import using_attributes
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument(tracer_provider=provider)

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai import OpenAI


def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


llm = OpenAI(model="gpt-4o-mini", temperature=0.2)


async def main():
    await FunctionAgent(
        name="weather_agent", tools=[get_weather], llm=llm, system_prompt="Be brief.", streaming=False
    ).run("What is the weather in Paris?")


with using_attributes(session_id="session-1", user_id="user-1", tags=["weather"], metadata={"plan": "free"}):
    asyncio.run(main())
