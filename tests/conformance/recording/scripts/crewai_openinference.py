"""CrewAI under OpenInference's instrumentation: a crew of one agent with a tool."""

# dialect: CrewAI (OpenInference)
# environment: crewai
# libraries: crewai openinference-instrumentation-crewai
# untold: reasoning

import os

os.environ["CREWAI_DISABLE_TELEMETRY"] = "true"
os.environ["CREWAI_TRACING_ENABLED"] = "false"

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))

from crewai import Agent, Crew, Task
from crewai.tools import tool
from openinference.instrumentation.crewai import CrewAIInstrumentor

CrewAIInstrumentor().instrument(tracer_provider=provider, use_event_listener=True)


@tool("get_weather")
def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


agent = Agent(
    role="Weather agent", goal="Tell the weather", backstory="Be brief.", tools=[get_weather], llm="gpt-4o-mini"
)
task = Task(description="What is the weather in Paris?", expected_output="One sentence", agent=agent)
print(Crew(agents=[agent], tasks=[task], name="weather_crew").kickoff())
