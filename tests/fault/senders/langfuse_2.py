"""Langfuse's 2.x SDK: batches of events, sent by a thread."""

from langfuse import Langfuse
from steady import send_steadily

client = Langfuse()


def make_trace(name):
    trace = client.trace(id=name, name=name)
    trace.generation(name="call", model="gpt-4o", input="hello").end(output="hi", usage={"input": 3, "output": 2})


send_steadily(make_trace, client.flush)
