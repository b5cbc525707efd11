"""LangChain 1 and LangGraph 1 with the callback handler of SDK 5."""

from typing import TypedDict

from agents.parts import PROMPT, BrokenModel, CapitalModel, Library, fails, look_up
from langchain.agents import create_agent
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import RunnableLambda
from langfuse import Langfuse, propagate_attributes
from langfuse.langchain import CallbackHandler
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from observed.walking import EVERY_FIELD
from reporting import RUN, outcome, plain, report, rest

langfuse = Langfuse()
chain = PROMPT | CapitalModel() | StrOutputParser()


def traced(call, **metadata):
    """Run a call with a handler of its own; returns the id of its trace and what the call gave."""
    handler = CallbackHandler()
    result = outcome(lambda: call({"callbacks": [handler], "metadata": metadata}))
    langfuse.flush()
    rows = langfuse.api.observations.get_many(trace_id=handler.last_trace_id, fields=EVERY_FIELD, limit=100).data
    trace = rest(f"traces/{handler.last_trace_id}")
    return {"id": handler.last_trace_id, "result": result, "rows": plain(rows), "trace": trace}


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
    return graph.compile(checkpointer=InMemorySaver())


agent = create_agent(CapitalModel(), tools=[look_up], name="geographer")
graph = planned()
thread = {"configurable": {"thread_id": RUN}}


def nested(config):
    with (
        propagate_attributes(user_id=f"nested-{RUN}", trace_name=f"nested-{RUN}"),
        langfuse.start_as_current_observation(name="outer", as_type="agent"),
    ):
        return chain.invoke({"country": "Spain"}, config=config)


report(
    chain=traced(
        lambda config: chain.invoke({"country": "France"}, config={**config, "run_name": "capital"}),
        langfuse_user_id=f"user-{RUN}",
        langfuse_session_id=f"session-{RUN}",
        langfuse_tags=[f"tag-{RUN}"],
        who="chain",
    ),
    streamed=traced(lambda config: "".join(chain.stream({"country": "France"}, config=config))),
    retrieved=traced(lambda config: (Library() | RunnableLambda(len)).invoke("query", config=config)),
    tooled=traced(
        lambda config: RunnableLambda(lambda city: look_up.invoke({"city": city})).invoke("Rome", config=config)
    ),
    broken=traced(lambda config: (PROMPT | BrokenModel()).invoke({"country": "France"}, config=config)),
    broken_tool=traced(
        lambda config: RunnableLambda(lambda city: fails.invoke({"city": city})).invoke("Rome", config=config)
    ),
    agent=traced(lambda config: len(agent.invoke({"messages": [("user", "capital?")]}, config=config)["messages"])),
    agent_streamed=traced(lambda config: len(list(agent.stream({"messages": [("user", "capital?")]}, config=config)))),
    interrupted=traced(lambda config: graph.invoke({"topic": "cats"}, config={**config, **thread})["plan"]),
    resumed=traced(lambda config: graph.invoke(Command(resume="yes"), config={**config, **thread})),
    nested=traced(nested),
)
langfuse.shutdown()
