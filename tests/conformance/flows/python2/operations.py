"""What a team that runs agents does every day: trace a graph, score answers, report cost and latency."""

import asyncio
import statistics
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TypedDict

import agents.parts  # noqa: F401 - sets how loud LangChain is
from langfuse import Langfuse
from langfuse.decorators import langfuse_context, observe
from langgraph.graph import END, StateGraph
from reporting import RUN, outcome, report

langfuse = Langfuse()


class AgentState(TypedDict):
    messages: list
    context: dict


@observe(as_type="generation")
async def call_model(state: AgentState) -> AgentState:
    langfuse_context.update_current_observation(
        model="gpt-4o", metadata={"agent": "router", "task_type": "orchestration"}
    )
    langfuse_context.update_current_observation(usage={"input": 21, "output": 8})
    return {"messages": [*state["messages"], "an answer"]}


@observe()
async def handle_request(request):
    langfuse_context.update_current_trace(
        user_id=request["user_id"], session_id=request["session_id"], tags=["production", "orchestrator"]
    )
    graph = StateGraph(AgentState)
    graph.add_node("model", call_model)
    graph.set_entry_point("model")
    graph.add_edge("model", END)
    result = await graph.compile().ainvoke({"messages": [request["message"]], "context": {}})
    return {"result": result, "trace": langfuse_context.get_current_trace_id()}


@observe()
async def judge(trace_id):
    for name, value in (("similarity", 0.8), ("accuracy", 0.9), ("toxicity", 1 - 0.25)):
        langfuse.score(trace_id=trace_id, name=f"{name}-{RUN}", value=value)


request = {"user_id": f"user-{RUN}", "session_id": f"session-{RUN}", "message": "hello"}
handled = asyncio.run(handle_request(request))
asyncio.run(judge(handled["trace"]))

START = datetime.now(UTC) - timedelta(hours=2)
calls = [("gpt-4o", 1000, 200), ("gpt-4o", 500, 100), ("gpt-4o-mini", 2000, 1000)]
for number in range(20):
    trace = langfuse.trace(name=f"user-request-{RUN}", timestamp=START, tags=["production"], metadata={"source": "api"})
    seconds = 0.1 * (number + 1)
    step = trace.span(name="preprocessing", input={"raw": "text"}, start_time=START)
    step.end(output={"processed": "text"}, end_time=START + timedelta(seconds=seconds))
    if number < len(calls):
        model, tokens_in, tokens_out = calls[number]
        generation = trace.generation(
            name="main-call",
            model=model,
            model_parameters={"temperature": 0.7, "max_tokens": 500},
            input=[{"role": "user", "content": "text"}],
            start_time=START,
        )
        generation.end(
            output="done",
            usage={"input": tokens_in, "output": tokens_out, "total": tokens_in + tokens_out},
            metadata={"finish_reason": "stop"},
            end_time=START + timedelta(seconds=0.05),
        )
        trace.score(name="user-feedback", value=1, comment="helpful")
langfuse_context.flush()
langfuse.flush()

traces = langfuse.fetch_traces(
    name=f"user-request-{RUN}", tags=["production"], from_timestamp=START - timedelta(minutes=1), limit=100
).data
cost_by_model = defaultdict(float)
tokens_by_model = defaultdict(int)
for row in traces:
    for generation in langfuse.fetch_observations(trace_id=row.id, type="GENERATION").data:
        cost_by_model[generation.model] += generation.calculated_total_cost
        tokens_by_model[generation.model] += generation.usage.total
latencies = [row.latency for row in traces if row.latency]

listed = langfuse.fetch_traces(name=f"user-request-{RUN}", limit=1)
report(
    handled=langfuse.fetch_trace(handled["trace"]).data,
    answer=handled["result"],
    amount=len(traces),
    feedback=sorted(score.value for row in traces for score in langfuse.fetch_trace(row.id).data.scores),
    cost_by_model=cost_by_model,
    tokens_by_model=tokens_by_model,
    cost_of_list=sum(row.total_cost for row in traces),
    latencies=sorted(latencies),
    percentiles=[statistics.quantiles(latencies, n=100, method="inclusive")[at] for at in (49, 94, 98)],
    response_is_no_list=outcome(lambda: list(listed)),
    rows_hold_ids=[type(entry).__name__ for row in listed.data for entry in row.observations],
)
