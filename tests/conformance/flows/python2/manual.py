"""Traces by hand: spans, generations, events, updates, scores, and what the client reads of them."""

from datetime import UTC, datetime, timedelta

from langfuse import Langfuse
from langfuse.api.resources.commons.errors.unauthorized_error import UnauthorizedError
from reporting import RUN, outcome, report

START = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)

langfuse = Langfuse(release="rel-7", environment="staging")


def after(seconds):
    return START + timedelta(seconds=seconds)


trace = langfuse.trace(
    name=f"manual-{RUN}",
    timestamp=START,
    user_id=f"user-{RUN}",
    session_id=f"session-{RUN}",
    input={"question": "ü – 你好"},
    metadata={"source": "api", "nested": {"kept": 1}},
    tags=["y", "x"],
    version="v1",
    public=True,
)
span = trace.span(
    id=f"span-{RUN}", name="retrieval", start_time=after(1), input={"query": "q"}, metadata={"k": 3}, level="DEBUG"
)
rerank = span.span(name="rerank", start_time=after(1.5))
rerank.end(end_time=after(2), output=[1, 2])
generation = span.generation(
    name="answer",
    start_time=after(2),
    model="gpt-4o",
    model_parameters={"max_tokens": 10, "stop": ["a", "b"], "temperature": 0.25},
    input=[{"role": "user", "content": "hi"}],
    version="g1",
)
generation.update(completion_start_time=after(2.25), metadata={"first": True})
generation.end(
    end_time=after(4),
    output={"role": "assistant", "content": "hello"},
    usage={"input": 10, "output": 5, "total": 15, "unit": "TOKENS"},
    metadata={"finish_reason": "stop"},
)
event = trace.event(
    name="cache-miss", start_time=after(3), metadata={"key": "k"}, level="WARNING", status_message="slow", input="e"
)
span.end(end_time=after(5), output={"n": 2}, level="ERROR", status_message="went wrong")
trace.update(output={"answer": 2}, metadata={"nested": {"added": 2}, "b": [1, {"c": None}]}, tags=["z"])
trace.score(name="quality", value=0.9)
generation.score(name="tone", value="friendly", data_type="CATEGORICAL", comment="nice")
span.score(name="ok", value=1, data_type="BOOLEAN")
langfuse.flush()


def auth_with(secret):
    return outcome(Langfuse(secret_key=secret).auth_check)


report(
    trace=langfuse.fetch_trace(trace.id).data,
    ids={
        "trace": trace.id,
        "span": span.id,
        "rerank": rerank.id,
        "generation": generation.id,
        "event": event.id,
    },
    listed=langfuse.fetch_traces(name=f"manual-{RUN}"),
    observation=langfuse.fetch_observation(generation.id).data,
    session=langfuse.client.sessions.get(f"session-{RUN}"),
    auth=langfuse.auth_check(),
    project=langfuse._get_project_id(),
    auth_with_wrong_secret=auth_with("sk-lf-wrong"),
    auth_error_is_unauthorized=UnauthorizedError.__name__,
    health=langfuse.client.health.health(),
    trace_url=trace.get_trace_url(),
    unknown_trace=outcome(lambda: langfuse.fetch_trace("does-not-exist")),
    unknown_observation=outcome(lambda: langfuse.fetch_observation("does-not-exist")),
    unknown_session=outcome(lambda: langfuse.client.sessions.get("does-not-exist")),
)
