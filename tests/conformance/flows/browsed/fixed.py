"""Sends what pictures are compared of: the same ids, times and texts in every run."""

from datetime import UTC, datetime, timedelta

from langfuse import Langfuse
from reporting import report

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
NAMES = ("checkout", "support", "routing")
langfuse = Langfuse()
for number in range(40):
    at = START + timedelta(minutes=17 * number)
    failed = number % 9 == 4
    trace = langfuse.trace(
        id=f"fixed-{number:02}",
        name=NAMES[number % 3],
        timestamp=at,
        user_id=f"user-{number % 4}",
        session_id=f"chat-{number // 5}",
        tags=["production", NAMES[number % 3]],
        environment="production",
        input={"message": f"What about order {1000 + number}?"},
        output=None if failed else {"answer": f"Order {1000 + number} is on its way."},
        metadata={"agent": ("zeus", "athena", "hermes")[number % 3]},
    )
    root = trace.span(id=f"root-{number:02}", name="request", start_time=at, end_time=at + timedelta(seconds=3))
    step = root.generation(
        id=f"step-{number:02}",
        name="answer",
        model="gpt-4o-mini",
        start_time=at + timedelta(seconds=0.2),
        completion_start_time=at + timedelta(seconds=0.7),
        input=[
            {"role": "system", "content": "You answer questions about orders."},
            {"role": "user", "content": f"What about order {1000 + number}?"},
        ],
        output={"role": "assistant", "content": f"Order **{1000 + number}** is on its way."},
        usage_details={"input": 120 + number, "output": 20 + number % 7},
    )
    step.end(
        end_time=at + timedelta(seconds=1.4 + number % 5 / 2),
        **({"level": "ERROR", "status_message": "no answer in time"} if failed else {}),
    )
    root.span(
        id=f"tool-{number:02}",
        name="look_up",
        start_time=at + timedelta(seconds=1.5),
        end_time=at + timedelta(seconds=2.8),
        input={"order": 1000 + number},
        output={"state": "sent", "parcels": [{"carrier": "post", "weight": 1.25}]},
    )
    langfuse.score(id=f"score-{number:02}", trace_id=f"fixed-{number:02}", name="correctness", value=number % 5 / 4)
langfuse.flush()
report(amount=40)
