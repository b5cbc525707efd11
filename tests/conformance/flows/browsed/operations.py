"""Sends what a home page sums up: three agents, three models, one of them without a price, failures, scores."""

from langfuse import Langfuse, propagate_attributes
from reporting import RUN, report

NAMES = ("checkout", "support", "routing")
AGENTS = ("planner", "writer", "<b>critic</b>")
MODELS = ("gpt-4o-mini", "gpt-4o", "nobody-knows-its-price")
AMOUNT = 24
langfuse = Langfuse(environment="production")
agents = dict.fromkeys(AGENTS, 0)
for number in range(AMOUNT):
    name, agent, model = NAMES[number % 3], AGENTS[number % 4 % 3], MODELS[number % 3]
    agents[agent] += 1
    tags = ["all", "odd"] if number % 2 else ["all"]
    with (
        propagate_attributes(trace_name=name, metadata={"agent": agent}, tags=tags),
        langfuse.start_as_current_observation(as_type="agent", name=f"{agent} at work") as root,
    ):
        with langfuse.start_as_current_observation(as_type="generation", name="answer", model=model) as step:
            failed = {"level": "ERROR", "status_message": f"no answer {number}"} if number % 8 == 0 else {}
            step.update(usage_details={"input": 100 + number, "output": 10 + number}, **failed)
        root.score_trace(name="accuracy", value=number / AMOUNT)
        if number % 2:
            root.score_trace(name="toxicity", value=0.25)
langfuse.flush()
report(run=RUN, agents=agents, names=NAMES, models=MODELS, amount=AMOUNT)
