"""OpenInference around OpenAI's, Anthropic's and Bedrock's clients: a tool, a stream, an error, an embedding."""

# dialect: OpenInference (OpenAI, Anthropic, Bedrock)
# environment: openinference
# libraries: openinference-instrumentation-openai openinference-instrumentation-anthropic
# libraries: openinference-instrumentation-bedrock
# libraries: openai anthropic boto3

import os

os.environ["ANTHROPIC_OPEN_TELEMETRY"] = "false"  # or every call is told twice

import boto3
from anthropic import Anthropic
from openai import BadRequestError, OpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.anthropic import AnthropicInstrumentor
from openinference.instrumentation.bedrock import BedrockInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)
for instrumentor in (OpenAIInstrumentor, AnthropicInstrumentor, BedrockInstrumentor):
    instrumentor().instrument()
client, claude, bedrock = OpenAI(), Anthropic(), boto3.client("bedrock-runtime")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
QUESTION = "What is the weather in Paris?"


def said(text):
    return [{"role": "user", "content": text}]


def chat():
    question = [{"role": "system", "content": "Be brief."}, *said(QUESTION)]
    client.chat.completions.create(model="gpt-4o-mini", messages=question, tools=[WEATHER], temperature=0.2)
    options = {"include_usage": True}
    for _ in client.chat.completions.create(
        model="gpt-4o-mini", messages=said("Say hello."), stream=True, stream_options=options
    ):
        pass
    client.embeddings.create(model="text-embedding-3-small", input="Paris")
    try:
        client.chat.completions.create(model="gpt-4o-mini", messages=said("Please refuse."))
    except BadRequestError:
        pass


with using_attributes(session_id="session-1", user_id="user-1", tags=["weather"], metadata={"plan": "free"}):
    with trace.get_tracer("app").start_as_current_span("request"):
        chat()
        claude.messages.create(
            model="claude-sonnet-4-5",
            max_tokens=100,
            system="Be brief.",
            messages=said(QUESTION),
            tools=[{"name": "get_weather", "input_schema": SCHEMA}],
        )
        tools = {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": SCHEMA}}}]}
        question = [{"role": "user", "content": [{"text": QUESTION}]}]
        bedrock.converse(modelId="us.amazon.nova-lite-v1:0", messages=question, toolConfig=tools)
