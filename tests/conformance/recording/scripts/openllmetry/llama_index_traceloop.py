"""LlamaIndex under OpenLLMetry: retrieval with embeddings, an agent with a tool, a stream."""

# dialect: LlamaIndex (OpenLLMetry)
# environment: llama_index
# libraries: llama-index-core opentelemetry-instrumentation-llamaindex
# untold: model calls, which its instrumentations of clients tell; user and session

import asyncio
import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))

from opentelemetry.instrumentation.llamaindex import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument(tracer_provider=provider)

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI


def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


llm = OpenAI(model="gpt-4o-mini", temperature=0.2)
Settings.llm = llm
Settings.embed_model = OpenAIEmbedding(model="text-embedding-3-small")


async def main():
    await FunctionAgent(
        name="weather_agent", tools=[get_weather], llm=llm, system_prompt="Be brief.", streaming=False
    ).run("What is the weather in Paris?")


if True:
    index = VectorStoreIndex.from_documents([Document(text="Paris is sunny.")])
    index.as_retriever(similarity_top_k=1).retrieve("Where is it sunny?")
    asyncio.run(main())
    for _ in llm.stream_chat([ChatMessage(role="user", content="Say hello.")]):
        pass
    try:
        llm.chat([ChatMessage(role="user", content="Please refuse.")])
    except Exception as problem:
        print(type(problem))
