"""OpenLLMetry around Anthropic's and Bedrock's clients: a tool, a stream, an error."""

# dialect: OpenLLMetry, Anthropic and Bedrock
# environment: traceloop
# libraries: traceloop-sdk opentelemetry-instrumentation-anthropic opentelemetry-instrumentation-bedrock anthropic boto3
# untold: the first token of a stream; Bedrock's answers lose the maker in the model's name

import os

os.environ["ANTHROPIC_OPEN_TELEMETRY"] = "false"  # or every call is told twice

import boto3
from anthropic import Anthropic, BadRequestError
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import workflow

Traceloop.init(
    app_name="weather-app", api_endpoint=os.environ["MODELS_URL"], disable_batch=True, telemetry_enabled=False
)
claude = Anthropic()
bedrock = boto3.client("bedrock-runtime")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"name": "get_weather", "description": "Weather of a city", "input_schema": SCHEMA}
MODEL = "claude-sonnet-4-5"
NOVA = "us.amazon.nova-lite-v1:0"


def said(text):
    return [{"role": "user", "content": text}]


@workflow(name="claude")
def run():
    question = said("What is the weather in Paris?")
    first = claude.messages.create(model=MODEL, max_tokens=100, system="Be brief.", messages=question, tools=[WEATHER])
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "18 degrees and sunny"}
    answers = [
        {
            "role": "assistant",
            "content": [block.model_dump(include={"type", "id", "name", "input"}) for block in first.content],
        },
        {"role": "user", "content": [result]},
    ]
    claude.messages.create(model=MODEL, max_tokens=100, messages=[*question, *answers], tools=[WEATHER])
    with claude.messages.stream(model=MODEL, max_tokens=100, messages=said("Say hello.")) as stream:
        stream.until_done()
    try:
        claude.messages.create(model=MODEL, max_tokens=100, messages=said("Please refuse."))
    except BadRequestError:
        pass


@workflow(name="nova")
def converse():
    question = [{"role": "user", "content": [{"text": "What is the weather in Paris?"}]}]
    spec = {"name": "get_weather", "description": "Weather of a city", "inputSchema": {"json": SCHEMA}}
    tools = {"tools": [{"toolSpec": spec}]}
    first = bedrock.converse(modelId=NOVA, messages=question, toolConfig=tools, inferenceConfig={"temperature": 0.2})
    result = {"toolUseId": "tooluse_1", "content": [{"text": "18 degrees and sunny"}]}
    answers = [first["output"]["message"], {"role": "user", "content": [{"toolResult": result}]}]
    bedrock.converse(modelId=NOVA, messages=[*question, *answers], toolConfig=tools)
    streamed = bedrock.converse_stream(modelId=NOVA, messages=[{"role": "user", "content": [{"text": "Say hello."}]}])
    for _ in streamed["stream"]:
        pass
    try:
        bedrock.converse(modelId=NOVA, messages=[{"role": "user", "content": [{"text": "Please refuse."}]}])
    except bedrock.exceptions.ValidationException:
        pass


run()
converse()
