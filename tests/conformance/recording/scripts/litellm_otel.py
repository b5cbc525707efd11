"""LiteLLM's own OpenTelemetry callback: a tool, a stream, an error, an embedding, with a user and a session."""

# dialect: LiteLLM
# environment: litellm
# libraries: litellm
# untold: the session

import asyncio
import os

import litellm
from litellm.integrations.opentelemetry import OpenTelemetry, OpenTelemetryConfig

litellm.callbacks = [
    OpenTelemetry(config=OpenTelemetryConfig(exporter="otlp_http", endpoint=os.environ["MODELS_URL"] + "/v1/traces"))
]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
ABOUT = {"session_id": "session-1", "trace_user_id": "user-1", "tags": ["weather"], "generation_name": "ask"}


async def main():
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is the weather in Paris?"},
    ]
    first = await litellm.acompletion(
        model="openai/gpt-4o-mini", messages=messages, tools=[WEATHER], temperature=0.2, metadata=ABOUT, user="user-1"
    )
    call = first.choices[0].message.tool_calls[0]
    messages += [
        first.choices[0].message.model_dump(),
        {"role": "tool", "tool_call_id": call.id, "content": "18 degrees and sunny"},
    ]
    await litellm.acompletion(model="openai/gpt-4o-mini", messages=messages)
    stream = await litellm.acompletion(
        model="openai/gpt-4o-mini",
        messages=[{"role": "user", "content": "Say hello."}],
        stream=True,
        stream_options={"include_usage": True},
    )
    async for _ in stream:
        pass
    await litellm.aembedding(model="openai/text-embedding-3-small", input=["Paris"])
    try:
        await litellm.acompletion(
            model="openai/gpt-4o-mini", messages=[{"role": "user", "content": "Please refuse."}], num_retries=0
        )
    except litellm.BadRequestError:
        pass
    await litellm.acompletion(
        model="anthropic/claude-sonnet-4-5",
        messages=[{"role": "user", "content": "What is the weather in Paris?"}],
        tools=[WEATHER],
    )
    await asyncio.sleep(2)


asyncio.run(main())
