"""LangChain and LangGraph under OpenLLMetry: an agent with a tool, a stream, an error."""

# dialect: LangChain, LangGraph (OpenLLMetry)
# environment: langchain
# libraries: langchain langgraph langchain-openai opentelemetry-instrumentation-langchain
# untold: reasoning; the role of what is streamed

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)

from opentelemetry.instrumentation.langchain import LangchainInstrumentor

LangchainInstrumentor().instrument()

from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


@tool
def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


model = ChatOpenAI(model="gpt-4o-mini", use_responses_api=False, stream_usage=True)
agent = create_agent(model, tools=[get_weather], system_prompt="Be brief.", name="weather")
agent.invoke(
    {"messages": [{"role": "user", "content": "What is the weather in Paris?"}]},
    config={"configurable": {"thread_id": "thread-1"}, "metadata": {"user_id": "user-1", "session_id": "session-1"}},
)
for _ in model.stream("Say hello."):
    pass
try:
    model.invoke("Please refuse.")
except Exception as problem:
    print(type(problem))
