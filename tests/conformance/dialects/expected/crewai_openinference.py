from typing import Any

from tests.conformance.dialects.expect import (
    ANSWERING,
    CALL,
    QUESTION,
    WEATHER,
    Expected,
    called,
    seen,
    talk,
    trace,
    used,
)

_USAGE = {"input": 56, "input_cached_tokens": 64, "output": 24, "total": 144}
_TASK = (
    "\n\nThis is the expected criteria for your final answer: One sentence\n"
    "you MUST return the actual complete content as the final answer, not a summary."
)
_SENT = (
    "system: You are Weather agent. Be brief.\nYour personal goal is: Tell the weather",
    f"user: \nCurrent Task: {QUESTION}{_TASK}",
)


def _llm(usage: dict[str, int], **fields: Any) -> Expected:
    return called("gpt-4o-mini.llm_call", usage, "gpt-4o-mini", model="gpt-4o-mini", **fields)


EXPECTED = [
    trace(
        seen(
            "weather_crew.kickoff",
            "CHAIN",
            seen(
                f"Weather agent.{QUESTION}.execute",
                "AGENT",
                _llm(_USAGE, input=talk(*_SENT), output=talk(f"assistant: {CALL}")),
                used("get_weather.run"),
                _llm(ANSWERING, output=WEATHER),  # the instrumentation quotes a call among its messages twice
                graph_node="Weather agent",
                input=f"{QUESTION}{_TASK}",
                output=WEATHER,
            ),
        ),
        name="weather_crew.kickoff",
    )
]
