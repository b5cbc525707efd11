"""Azure's AI inference client with its own tracing: a tool, a stream, an error, an embedding."""

# dialect: Azure AI inference
# environment: azure
# libraries: azure-ai-inference azure-core-tracing-opentelemetry
# untold: caches, reasoning, usage of streams

import os

os.environ["AZURE_TRACING_GEN_AI_CONTENT_RECORDING_ENABLED"] = "true"

from azure.ai.inference import ChatCompletionsClient
from azure.ai.inference.models import AssistantMessage, SystemMessage, ToolMessage, UserMessage
from azure.ai.inference.tracing import AIInferenceInstrumentor
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.settings import settings
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

settings.tracing_implementation = "opentelemetry"
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)
AIInferenceInstrumentor().instrument()
client = ChatCompletionsClient(endpoint=os.environ["MODELS_URL"], credential=AzureKeyCredential("of-nobody"))
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}

with trace.get_tracer("app").start_as_current_span("request"):
    question = [SystemMessage("Be brief."), UserMessage("What is the weather in Paris?")]
    first = client.complete(messages=question, model="gpt-4o-mini", tools=[WEATHER], temperature=0.2)
    calls = first.choices[0].message.tool_calls
    answers = [AssistantMessage(tool_calls=calls), ToolMessage("18 degrees and sunny", tool_call_id=calls[0].id)]
    client.complete(messages=[*question, *answers], model="gpt-4o-mini", tools=[WEATHER])
    for _ in client.complete(messages=[UserMessage("Say hello.")], model="gpt-4o-mini", stream=True):
        pass
    try:
        client.complete(messages=[UserMessage("Please refuse.")], model="gpt-4o-mini")
    except HttpResponseError:
        pass
