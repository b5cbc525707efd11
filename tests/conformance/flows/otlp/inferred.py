"""LangChain and LangGraph under OpenInference's instrumentation, exported by plain OpenTelemetry."""

import base64
import os
from typing import TypedDict

from agents.parts import PROMPT, BrokenModel, CapitalModel, Library, look_up
from langchain.agents import create_agent
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from openinference.instrumentation import using_attributes
from openinference.instrumentation.langchain import LangChainInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from reporting import RUN, outcome, report, rest

pair = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
exporter = OTLPSpanExporter(
    endpoint=os.environ["LANGFUSE_BASE_URL"] + "/api/public/otel/v1/traces",
    headers={"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()},
)
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(exporter))
LangChainInstrumentor().instrument(tracer_provider=provider)
tracer = provider.get_tracer("app")


class Plan(TypedDict, total=False):
    topic: str
    approved: str


def planned():
    graph = StateGraph(Plan)
    graph.add_node("ask", lambda state: {"approved": interrupt("go on?")})
    graph.add_edge(START, "ask")
    graph.add_edge("ask", END)
    return graph.compile(checkpointer=InMemorySaver())


def traced(name, call):
    """Run a call under a root span; returns its trace and what it gave."""
    attributes = {"user_id": f"user-{RUN}", "session_id": f"session-{RUN}", "tags": ["oi"], "metadata": {"k": "v"}}
    with using_attributes(**attributes), tracer.start_as_current_span(name) as root:
        result = outcome(call)
    assert provider.force_flush(10_000)
    return {"result": result, "trace": rest(f"traces/{format(root.get_span_context().trace_id, '032x')}")}


chain = PROMPT | CapitalModel() | StrOutputParser()
agent = create_agent(CapitalModel(), tools=[look_up], name="geographer")
graph = planned()
thread = {"configurable": {"thread_id": RUN}}
report(
    chain=traced("chain-root", lambda: chain.invoke({"country": "France"})),
    streamed=traced("stream-root", lambda: "".join(chain.stream({"country": "France"}))),
    retrieved=traced("retrieval-root", lambda: (Library() | RunnableLambda(len)).invoke("query")),
    tooled=traced("tool-root", lambda: look_up.invoke({"city": "Rome"})),
    broken=traced("broken-root", lambda: BrokenModel().invoke("hi")),
    agent=traced("agent-root", lambda: len(agent.invoke({"messages": [("user", "capital?")]})["messages"])),
    interrupted=traced("asked-root", lambda: "__interrupt__" in graph.invoke({"topic": "cats"}, config=thread)),
    resumed=traced("resumed-root", lambda: graph.invoke(Command(resume="yes"), config=thread)["approved"]),
)
