"""OpenTelemetry's own instrumentations of OpenAI's and AWS's clients, with content: a tool, a stream, an error."""

# dialect: OpenTelemetry (OpenAI, Bedrock)
# environment: openai_contrib
# libraries: opentelemetry-instrumentation-openai-v2 opentelemetry-instrumentation-botocore openai boto3
# untold: caches and reasoning of OpenAI; Bedrock's messages (in logs only)

import os

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"

import boto3
from openai import BadRequestError, OpenAI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()
BotocoreInstrumentor().instrument()
client = OpenAI()
bedrock = boto3.client("bedrock-runtime")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
CLAUDE = "anthropic.claude-3-5-sonnet-20241022-v2:0"


def said(text):
    return [{"role": "user", "content": text}]


def chat():
    question = [{"role": "system", "content": "Be brief."}, *said("What is the weather in Paris?")]
    first = client.chat.completions.create(model="gpt-4o-mini", messages=question, tools=[WEATHER], temperature=0.2)
    call = first.choices[0].message.tool_calls[0]
    answers = [
        {"role": "assistant", "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": "18 degrees and sunny"},
    ]
    client.chat.completions.create(model="gpt-4o-mini", messages=[*question, *answers], tools=[WEATHER])
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


def converse():
    question = [{"role": "user", "content": [{"text": "What is the weather in Paris?"}]}]
    tools = {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": SCHEMA}}}]}
    bedrock.converse(modelId=CLAUDE, messages=question, toolConfig=tools, inferenceConfig={"temperature": 0.2})
    hello = [{"role": "user", "content": [{"text": "Say hello."}]}]
    for _ in bedrock.converse_stream(modelId=CLAUDE, messages=hello)["stream"]:
        pass
    try:
        bedrock.converse(modelId=CLAUDE, messages=[{"role": "user", "content": [{"text": "Please refuse."}]}])
    except bedrock.exceptions.ValidationException:
        pass


with trace.get_tracer("app").start_as_current_span("request"):
    chat()
    converse()
