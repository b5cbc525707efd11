"""OpenLLMetry with its decorators around OpenAI's client: an agent with a tool, a stream, an error, embeddings."""

# dialect: OpenLLMetry (traceloop)
# environment: traceloop
# libraries: traceloop-sdk opentelemetry-instrumentation-openai openai

import os

from openai import BadRequestError, OpenAI
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, task, tool, workflow

Traceloop.init(
    app_name="weather-app", api_endpoint=os.environ["MODELS_URL"], disable_batch=True, telemetry_enabled=False
)
client = OpenAI()
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@tool(name="get_weather")
def get_weather(city):
    return "18 degrees and sunny"


@agent(name="weather_agent")
def ask(question):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}]
    first = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[WEATHER], temperature=0.2)
    call = first.choices[0].message.tool_calls[0]
    messages.append({"role": "assistant", "tool_calls": [call.model_dump()]})
    messages.append({"role": "tool", "tool_call_id": call.id, "content": get_weather(city="Paris")})
    return client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message.content


@task(name="greet")
def greet():
    stream = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Say hello."}],
        stream=True,
        stream_options={"include_usage": True},
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


@task(name="fail")
def fail():
    client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Please refuse."}])


@workflow(name="weather_workflow")
def run(question):
    Traceloop.set_association_properties({"user_id": "user-1", "session_id": "session-1", "plan": "free"})
    client.embeddings.create(model="text-embedding-3-small", input="Paris")
    answer = ask(question)
    greet()
    try:
        fail()
    except BadRequestError:
        return answer


run("What is the weather in Paris?")
