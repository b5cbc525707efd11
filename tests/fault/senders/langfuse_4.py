"""Langfuse's SDKs on OpenTelemetry: 4.x and 5.x."""

from langfuse import Langfuse
from steady import send_steadily

client = Langfuse()


def make_trace(name):
    with (
        client.start_as_current_observation(as_type="span", name=name) as root,
        root.start_as_current_observation(as_type="generation", name="call", model="gpt-4o") as call,
    ):
        call.update(input="hello", output="hi", usage_details={"input": 3, "output": 2})


def flush():
    client.flush()
    client.shutdown()


send_steadily(make_trace, flush)
