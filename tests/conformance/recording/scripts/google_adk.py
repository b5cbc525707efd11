"""Google's Agent Development Kit with Gemini: an agent with a tool, a stream, an error."""

# dialect: Google ADK
# environment: google_adk
# libraries: google-adk google-genai
# untold: the user

import asyncio
import os

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"

from google.adk.agents import LlmAgent
from google.adk.agents.run_config import RunConfig, StreamingMode
from google.adk.runners import InMemoryRunner
from google.genai import types
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


agent = LlmAgent(name="weather_agent", model="gemini-2.5-flash", instruction="Be brief.", tools=[get_weather])


async def ask(runner, question, config=None):
    session = await runner.session_service.create_session(
        app_name="weather-app", user_id="user-1", session_id=f"session-{len(question)}"
    )
    message = types.Content(role="user", parts=[types.Part(text=question)])
    async for _ in runner.run_async(
        user_id="user-1", session_id=session.id, new_message=message, run_config=config or RunConfig()
    ):
        pass


async def main():
    runner = InMemoryRunner(agent=agent, app_name="weather-app")
    await ask(runner, "What is the weather in Paris?")
    await ask(runner, "Say hello.", RunConfig(streaming_mode=StreamingMode.SSE))
    try:
        await ask(runner, "Please refuse.")
    except Exception as problem:
        print(type(problem))


asyncio.run(main())
