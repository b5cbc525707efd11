"""Sends AMOUNT traces of one GROUP: their names go round by ten, their users by five."""

import os

from langfuse import Langfuse, propagate_attributes
from reporting import RUN, report

AMOUNT, GROUP = int(os.environ["AMOUNT"]), os.environ["GROUP"]
AT_ONCE = 500
langfuse = Langfuse(environment="production")
ids = []
for number in range(AMOUNT):
    with (
        propagate_attributes(
            trace_name=f"{GROUP}-{number % 10}", user_id=f"{GROUP}-{number % 5}", metadata={"region": f"r{number % 3}"}
        ),
        langfuse.start_as_current_observation(name=GROUP, input=f"question {number}") as root,
    ):
        ids.append(root.trace_id)
    if number % AT_ONCE == AT_ONCE - 1:
        langfuse.flush()
langfuse.flush()
report(ids=ids, run=RUN)
