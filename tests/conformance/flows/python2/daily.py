"""The daily report, by the only client that has it."""

from datetime import UTC, datetime, timedelta

from langfuse import Langfuse
from reporting import RUN, report

langfuse = Langfuse()
name = f"daily-{RUN}"
midnight = datetime(2026, 3, 1, tzinfo=UTC)
days = [midnight - timedelta(hours=38), midnight - timedelta(seconds=1), midnight]
for number, day in enumerate(days):
    trace = langfuse.trace(id=f"{name}-{number}", name=name, timestamp=day, user_id=f"user-{RUN}", tags=["x", "y"])
    for model, units in (("gpt-4o", 100), ("gpt-3.5-turbo", 10)):
        trace.generation(
            id=f"{name}-{number}-{model}",
            name="call",
            model=model,
            start_time=day,
            end_time=day,
            usage={"input": units * (number + 1), "output": units, "total_cost": 0.5},
        )
    trace.event(id=f"{name}-{number}-event", name="noted", start_time=day)
langfuse.flush()

api = langfuse.client.metrics
since = datetime(2026, 2, 28, tzinfo=UTC)
report(
    all=api.daily(trace_name=name),
    first=api.daily(trace_name=name, page=1, limit=2),
    second=api.daily(trace_name=name, page=2, limit=2),
    window=api.daily(user_id=f"user-{RUN}", tags=["x", "y"], from_timestamp=since),
    other=api.daily(user_id="nobody"),
)
