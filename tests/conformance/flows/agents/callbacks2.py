"""LangChain 0.3 and LangGraph 0.3 with the callback handler of SDK 2."""

import os
import sys
from typing import TypedDict

from agents.parts import PROMPT, BrokenModel, CapitalModel, Library, fails, look_up
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import RunnableLambda
from langfuse import Langfuse
from langfuse.callback import CallbackHandler
from langgraph.checkpoint.memory import MemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, interrupt
from reporting import RUN, outcome, report, rest

langfuse = Langfuse(flush_interval=0.1)
chain = PROMPT | CapitalModel() | StrOutputParser()


def traced(call, **options):
    """Run a call with a handler of its own; returns the id of its trace and what the call gave."""
    handler = CallbackHandler(flush_interval=0.1, **options)
    result = outcome(lambda: call({"callbacks": [handler]}))
    handler.flush()
    trace_id = handler.get_trace_id()
    trace, lifted = langfuse.fetch_trace(trace_id).data, rest(f"traces/{trace_id}")["observations"]
    return {"id": trace_id, "result": result, "trace": trace, "lifted": lifted}


class Plan(TypedDict, total=False):
    topic: str
    plan: str
    approved: str


def ask(state):
    return {"approved": interrupt("go on?")}


def planned():
    graph = StateGraph(Plan)
    graph.add_node("planner", lambda state: {"plan": f"plan for {state['topic']}"})
    graph.add_node("ask", ask)
    graph.add_edge(START, "planner")
    graph.add_edge("planner", "ask")
    graph.add_edge("ask", END)
    return graph.compile(checkpointer=MemorySaver())


def agent():
    model = CapitalModel().bind_tools([look_up])
    graph = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([look_up]))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")
    return graph.compile()


graph = planned()
thread = {"configurable": {"thread_id": RUN}}
span = langfuse.trace(name=f"nested-{RUN}").span(name="outer")
chain.invoke({"country": "Spain"}, config={"callbacks": [span.get_langchain_handler()]})
span.end()
langfuse.flush()

report(
    chain=traced(
        lambda config: chain.invoke({"country": "France"}, config=config),
        user_id=f"user-{RUN}",
        session_id=f"session-{RUN}",
        tags=[f"tag-{RUN}"],
        metadata={"who": "chain"},
        trace_name="capital",
        version="v2",
        release="r2",
    ),
    streamed=traced(lambda config: list(chain.stream({"country": "France"}, config=config))),
    retrieved=traced(
        lambda config: (Library() | RunnableLambda(len)).invoke("query", config=config), trace_name="retrieval"
    ),
    tooled=traced(
        lambda config: RunnableLambda(lambda city: look_up.invoke({"city": city})).invoke("Rome", config=config)
    ),
    broken=traced(lambda config: (PROMPT | BrokenModel()).invoke({"country": "France"}, config=config)),
    broken_tool=traced(
        lambda config: RunnableLambda(lambda city: fails.invoke({"city": city})).invoke("Rome", config=config)
    ),
    agent=traced(lambda config: len(agent().invoke({"messages": [("user", "capital?")]}, config=config)["messages"])),
    interrupted=traced(lambda config: graph.invoke({"topic": "cats"}, config={**config, **thread}).get("plan")),
    resumed=traced(lambda config: graph.invoke(Command(resume="yes"), config={**config, **thread})),
    nested={"outer": span.id, "trace": langfuse.fetch_trace(span.trace_id).data},
    auth=CallbackHandler().auth_check(),
)
sys.stdout.flush()
os._exit(0)  # each handler has threads of its own, and joining one takes a second
