"""LlamaIndex under OpenInference's instrumentation: retrieval with embeddings, a stream, an error."""

# dialect: LlamaIndex (OpenInference)
# environment: llama_index
# libraries: llama-index-core openinference-instrumentation-llama-index
# untold: usage of embeddings and of streams

import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))

from openinference.instrumentation import using_attributes
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument(tracer_provider=provider)

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.llms import ChatMessage
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI

llm = OpenAI(model="gpt-4o-mini", temperature=0.2)
Settings.llm = llm
Settings.embed_model = OpenAIEmbedding(model="text-embedding-3-small")


with using_attributes(session_id="session-1", user_id="user-1", tags=["weather"], metadata={"plan": "free"}):
    index = VectorStoreIndex.from_documents([Document(text="Paris is sunny.")])
    index.as_retriever(similarity_top_k=1).retrieve("Where is it sunny?")
    for _ in llm.stream_chat([ChatMessage(role="user", content="Say hello.")]):
        pass
    try:
        llm.chat([ChatMessage(role="user", content="Please refuse.")])
    except Exception as problem:
        print(type(problem))
