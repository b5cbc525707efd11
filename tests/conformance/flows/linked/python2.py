"""Generation 2: one trace, and the link that the SDK gives to it."""

from langfuse import Langfuse
from reporting import RUN, report

langfuse = Langfuse()
trace = langfuse.trace(name=f"linked-{RUN}")
trace.span(name="step").end()
langfuse.flush()
report(id=trace.id, trace_url=trace.get_trace_url())
