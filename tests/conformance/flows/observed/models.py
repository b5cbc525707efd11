"""Models and prices of the project, made, changed, used and deleted; spans go as gzip where the client can."""

import inspect

from langfuse import Langfuse
from reporting import RUN, outcome, report

packed = "otel_compression" in inspect.signature(Langfuse).parameters
langfuse = Langfuse(**({"otel_compression": "gzip"} if packed else {}))
api = langfuse.api.models
own = f"house-model-{RUN}"
PRICE = {"model_name": own, "match_pattern": f"(?i)^({own})$", "unit": "TOKENS"}


def spend(usage):
    with langfuse.start_as_current_observation(
        name="call", as_type="generation", model=own.upper(), usage_details=usage, metadata={"padding": "x" * 5000}
    ) as generation:
        pass
    langfuse.flush()
    (row,) = langfuse.api.observations.get_many(trace_id=generation.trace_id, fields="model,usage").data
    return {"total": row.total_cost, "details": row.cost_details, "model_id": row.model_id, "price": row.input_price}


created = api.create(**PRICE, input_price=1e-6, output_price=2e-6)
first = spend({"input": 1_000_000, "output": 500_000})
found = api.get(created.id)
listed = [row.id for page in (1, 2, 3) for row in api.list(page=page, limit=100).data if row.id == created.id]
changed = second = None
if hasattr(api, "upsert"):
    changed = api.upsert(created.id, **PRICE, input_price=3e-6, output_price=4e-6)
    second = spend({"input": 1_000_000})
report(
    packed=packed,
    created=created,
    found=found,
    listed=listed,
    first=first,
    changed=changed,
    second=second,
    bad_pattern=outcome(lambda: api.create(**{**PRICE, "match_pattern": "("}, input_price=1e-6)),
    deletion=outcome(lambda: api.delete(created.id)),
    deleted=outcome(lambda: api.get(created.id)),
    managed=next(row for row in api.list(limit=1).data if row.is_langfuse_managed),
)
langfuse.shutdown()
