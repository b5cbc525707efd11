"""Generations 3 to 5: two calls of a model and a score, asked about as numbers in every version that a client has."""

import json
from datetime import UTC, datetime, timedelta

from langfuse import Langfuse, propagate_attributes
from reporting import RUN, outcome, report

langfuse = Langfuse(environment="staging")
user = f"user-{RUN}"
with (
    langfuse.start_as_current_observation(name=f"root-{RUN}") as root,
    propagate_attributes(user_id=user, tags=["y", "x"]),
):
    for units in (10, 30):
        usage, cost = {"input": units, "output": 5, "total": units + 5}, {"input": 0.25, "output": 0.5}
        with langfuse.start_as_current_observation(
            name="answer", as_type="generation", model="gpt-4o", usage_details=usage, cost_details=cost
        ):
            pass
    root.score_trace(name=f"helpful-{RUN}", value=0.5, score_id=f"m-{RUN}")
langfuse.flush()

now = datetime.now(UTC)
window = {
    "fromTimestamp": (now - timedelta(hours=1)).isoformat(),
    "toTimestamp": (now + timedelta(hours=1)).isoformat(),
}


def asked(view, metrics, **rest):
    """The query as JSON, of this run alone."""
    pairs = [word.split("_") for word in metrics.split()]
    mine = {"type": "string", "column": "userId", "operator": "=", "value": user}
    told = {"view": view, "metrics": [{"aggregation": how, "measure": what} for how, what in pairs], "filters": [mine]}
    return json.dumps({**told, **window, **rest})


def ask(client):
    """The same questions of either version."""
    by_model = [{"field": "providedModelName"}]
    return {
        "by_model": client.metrics(
            query=asked("observations", "sum_totalCost sum_inputTokens count_count p95_latency", dimensions=by_model)
        ).data,
        "series": client.metrics(
            query=asked("observations", "count_count", timeDimension={"granularity": "hour"})
        ).data,
        "scores": client.metrics(query=asked("scores-numeric", "avg_value count_count")).data,
        "refused": outcome(lambda: client.metrics(query=asked("observations", "sum_weight"))),
        "empty": outcome(lambda: client.metrics(query="")),
    }


legacy = getattr(langfuse.api, "legacy", None)
first = getattr(legacy, "metrics_v1", None) or (None if hasattr(langfuse.api, "legacy") else langfuse.api.metrics)
if legacy is None and not hasattr(langfuse.api, "metrics_v_2"):
    first = None
report(
    first=ask(first) if first else None,
    traces=first.metrics(query=asked("traces", "count_count sum_totalCost", dimensions=[{"field": "tags"}])).data
    if first
    else None,
    second=ask(getattr(langfuse.api, "metrics_v_2", langfuse.api.metrics)),
)
