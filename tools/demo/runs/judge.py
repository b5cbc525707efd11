"""Judges the traces that standard input names, by langfuse 5: six scores as an evaluation pipeline writes them."""

import json
import random
import sys
from datetime import datetime, timedelta

from langfuse import Langfuse

chance = random.Random(5)
langfuse = Langfuse()


def near(middle, spread):
    return round(min(1.0, max(0.0, chance.gauss(middle, spread))), 3)


for told in json.load(sys.stdin):
    at = datetime.fromisoformat(told["at"]) + timedelta(seconds=told["seconds"] + 5)

    def score(name, value, kind="NUMERIC", comment=None, at=at, trace_id=told["trace"]):
        langfuse.create_score(trace_id=trace_id, name=name, value=value, data_type=kind, comment=comment, timestamp=at)

    score("latency-sla", 1.0 if told["seconds"] < 6 else 0.0, "BOOLEAN")
    if told["failed"]:
        score("user-feedback", 0, comment="No answer at all.")
        continue
    worse = 0.12 if told["recent"] and told["agent"] == "apollo" else 0.0
    if chance.random() < 0.7:
        score("semantic-similarity", near(0.86 - worse, 0.06))
        score("factual-accuracy", near(0.9 - worse, 0.08))
        score("toxicity", near(0.02, 0.02))
        score("cost-efficiency", near(0.7, 0.12))
    if chance.random() < 0.3:
        happy = chance.random() > 0.15 + worse
        score(
            "user-feedback",
            int(happy),
            comment=None if happy else chance.choice(("Wrong numbers.", "Too slow.", "Not what I asked.")),
        )
    if chance.random() < 0.2:
        score("tone", chance.choice(("friendly", "friendly", "neutral", "curt")), "CATEGORICAL")
langfuse.flush()
print(json.dumps({}))
