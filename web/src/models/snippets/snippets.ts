/** The lines that send a first trace, complete with address and keys, for each way in. */

export interface Access {
  /** Where the server answers, without a slash at its end. */
  baseUrl: string;
  publicKey: string;
  secretKey: string;
}

export interface Snippet {
  id: string;
  label: string;
  /** What the code is written in, for whoever copies it into a file. */
  file: string;
  /** Run first; null: nothing has to be installed. */
  install: string | null;
  code: string;
  /** What else it needs; null: nothing. */
  needs: string | null;
}

const QUESTION = "What is panope?";
const ANSWER = "Observability for LLM agents.";

/** Every way in, the most used first. */
export function snippetsFor(access: Access): readonly Snippet[] {
  return [
    python(access),
    javascript(access),
    langchain(access),
    langgraph(access),
    openai(access),
    litellm(access),
    openTelemetry(access),
    curl(access),
  ];
}

/** The variables that every SDK of Langfuse reads; also the content of a `.env` file. */
export function environmentOf({ baseUrl, publicKey, secretKey }: Access): string {
  return [
    `LANGFUSE_BASE_URL="${baseUrl}"`,
    `LANGFUSE_HOST="${baseUrl}"`,
    `LANGFUSE_PUBLIC_KEY="${publicKey}"`,
    `LANGFUSE_SECRET_KEY="${secretKey}"`,
    "",
  ].join("\n");
}

/** What somebody who sends to Langfuse already has to change. */
export function movingFrom({ baseUrl, publicKey, secretKey }: Access): string {
  return [
    `export LANGFUSE_BASE_URL="${baseUrl}" LANGFUSE_HOST="${baseUrl}"`,
    `export LANGFUSE_PUBLIC_KEY="${publicKey}"`,
    `export LANGFUSE_SECRET_KEY="${secretKey}"`,
    "",
  ].join("\n");
}

/** Python that makes the client that everything else in a program finds. */
function pythonClient({ baseUrl, publicKey, secretKey }: Access): string {
  return `langfuse = Langfuse(
    public_key="${publicKey}",
    secret_key="${secretKey}",
    base_url="${baseUrl}",
)`;
}

function python(access: Access): Snippet {
  return {
    id: "python",
    label: "Python",
    file: "hello.py",
    install: "pip install langfuse",
    needs: null,
    code: `from langfuse import Langfuse

${pythonClient(access)}
with langfuse.start_as_current_observation(as_type="agent", name="hello-agent", input="${QUESTION}") as agent:
    with langfuse.start_as_current_observation(
        as_type="generation", name="answer", model="gpt-4o-mini", input="${QUESTION}"
    ) as generation:
        generation.update(output="${ANSWER}", usage_details={"input": 5, "output": 6})
    agent.update(output="${ANSWER}")
langfuse.flush()
`,
  };
}

function javascript({ baseUrl, publicKey, secretKey }: Access): Snippet {
  return {
    id: "javascript",
    label: "JS/TS",
    file: "hello.mjs",
    install: "npm install @langfuse/tracing @langfuse/otel @opentelemetry/sdk-trace-node",
    needs: null,
    code: `import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startActiveObservation, startObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const processor = new LangfuseSpanProcessor({
  publicKey: "${publicKey}",
  secretKey: "${secretKey}",
  baseUrl: "${baseUrl}",
});
new NodeTracerProvider({ spanProcessors: [processor] }).register();

await startActiveObservation(
  "hello-agent",
  async (agent) => {
    agent.update({ input: "${QUESTION}", output: "${ANSWER}" });
    const answer = startObservation("answer", { model: "gpt-4o-mini", input: "${QUESTION}" }, { asType: "generation" });
    answer.update({ output: "${ANSWER}", usageDetails: { input: 5, output: 6 } }).end();
  },
  { asType: "agent" },
);
await processor.forceFlush();
`,
  };
}

function langchain(access: Access): Snippet {
  return {
    id: "langchain",
    label: "LangChain",
    file: "hello_chain.py",
    install: "pip install langfuse langchain",
    needs: null,
    code: `from langchain_core.language_models import FakeListChatModel
from langchain_core.prompts import ChatPromptTemplate
from langfuse import Langfuse
from langfuse.langchain import CallbackHandler

${pythonClient(access)}
model = FakeListChatModel(responses=["${ANSWER}"])  # put your own model here
chain = ChatPromptTemplate.from_template("Answer briefly: {question}") | model
chain.invoke({"question": "${QUESTION}"}, config={"callbacks": [CallbackHandler()]})
langfuse.flush()
`,
  };
}

function langgraph(access: Access): Snippet {
  return {
    id: "langgraph",
    label: "LangGraph",
    file: "hello_graph.py",
    install: "pip install langfuse langgraph langchain",
    needs: null,
    code: `from langchain_core.language_models import FakeListChatModel
from langfuse import Langfuse
from langfuse.langchain import CallbackHandler
from langgraph.graph import END, START, MessagesState, StateGraph

${pythonClient(access)}
model = FakeListChatModel(responses=["${ANSWER}"])  # put your own model here
graph = StateGraph(MessagesState)
graph.add_node("answer", lambda state: {"messages": [model.invoke(state["messages"])]})
graph.add_edge(START, "answer")
graph.add_edge("answer", END)
graph.compile().invoke(
    {"messages": [("user", "${QUESTION}")]},
    config={"callbacks": [CallbackHandler()]},
)
langfuse.flush()
`,
  };
}

function openai(access: Access): Snippet {
  return {
    id: "openai",
    label: "OpenAI",
    file: "hello_openai.py",
    install: "pip install langfuse openai",
    needs: "A key of OpenAI in OPENAI_API_KEY: this one calls a real model.",
    code: `from langfuse import Langfuse
from langfuse.openai import openai

${pythonClient(access)}
answer = openai.chat.completions.create(
    model="gpt-4o-mini",
    name="hello-openai",
    messages=[{"role": "user", "content": "${QUESTION}"}],
)
print(answer.choices[0].message.content)
langfuse.flush()
`,
  };
}

function litellm({ baseUrl, publicKey, secretKey }: Access): Snippet {
  return {
    id: "litellm",
    label: "LiteLLM",
    file: "hello_litellm.py",
    install: "pip install litellm opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
    needs: null,
    code: `import base64
import time

import litellm
from litellm.integrations.opentelemetry import OpenTelemetry, OpenTelemetryConfig

keys = base64.b64encode(b"${publicKey}:${secretKey}").decode()
litellm.callbacks = [
    OpenTelemetry(
        config=OpenTelemetryConfig(
            exporter="otlp_http",
            endpoint="${baseUrl}/api/public/otel/v1/traces",
            headers=f"Authorization=Basic {keys}",
        )
    )
]
litellm.completion(
    model="openai/gpt-4o-mini",
    messages=[{"role": "user", "content": "${QUESTION}"}],
    mock_response="${ANSWER}",  # leave it out to call the model
)
time.sleep(6)  # spans are sent in the background
`,
  };
}

function openTelemetry({ baseUrl, publicKey, secretKey }: Access): Snippet {
  return {
    id: "opentelemetry",
    label: "OpenTelemetry",
    file: "hello_otel.py",
    install: "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
    needs: null,
    code: `import base64

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

keys = base64.b64encode(b"${publicKey}:${secretKey}").decode()
exporter = OTLPSpanExporter(
    endpoint="${baseUrl}/api/public/otel/v1/traces",
    headers={"Authorization": f"Basic {keys}"},
)
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter))
trace.set_tracer_provider(provider)

with trace.get_tracer("hello").start_as_current_span("hello-otel") as span:
    span.set_attribute("gen_ai.operation.name", "chat")
    span.set_attribute("gen_ai.request.model", "gpt-4o-mini")
    span.set_attribute("gen_ai.usage.input_tokens", 5)
    span.set_attribute("gen_ai.usage.output_tokens", 6)
provider.shutdown()
`,
  };
}

function curl({ baseUrl, publicKey, secretKey }: Access): Snippet {
  return {
    id: "curl",
    label: "curl",
    file: "hello.sh",
    install: null,
    needs: null,
    code: `now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
id=hello-$(date +%s)
curl -sS --fail-with-body -u "${publicKey}:${secretKey}" \\
  -H 'Content-Type: application/json' \\
  "${baseUrl}/api/public/ingestion" \\
  -d '{"batch": [{"id": "'$id'-event", "type": "trace-create", "timestamp": "'$now'",
       "body": {"id": "'$id'", "name": "hello-curl", "timestamp": "'$now'",
                "input": "${QUESTION}", "output": "${ANSWER}"}}]}'
`,
  };
}
