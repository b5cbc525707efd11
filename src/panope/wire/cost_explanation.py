"""Why a generation costs what it costs, as an object beside its other fields: money as exact decimal text in USD."""

from typing import Any, Final, NamedTuple

from panope.domain.explanation import Charging, CostExplanation, CostLine, TierReason, Unpriced, price_text
from panope.domain.pricing import PriceModel, TierCondition
from panope.domain.tokens import encoding_of
from panope.domain.tracing import ObservationRow, Payload
from panope.ports.telemetry import Observed
from panope.wire.langfuse.jsonvalues import parse_stored
from panope.wire.langfuse.times import format_optional_time, format_time
from panope.wire.semconv.text import parse_object
from panope.wire.semconv.usage_dialects import usage_dialect

_PICO_DIGITS: Final = 12
_OPERATORS: Final = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "eq": "=", "neq": "≠"}
_COSTS: Final = ("inputCost", "outputCost", "totalCost")
"""What usage may hold of costs."""
_HOW: Final = {
    Charging.EXACT: "priced under its own name",
    Charging.SPELLING: "priced as another spelling of the same units",
    Charging.PART: "priced as part of a larger kind",
    Charging.GIVEN: "the sender said its cost",
    Charging.NOT_GIVEN: "no cost was given for it; where costs were given, prices are not applied",
    Charging.CONTAINED: "contained in a larger type that is charged already",
    Charging.REPEATED: "the same units are charged under another spelling",
    Charging.UNPRICED: "no price",
    Charging.EARLIER: "by a price that has changed since",
}


def show_cost_explanation(observed: Observed, explanation: CostExplanation) -> dict[str, Any]:
    """Show the way from what was sent to the cost of the row."""
    row, payload = observed.row, observed.payload or Payload()
    return {
        "source": explanation.source,
        "usage": {
            "sent": parse_stored(payload.usage_sent),
            "dialect": "counted by panope" if row.detail.usage_estimated else _dialect(payload),
            "mapper": payload.mapper,
            "normalised": row.detail.usage,
            "isEstimated": row.detail.usage_estimated,
        },
        "costSent": _cost_sent(payload) if explanation.source == "given" else parse_stored(payload.cost_sent),
        "model": {"sent": row.model, "matched": _show_model(explanation.model)},
        "tier": _show_tier(explanation),
        "lines": [_show_line(line) for line in explanation.lines],
        "total": show_usd(explanation.total),
        "totalIs": _total_is(explanation),
        "isCurrent": explanation.is_current,
        "totalNow": show_usd(explanation.total_now),
        "problem": _show_problem(row, explanation),
    }


def show_usd(pico: int | None) -> str | None:
    """Exact decimal text in USD of 10⁻¹² USD."""
    if pico is None:
        return None
    digits = str(abs(pico)).rjust(_PICO_DIGITS + 1, "0")
    fraction = digits[-_PICO_DIGITS:].rstrip("0")
    return ("-" if pico < 0 else "") + digits[:-_PICO_DIGITS] + (f".{fraction}" if fraction else "")


def _cost_sent(payload: Payload) -> Any:
    """Costs as they were sent, apart or within the usage."""
    if payload.cost_sent is not None:
        return parse_stored(payload.cost_sent)
    usage = (parse_object(payload.usage_sent) or {}).get("usage")
    costs = {name: usage[name] for name in _COSTS if name in usage} if isinstance(usage, dict) else {}
    return costs or None


def _dialect(payload: Payload) -> str | None:
    scope = payload.metadata.get("scope")
    name = scope.get("name") if isinstance(scope, dict) else None
    return usage_dialect(payload.usage_sent, name if isinstance(name, str) else None)


def _show_model(model: PriceModel | None) -> dict[str, Any] | None:
    if model is None:
        return None
    return {
        "id": model.id,
        "name": model.name,
        "source": "managed" if model.is_managed else "own",
        "matchPattern": model.match_pattern,
        "startDate": format_optional_time(model.start_us),
        "unit": model.unit,
    }


def _show_tier(explanation: CostExplanation) -> dict[str, Any] | None:
    tier = explanation.tier
    if tier is None or explanation.model is None:
        return None
    return {
        "id": tier.id,
        "name": tier.name,
        "isDefault": tier.is_default,
        "reason": _reason(explanation),
        "prices": {name: price_text(price) for name, price in tier.prices.items()},
    }


def _reason(explanation: CostExplanation) -> str:
    if explanation.reasons:
        return " and ".join(map(_show_reason, explanation.reasons))
    is_only = explanation.model is not None and len(explanation.model.tiers) == 1
    return "the only tier" if is_only else "no other tier's conditions hold"


def _show_reason(reason: TierReason) -> str:
    condition = reason.condition
    if condition.source == "usage":
        return f"usage types that match {condition.usage_pattern} add up to {reason.found}, {_bound(condition)}"
    where = "model parameter" if condition.source == "model_parameters" else "metadata"
    return f"{where} {condition.key} is {reason.found}, one of {', '.join(condition.values)}"


def _bound(condition: TierCondition) -> str:
    return f"{_OPERATORS.get(condition.operator, condition.operator)} {condition.value:.15g}"


def _show_line(line: CostLine) -> dict[str, Any]:
    return {
        "usageType": line.usage_type,
        "units": line.units,
        "chargedUnits": line.charged_units,
        "price": line.price,
        "priceOf": line.price_of,
        "cost": show_usd(line.cost),
        "how": line.how.value,
        "note": _HOW[line.how],
    }


def _total_is(explanation: CostExplanation) -> str | None:
    if explanation.total is None:
        return None
    if explanation.source == "given":
        return "given by the sender, or the sum of the input and the output that it gave"
    return "the price of the total" if explanation.is_total_priced else "the sum of the lines"


def _show_problem(row: ObservationRow, explanation: CostExplanation) -> dict[str, str] | None:
    if explanation.problem is not None:
        message, advice = _PROBLEMS[explanation.problem]
        code = explanation.problem.value
        if explanation.problem is Unpriced.NO_USAGE and row.model and encoding_of(row.model) is not None:
            advice += _COUNTING
    elif not explanation.is_current:
        code, message, advice = "price_changed", "Prices have changed since this was priced.", _REPRICE
    else:
        return None
    facts = {
        "model": row.model or "",
        "types": ", ".join(name for name in row.detail.usage if name != "total") or "total",
        "costs": ", ".join(name for name in row.detail.cost if name != "total"),
        "matched": explanation.model.name if explanation.model else "",
        "day": format_time(row.start_us)[:10],
    }
    return {"code": code, "message": _fill(message, facts), "advice": _fill(advice, facts)}


def _fill(text: str, facts: dict[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"<{name}>", value)
    return text


_REPRICE: Final = "`panope reprice --since <day> --dry-run` shows what that changes; without --dry-run it is applied."


_COUNTING: Final = (
    " Or install panope with its extra `tokens`: it counts the texts of this model, whose tokenizer is public."
)


class _Problem(NamedTuple):
    """What is wrong and what to do; what stands in angle brackets is filled in."""

    message: str
    advice: str


_PROBLEMS: Final = {
    Unpriced.NO_MODEL_NAME: _Problem(
        message="Usage was sent and no model name, so no price can be found.",
        advice="Send the model's name with the generation: `model` in the SDK, gen_ai.request.model as an attribute.",
    ),
    Unpriced.NO_MATCHING_PRICE: _Problem(
        message="No price model matches the name <model>.",
        advice="Set a price with POST /api/public/models whose matchPattern matches it, then run "
        "`panope reprice --since <day>`; GET /api/public/unpriced-models lists all such names.",
    ),
    Unpriced.NO_USAGE: _Problem(
        message="No usage was sent, or none that could be read, and none was counted.",
        advice="Send usage when the generation ends (OpenAI's streams bring it with stream_options.include_usage).",
    ),
    Unpriced.NO_PRICE_FOR_USAGE: _Problem(
        message="The price model <matched> has no price for what was used: <types>.",
        advice="Set prices of your own for these usage types with POST /api/public/models, then run "
        "`panope reprice --since <day>`.",
    ),
    Unpriced.BEYOND_BOUNDS: _Problem(
        message="It would cost more than a million dollars, which is taken for a mistake in the numbers.",
        advice="Check the usage that was sent and the unit prices, which are USD per unit and not per million.",
    ),
    Unpriced.NOT_REPRICED: _Problem(
        message="It had no price when it was written, and has one now.",
        advice=_REPRICE,
    ),
    Unpriced.NO_TOTAL_GIVEN: _Problem(
        message="Costs of other types than input and output came without a total, so no sum counts them: <costs>.",
        advice="Send `total` among the costs: what other types include, the sender alone knows.",
    ),
}
