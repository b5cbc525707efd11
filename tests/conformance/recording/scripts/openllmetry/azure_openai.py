"""OpenAI's client against a deployment on Azure, under OpenLLMetry: a tool, a stream, an error."""

# dialect: Azure OpenAI (OpenLLMetry)
# environment: traceloop
# libraries: traceloop-sdk opentelemetry-instrumentation-openai openai

import os

from openai import AzureOpenAI, BadRequestError
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import workflow

Traceloop.init(
    app_name="weather-app", api_endpoint=os.environ["MODELS_URL"], disable_batch=True, telemetry_enabled=False
)
del os.environ["OPENAI_BASE_URL"]
client = AzureOpenAI(
    azure_endpoint=os.environ["MODELS_URL"], api_version="2024-10-21", api_key="sk-of-nobody", max_retries=0
)
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
DEPLOYMENT = "weather-deployment"


def said(text):
    return [{"role": "user", "content": text}]


@workflow(name="azure")
def run():
    client.chat.completions.create(
        model=DEPLOYMENT, messages=said("What is the weather in Paris?"), tools=[WEATHER], temperature=0.2
    )
    for _ in client.chat.completions.create(
        model=DEPLOYMENT, messages=said("Say hello."), stream=True, stream_options={"include_usage": True}
    ):
        pass
    try:
        client.chat.completions.create(model=DEPLOYMENT, messages=said("Please refuse."))
    except BadRequestError:
        pass


run()
