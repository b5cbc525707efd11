from typing import Any

from tests.conformance.dialects.expect import Expected, Holds, seen, trace, turn


def _step(name: str, *below: Expected) -> Expected:
    return seen(f"BaseWorkflowAgent.{name}", "CHAIN", *below)


def _call(step: str, **fields: Any) -> Expected:
    prepared = seen("OpenAI._prepare_chat_with_tools", "CHAIN", model=...)
    chat = turn("OpenAI.achat", step, "gpt-4o-mini", model="gpt-4o-mini", system="Be brief.", **fields)
    return _step("run_agent_step", prepared, chat)


EXPECTED = [
    trace(
        seen(
            "FunctionAgent.run",
            "CHAIN",
            _step("init_run"),
            _step("setup_agent"),
            _call("ask", finish_reason="tool_calls"),
            _step("parse_agent_output"),
            _step(
                "call_tool", seen("FunctionTool.acall", "TOOL", tool="get_weather", input={"kwargs": {"city": "Paris"}})
            ),
            _step("aggregate_tool_results"),
            _step("setup_agent"),
            _call("answer", finish_reason="stop"),
            _step("parse_agent_output"),
            metadata=Holds({"plan": "free"}),
        ),
        name="FunctionAgent.run",
        user_id="user-1",
        session_id="session-1",
        tags=["weather"],
        metadata=Holds({"plan": "free"}),
    )
]
