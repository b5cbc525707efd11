"""Sends one run of an agent with tools, one that failed within, and a payload too large to be read at once."""

import json

from langfuse import Langfuse, propagate_attributes
from reporting import RUN, report

HOSTILE = '<img src=x onerror="alert(1)"> [click](javascript:alert(2)) ![pixel](https://example.com/pixel.png) **bold**'
TOOLS = [{"type": "function", "function": {"name": "search", "parameters": {"type": "object", "properties": {}}}}]
langfuse = Langfuse(environment="production")
ask = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is in the report?"}]
call = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "search", "arguments": '{"n": 9007199254740993}'}}
    ],
}
result = {"role": "tool", "tool_call_id": "call_1", "content": '{"hits": ["revenue"]}'}
usage = {"input": 1200, "output": 340}
with (
    propagate_attributes(trace_name="agent run", user_id="user/1?x", tags=["odd #1"]),
    langfuse.start_as_current_observation(
        as_type="span", name="request", input="q", output=HOSTILE, metadata={"large": 2**60 + 1}
    ) as root,
):
    for name in ("middleware", "session"):
        langfuse.start_observation(as_type="span", name=name).end()
    with langfuse.start_as_current_observation(as_type="agent", name="researcher"):
        with langfuse.start_as_current_observation(as_type="generation", name="plan", model="gpt-4o") as plan:
            plan.update(input={"messages": ask, "tools": TOOLS}, output=call, usage_details=usage)
        with langfuse.start_as_current_observation(as_type="tool", name="search", input={"n": 1}) as tool:
            tool.update(output={"hits": ["revenue"]}, level="ERROR", status_message="slow index")
        with langfuse.start_as_current_observation(as_type="generation", name="answer", model="gpt-4o") as answer:
            answer.update(
                input={"messages": [*ask, call, result], "tools": TOOLS},
                output={"role": "assistant", "content": f"Revenue rose. {HOSTILE}"},
                usage_details=usage,
            )
    with langfuse.start_as_current_observation(as_type="span", name="large") as large:
        large.update(input={"rows": [{"number": number, "text": "x" * 40} for number in range(8_000)]})
    trace_id = root.trace_id
langfuse.flush()
observations = {
    step.name: step.id for step in langfuse.api.observations.get_many(trace_id=trace_id, limit=50).data if step.name
}
report(trace_id=trace_id, observations=observations, run=RUN, size=len(json.dumps(HOSTILE)))
