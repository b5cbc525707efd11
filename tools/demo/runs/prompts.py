"""The routing prompt in three versions and a golden set, by langfuse 5."""

import json

from langfuse import Langfuse
from team import REQUESTS, SYSTEM

langfuse = Langfuse()
if not langfuse.api.prompts.list(name="zeus-routing").data:
    for text, message in (
        ("You are Zeus. Route {{request}} to an agent.", "first try"),
        (f"{SYSTEM}\n\nRequest: {{{{request}}}}", "say who is there"),
        (f"{SYSTEM}\n\nAnswer nothing but the JSON.\n\nRequest: {{{{request}}}}", "no words around the JSON"),
    ):
        langfuse.create_prompt(name="zeus-routing", prompt=text, commit_message=message, labels=["production"])
    langfuse.create_dataset(name="routing-golden-set", description="Requests and the agent that has to get them")
    for agent, requests in REQUESTS.items():
        for _, question in requests:
            langfuse.create_dataset_item(
                dataset_name="routing-golden-set", input={"message": question}, expected_output={"agent": agent}
            )
print(json.dumps({}))
