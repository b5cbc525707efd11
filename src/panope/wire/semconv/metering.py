"""Usage and cost of an observation, with the attributes they came from kept for replay."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.usage import normalise_cost, normalise_usage
from panope.wire.semconv.dialects import anthropic, genai, google, litellm, logfire, openinference, vercel
from panope.wire.semconv.draft import Draft
from panope.wire.semconv.text import parse_object
from panope.wire.semconv.usage import UsageKeys, read_usage, usage_keys

_encode = msgspec.json.encode

USAGE_DETAILS: Final = "langfuse.observation.usage_details"
COST_DETAILS: Final = "langfuse.observation.cost_details"
COST_KEYS: Final = (
    COST_DETAILS, "gen_ai.usage.cost", "llm.cost.total", "llm.cost.prompt", "llm.cost.completion", *litellm.COST_KEYS
)  # fmt: skip

AGGREGATE_KEYS: Final = ("gen_ai.operation.name", openinference.KIND, *logfire.AGGREGATE_KEYS)
"""Attributes that may tell a sum over several calls from a call."""
_MODEL_CALLS: Final = frozenset({"GENERATION", "EMBEDDING"})


class MeterPlan(Struct, frozen=True):
    """The attributes of a span that speak of usage and cost."""

    usage: UsageKeys
    usage_sent: tuple[str, ...]
    cost_sent: tuple[str, ...]
    has_details: bool


def meter_plan(keys: tuple[str, ...], scope: str) -> MeterPlan | None:
    """Find the attributes that speak of usage and cost; None when there are none."""
    usage = usage_keys(keys, scope)
    usage_sent = tuple(key for key in (USAGE_DETAILS, *(key for key, _ in usage.names)) if key in keys)
    cost_sent = tuple(key for key in COST_KEYS if key in keys)
    return MeterPlan(usage, usage_sent, cost_sent, USAGE_DETAILS in keys) if usage_sent or cost_sent else None


def is_aggregate(attributes: dict[str, Any]) -> bool:
    """Whether usage and model stand for several calls below, which count themselves."""
    operation = attributes.get("gen_ai.operation.name")
    if isinstance(operation, str):
        return operation in genai.AGGREGATES
    kind = attributes.get(openinference.KIND)
    if isinstance(kind, str) and kind in openinference.SUMS:
        return True
    return any(key in attributes for key in logfire.AGGREGATE_KEYS)


def is_echo(names: frozenset[str], scope: str) -> bool:
    """Whether spans of these names tell a call that another span counts already."""
    if scope == google.ADK_SCOPE:
        return google.is_echo(names)
    return scope == anthropic.SCOPE and anthropic.is_echo(names)


def keep_sent(draft: Draft, plan: MeterPlan) -> None:
    """Keep what was sent about usage and cost, for replay."""
    attributes = draft.attributes
    if plan.usage_sent:
        draft.values["usage_sent"] = _encode({key: attributes[key] for key in plan.usage_sent}).decode()
    if plan.cost_sent:
        draft.values["cost_sent"] = _encode({key: attributes[key] for key in plan.cost_sent}).decode()


def meter(draft: Draft, plan: MeterPlan) -> None:
    """Set `usage` and `cost`."""
    if plan.usage_sent:
        _read_usage(draft, plan)
    if plan.cost_sent:
        sent = _costs(draft.attributes)
        cost = normalise_cost(sent)
        if any(value is not None and name not in cost for name, value in sent.items()):
            draft.repairs.add("dropped_cost")
        if cost:
            draft.values["cost"] = cost


def _read_usage(draft: Draft, plan: MeterPlan) -> None:
    given = parse_object(draft.attributes[USAGE_DETAILS]) if plan.has_details else None
    if given is not None:
        normalised = normalise_usage(None, given)
        usage, dropped = normalised.usage, normalised.dropped
    elif plan.usage.names and (plan.usage.scope != vercel.SCOPE or draft.values["type"] in _MODEL_CALLS):
        usage, dropped = read_usage(draft.attributes, plan.usage)
        if draft.values["type"] == "EMBEDDING" and usage.keys() == {"total"}:
            usage["input"] = usage["total"]
    else:
        return
    if dropped:
        draft.repairs.add("dropped_usage")
    if usage:
        draft.values["usage"] = usage


def _costs(attributes: dict[str, Any]) -> dict[str, Any]:
    given = parse_object(attributes.get(COST_DETAILS))
    if given is not None:
        return given
    if attributes.get(litellm.TOTAL_COST):  # zero is what it says of a model whose price it does not know
        total, prompt, completion = (attributes.get(key) for key in litellm.COST_KEYS)
    else:
        total = attributes.get("gen_ai.usage.cost", attributes.get("llm.cost.total"))
        prompt, completion = attributes.get("llm.cost.prompt"), attributes.get("llm.cost.completion")
    sides = {"input": prompt, "output": completion, "total": total}
    return {name: _number(value) for name, value in sides.items() if value is not None}


def _number(value: object) -> object:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value
