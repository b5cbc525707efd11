"""Functions under `@observe`: sync, async, generators, failures, nested and at the same time."""

import asyncio
import contextlib
import contextvars
from concurrent.futures import ThreadPoolExecutor

from langfuse import Langfuse
from langfuse.decorators import langfuse_context, observe
from reporting import RUN, report

langfuse_context.configure(environment="production", release="rel-9")


@observe(as_type="generation")
async def call_llm(question):
    langfuse_context.update_current_observation(
        model="gpt-4o",
        input=[{"role": "user", "content": question}],
        model_parameters={"temperature": 0.2},
        metadata={"agent": "zeus"},
    )
    langfuse_context.update_current_observation(usage={"input": 120, "output": 30}, metadata={"provider": "fake"})
    langfuse_context.score_current_observation(name="tone", value="calm")
    return "an answer to " + question


@observe()
async def retrieve(question):
    return ["doc-1", "doc-2"]


@observe(name="rag-pipeline")
async def pipeline(question):
    langfuse_context.update_current_trace(
        user_id=f"user-{RUN}",
        session_id=f"session-{RUN}",
        tags=["rag", f"tag-{RUN}"],
        metadata={"release": "r1"},
        version="3.1",
        public=True,
    )
    documents = await retrieve(question)
    text = await call_llm(question)
    langfuse_context.score_current_trace(name="helpful", value=0.75, comment="fine")
    return {"text": text, "documents": documents, "trace": langfuse_context.get_current_trace_id()}


@observe(capture_input=False, capture_output=False)
def secretive(password):
    return password


@observe()
def fails(trigger):
    secretive("hidden")
    raise ValueError(trigger)


@observe()
def streams():
    yield "one "
    yield "two"


@observe()
def step(number):
    return number


@observe()
def fan_out():
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(contextvars.copy_context().run, step, number) for number in range(8)]
        return [task.result() for task in tasks]


done = asyncio.run(pipeline("what is up?"))
with contextlib.suppress(ValueError):
    fails("boom", langfuse_observation_id=f"failed-{RUN}")
list(streams(langfuse_observation_id=f"streamed-{RUN}"))
fan_out(langfuse_observation_id=f"fan-{RUN}")
langfuse_context.flush()

langfuse = Langfuse()
report(
    trace=langfuse.fetch_trace(done["trace"]).data,
    trace_id=done["trace"],
    failed=langfuse.fetch_trace(f"failed-{RUN}").data,
    streamed=langfuse.fetch_trace(f"streamed-{RUN}").data,
    fan=langfuse.fetch_trace(f"fan-{RUN}").data,
    by_user=[row.id for row in langfuse.fetch_traces(user_id=f"user-{RUN}").data],
    by_tag=[row.id for row in langfuse.fetch_traces(tags=[f"tag-{RUN}"]).data],
    in_session=[row.id for row in langfuse.client.sessions.get(f"session-{RUN}").traces],
    auth=langfuse_context.auth_check(),
)
