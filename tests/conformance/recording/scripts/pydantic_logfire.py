"""Pydantic AI, traced by logfire: an agent with a tool, a streamed run, an error, around a span of one's own."""

# dialect: Pydantic AI and logfire
# environment: logfire
# libraries: pydantic-ai-slim logfire
# untold: the messages of a call that failed

import asyncio

import logfire
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelHTTPError

logfire.configure(send_to_logfire=False, console=False, service_name="weather-app")
logfire.instrument_pydantic_ai()
agent = Agent("openai-chat:gpt-4o-mini", name="weather_agent", instructions="Be brief.")


@agent.tool_plain
def get_weather(city: str) -> str:
    """Weather of a city."""
    return "18 degrees and sunny"


async def main():
    with logfire.span("weather request", user_id="user-1", plan="free"):
        await agent.run("What is the weather in Paris?", model_settings={"temperature": 0.2})
        async with agent.run_stream("Say hello.") as result:
            async for _ in result.stream_text():
                pass
        try:
            await agent.run("Please refuse.")
        except ModelHTTPError:
            logfire.warn("refused")


asyncio.run(main())
logfire.shutdown()
