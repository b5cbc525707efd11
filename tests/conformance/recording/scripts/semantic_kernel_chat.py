"""Semantic Kernel with its GenAI diagnostics: an agent that calls a function, a stream, an error, an embedding."""

# dialect: Semantic Kernel
# environment: semantic_kernel
# libraries: semantic-kernel
# untold: messages (in logs only), caches, reasoning

import asyncio
import os

os.environ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE"] = "true"

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from semantic_kernel import Kernel
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion, OpenAIChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory
from semantic_kernel.functions import kernel_function

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["MODELS_URL"] + "/v1/traces")))
trace.set_tracer_provider(provider)


class Weather:
    @kernel_function(name="get_weather", description="Weather of a city")
    def get_weather(self, city: str) -> str:
        return "18 degrees and sunny"


async def main():
    chat = OpenAIChatCompletion(ai_model_id="gpt-4o-mini")
    agent = ChatCompletionAgent(
        service=chat, name="weather_agent", instructions="Be brief.", plugins=[Weather()], kernel=Kernel()
    )
    await agent.get_response(messages="What is the weather in Paris?")
    history = ChatHistory()
    history.add_user_message("Say hello.")
    async for _ in chat.get_streaming_chat_message_content(history, OpenAIChatPromptExecutionSettings()):
        pass
    history = ChatHistory()
    history.add_user_message("Please refuse.")
    try:
        await chat.get_chat_message_content(history, OpenAIChatPromptExecutionSettings())
    except Exception as problem:
        print(type(problem))


asyncio.run(main())
