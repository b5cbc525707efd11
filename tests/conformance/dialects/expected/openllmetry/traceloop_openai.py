from tests.conformance.dialects.expect import (
    ANSWERING,
    ASKING,
    CALL,
    EMBEDDED,
    GREETED,
    GREETING,
    QUESTION,
    REFUSED,
    TOOL_TEXT,
    WEATHER,
    Holds,
    called,
    seen,
    talk,
    trace,
)

_MODEL = "gpt-4o-mini-2024-07-18"
_ERROR = f"Error code: 400 - {REFUSED}"
_SENT = ("system: Be brief.", f"user: {QUESTION}")
_ARGUMENTS = {"args": [QUESTION], "kwargs": {}}

EXPECTED = [
    trace(
        seen(
            "weather_workflow.workflow",
            "CHAIN",
            called(
                "openai.embeddings",
                EMBEDDED,
                "text-embedding-3-small",
                model="text-embedding-3-small",
                type="EMBEDDING",
                input=talk("user: Paris"),
            ),
            seen(
                "weather_agent.agent",
                "AGENT",
                called(
                    "openai.chat",
                    ASKING,
                    "gpt-4o-mini",
                    model=_MODEL,
                    agent="weather_agent",
                    finish_reason="tool_call",
                    input=talk(*_SENT),
                    output=talk(f"assistant: {CALL}"),
                    model_parameters=Holds({"temperature": 0.2}),
                ),
                seen(
                    "get_weather.tool",
                    "TOOL",
                    tool="get_weather",
                    input={"args": [], "kwargs": {"city": "Paris"}},
                    output=TOOL_TEXT,
                ),
                called(
                    "openai.chat",
                    ANSWERING,
                    "gpt-4o-mini",
                    model=_MODEL,
                    finish_reason="stop",
                    input=talk(*_SENT, f"assistant: {CALL}", f"tool: {TOOL_TEXT}"),
                    output=talk(f"assistant: {WEATHER}"),
                ),
                agent="weather_agent",
                input=_ARGUMENTS,
                output=WEATHER,
            ),
            seen(
                "greet.task",
                "SPAN",
                called(
                    "openai.chat",
                    GREETED,
                    "gpt-4o-mini",
                    model=_MODEL,
                    input=talk("user: Say hello."),
                    output=talk(f"assistant: {GREETING}"),
                    has_first_token=True,
                ),
                output=GREETING,
            ),
            seen(
                "fail.task",
                "SPAN",
                seen(
                    "openai.chat",
                    "GENERATION",
                    model="gpt-4o-mini",
                    level="ERROR",
                    status_message=_ERROR,
                    error_type="BadRequestError",
                    input=talk("user: Please refuse."),
                ),
                level="ERROR",
                status_message=_ERROR,
            ),
            input=_ARGUMENTS,
            output=WEATHER,
            metadata=Holds({"plan": "free"}),
        ),
        name="weather_workflow.workflow",
        user_id="user-1",
        session_id="session-1",
        input=_ARGUMENTS,
        output=WEATHER,
        metadata=Holds({"plan": "free"}),
    )
]
