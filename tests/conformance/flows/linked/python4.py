"""Generations 4 and 5: one trace, and the link that the SDK gives to it."""

from langfuse import Langfuse
from reporting import RUN, report

langfuse = Langfuse()
with langfuse.start_as_current_observation(as_type="span", name=f"linked-{RUN}") as root:
    trace_id = root.trace_id
langfuse.flush()
report(id=trace_id, trace_url=langfuse.get_trace_url(trace_id=trace_id))
