"""A score that breaks the rules: the SDK sends its batch again and again, and nothing else is lost or doubled."""

import logging

import httpx
from langfuse import Langfuse
from reporting import RUN, report

logging.disable()
posts = []
counting = httpx.Client(event_hooks={"response": [lambda answer: posts.append(answer.request.method)]})
langfuse = Langfuse(flush_at=5, flush_interval=1, httpx_client=counting)
trace = langfuse.trace(id=f"batch-{RUN}", name=f"batch-{RUN}", tags=["one"])
trace.score(id=f"bad-{RUN}", name="bad", value=-1, data_type="BOOLEAN")
trace.span(id=f"span-{RUN}", name="after the bad one").end(output="kept")
trace.score(id=f"good-{RUN}", name="good", value=1)
langfuse.flush()
amount = posts.count("POST")
report(posts=amount, trace=langfuse.fetch_trace(trace.id).data, count=langfuse.fetch_traces(name=f"batch-{RUN}").meta)
