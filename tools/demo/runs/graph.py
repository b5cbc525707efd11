"""Requests of today through LangGraph and the callback handler of langfuse 5.

A router, retrieval, a tool that fails and is tried again, a person who has to agree, a picture, and an agent that is
still at work when this ends.
"""

import base64
import json
import struct
import time
import zlib
from itertools import pairwise
from operator import add
from typing import Annotated, TypedDict

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import ToolException, tool
from langfuse import Langfuse, LangfuseMedia, propagate_attributes
from langfuse.langchain import CallbackHandler
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from team import DOCUMENTS, MODELS, REQUESTS, SYSTEM, USERS, answer_of, tool_of

langfuse = Langfuse(environment="production", release="2026-11")


class Team(BaseChatModel):
    """Answers from the script of the team: no network, but everything that a callback sees of a model."""

    model_name: str
    agent: str
    topic: str
    temperature: float = 0.2

    @property
    def _llm_type(self):
        return "openai-chat"

    @property
    def _identifying_params(self):
        return {"model_name": self.model_name, "temperature": self.temperature}

    def _say(self, messages):
        asked = sum(len(str(message.content)) for message in messages) // 4
        if self.agent == "zeus":
            return asked, AIMessage(content=json.dumps({"agent": self.topic, "reason": "closest to the request"}))
        if not any(isinstance(message, ToolMessage) for message in messages):
            name, arguments = tool_of(self.agent, self.topic)
            return asked, AIMessage(
                content="", tool_calls=[{"name": name, "args": arguments, "id": "call_1", "type": "tool_call"}]
            )
        return asked, AIMessage(content=answer_of(self.agent, self.topic))

    def _finish(self, messages):
        asked, said = self._say(messages)
        told = max(12, len(str(said.content)) // 4)
        said.usage_metadata = {"input_tokens": asked, "output_tokens": told, "total_tokens": asked + told}
        said.response_metadata = {"model_name": self.model_name, "finish_reason": "stop"}
        return said

    def _generate(self, messages, stop=None, run_manager=None, **options):
        time.sleep(0.12)
        return ChatResult(generations=[ChatGeneration(message=self._finish(messages))])

    def _stream(self, messages, stop=None, run_manager=None, **options):
        said = self._finish(messages)
        for word in str(said.content).split(" "):
            time.sleep(0.004)
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=f"{word} "))
            if run_manager:
                run_manager.on_llm_new_token(word, chunk=chunk)
            yield chunk
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                tool_calls=said.tool_calls,
                usage_metadata=said.usage_metadata,
                response_metadata=said.response_metadata,
            )
        )


class Shelf(BaseRetriever):
    """Four documents, best first."""

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun):
        time.sleep(0.05)
        return [
            Document(page_content=text, metadata={"source": source, "score": round(0.93 - 0.08 * rank, 2)})
            for rank, (source, text) in enumerate(DOCUMENTS)
        ]


attempts = {"run_query": 0}


@tool
def run_query(sql: str) -> str:
    """Run a query on the warehouse."""
    attempts["run_query"] += 1
    time.sleep(0.08)
    if attempts["run_query"] == 1:
        raise ToolException("the warehouse closed the connection")
    return json.dumps({"rows": [["2026-W44", 18240], ["2026-W45", 18910], ["2026-W46", 18402]]})


@tool
def send_message(channel: str, urgent: str = "no") -> str:
    """Send a message to a channel."""
    time.sleep(0.03)
    return "sent to 24 people"


class State(TypedDict, total=False):
    messages: Annotated[list, add]
    agent: str
    approved: bool


class Nodes:
    """What happens at each step of a request."""

    def __init__(self, agent, topic):
        self.agent, self.topic = agent, topic
        self.act = self.retrieve if agent == "athena" else self.call

    def model(self, agent):
        return Team(model_name=MODELS[agent], agent=agent, topic=self.topic if agent != "zeus" else self.agent)

    def zeus(self, state, config):
        reply = self.model("zeus").invoke([SystemMessage(SYSTEM), *state["messages"]], config)
        return {"agent": json.loads(reply.content)["agent"]}

    def plan(self, state, config):
        return {"messages": [self.model(self.agent).invoke(state["messages"], config)]}

    def retrieve(self, state, config):
        found = Shelf().invoke(state["messages"][0].content, config)
        return {"messages": [ToolMessage(json.dumps([one.page_content for one in found]), tool_call_id="call_1")]}

    def call(self, state, config):
        call = state["messages"][-1].tool_calls[0]
        chosen = {"run_query": run_query, "send_message": send_message}[call["name"]]
        for _ in range(3):
            try:
                return {"messages": [ToolMessage(chosen.invoke(call["args"], config), tool_call_id=call["id"])]}
            except ToolException:
                time.sleep(0.02)
        raise RuntimeError("the tool stays away")

    def agree(self, state):
        return {"approved": interrupt(f"Send it to {self.topic}?")}

    def answer(self, state, config):
        pieces = list(self.model(self.agent).stream(state["messages"], config))
        return {"messages": [AIMessage("".join(str(piece.content) for piece in pieces))]}


def team_of(agent, topic):
    """The graph: zeus decides, the agent works with its tool, and messages leave only when somebody agrees."""
    nodes = Nodes(agent, topic)
    steps = ("zeus", "plan", *(("agree",) if agent == "hermes" else ()), "act", "answer")
    graph = StateGraph(State)
    for name in steps:
        graph.add_node(name, getattr(nodes, name))
    for before, after in pairwise((START, *steps, END)):
        graph.add_edge(before, after)
    return graph.compile(checkpointer=InMemorySaver(), name=agent)


def asked(agent, number, user):
    """One request of a user, interrupted and taken up again where somebody has to agree."""
    topic, question = REQUESTS[agent][number % len(REQUESTS[agent])]
    handler = CallbackHandler()
    config = {
        "callbacks": [handler],
        "run_name": "user-request",
        "configurable": {"thread_id": f"{agent}-{number}"},
        "metadata": {
            "langfuse_user_id": user,
            "langfuse_session_id": f"graph-{number}",
            "langfuse_tags": ["production", agent, "langgraph"],
            "agent": agent,
        },
    }
    graph = team_of(agent, topic)
    graph.invoke({"messages": [HumanMessage(question)]}, config)
    if agent == "hermes":
        graph.invoke(Command(resume=True), config)
    return handler.last_trace_id


def picture():
    """A small PNG: a chart of eight weeks."""
    rows = []
    for y in range(96):
        row = b"\x00"
        for x in range(192):
            row += b"\x24\x57\xc5" if x % 24 > 6 and 96 - y < 20 + (x // 24) * 8 else b"\xf6\xf7\xf9"
        rows.append(row)

    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 192, 96, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(b"".join(rows))) + part(b"IEND", b"")
    )


def look_at_a_picture():
    shown = base64.b64encode(picture()).decode()
    question = [
        {"type": "text", "text": "What does this chart show?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{shown}"}},
    ]
    with (
        propagate_attributes(
            trace_name="chart-question", user_id=USERS[2], tags=["production", "apollo"], metadata={"agent": "apollo"}
        ),
        langfuse.start_as_current_observation(
            as_type="agent", name="apollo", input="What does this chart show?"
        ) as root,
    ):
        with langfuse.start_as_current_observation(as_type="generation", name="describe", model="gpt-4o") as step:
            time.sleep(0.1)
            step.update(
                input=[{"role": "user", "content": question}],
                output={"role": "assistant", "content": "Eight weeks of growth, each a little above the one before."},
                usage_details={"input": 912, "output": 18},
            )
        root.update(
            output="Eight weeks of growth.",
            metadata={"chart": LangfuseMedia(content_bytes=picture(), content_type="image/png")},
        )


def still_at_work():
    """Something that has not ended: an agent that waits for its tool."""
    root = langfuse.start_observation(as_type="agent", name="nightly-report", input="Write the report of the night.")
    root.start_observation(as_type="tool", name="run_query", input={"sql": "select * from nights"}).end()


for number in range(3):
    for agent in ("athena", "hermes", "apollo"):
        asked(agent, number, USERS[number])
look_at_a_picture()
still_at_work()
langfuse.flush()
print(json.dumps({}))
