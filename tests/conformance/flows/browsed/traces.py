"""Sends what a person will look at: traces of three names, some that failed, each with a generation."""

from langfuse import Langfuse, propagate_attributes
from reporting import RUN, report

NAMES = ("checkout", "support", "routing")
AMOUNT = 30
langfuse = Langfuse(environment="production")
ids = []
for number in range(AMOUNT):
    name = NAMES[number % len(NAMES)]
    with (
        propagate_attributes(trace_name=name, user_id=f"user-{number % 5}", session_id=f"chat-{number % 7}"),
        langfuse.start_as_current_observation(as_type="agent", name=name, input=f"question {number}") as root,
    ):
        with langfuse.start_as_current_observation(as_type="generation", name="answer", model="gpt-4o-mini") as step:
            failed = {"level": "ERROR", "status_message": "no answer"} if number % 10 == 0 else {}
            step.update(input="a", output="b", usage_details={"input": 100 + number, "output": 10}, **failed)
        root.update(output=f"<script>alert({number})</script>")
        ids.append(root.trace_id)
langfuse.flush()
report(ids=ids, run=RUN, trace_url=langfuse.get_trace_url(trace_id=ids[0]))
