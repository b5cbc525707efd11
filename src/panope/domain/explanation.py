"""Why an observation costs what it costs: the arithmetic behind the cost of its row, or what there lacks.

Nothing here decides a cost. It goes through the same price book as `view_observation`, and compares what comes out with
what the row holds: they differ only when a price has changed since the row was written.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from panope.domain.costing import RateCard
from panope.domain.pricing import PriceBook, PriceModel, PriceTier, TierCondition, choose_tier, condition_value
from panope.domain.tracing import ObservationRow
from panope.domain.usage_types import SPELLINGS, TOTAL


class Unpriced(StrEnum):
    """Why an observation has no cost, or one of its usage types none."""

    NO_MODEL_NAME = "no_model_name"
    NO_MATCHING_PRICE = "no_matching_price"
    NO_USAGE = "no_usage"
    NO_PRICE_FOR_USAGE = "no_price_for_usage"
    BEYOND_BOUNDS = "beyond_bounds"
    NOT_REPRICED = "not_repriced"
    """It has a price now, and had none when the row was written."""
    NO_TOTAL_GIVEN = "no_total_given"
    """Costs were sent that are not known to add up, and no total of them."""


class Charging(StrEnum):
    """How a usage type came to its cost."""

    EXACT = "exact"
    """By the price of exactly this usage type."""
    SPELLING = "spelling"
    """By the price of another spelling of it."""
    PART = "part"
    """By the price of the larger kind that it is part of."""
    GIVEN = "given"
    """The sender said the cost."""
    NOT_GIVEN = "not_given"
    """The sender said the costs of other types, and then prices charge nothing."""
    CONTAINED = "contained"
    """Not charged apart: a larger type of the same usage contains these units."""
    REPEATED = "repeated"
    """Not charged again: another type of the same usage names the same units."""
    UNPRICED = "unpriced"
    """Not charged: the tier has no price for it."""
    EARLIER = "earlier"
    """By a price that has changed since."""


class CostLine(Struct, frozen=True, kw_only=True):
    """One usage type: units × price = cost."""

    usage_type: str
    units: int | None
    """None: only its cost was sent."""
    charged_units: int
    """Units that the price was multiplied by; 0 when it was not charged or its cost was given."""
    price: str | None = None
    """USD per unit, exact decimal text."""
    price_of: str | None = None
    """The usage type under which that price is listed."""
    cost: int | None = None
    """10⁻¹² USD."""
    how: Charging


class TierReason(Struct, frozen=True, kw_only=True):
    """One condition of a tier, with what it met."""

    condition: TierCondition
    found: Any
    """The sum of units or the value that was compared; None when there was none."""


class CostExplanation(Struct, frozen=True, kw_only=True):
    """Everything that led to the cost of one row. Where the row has a total, the lines lead to exactly that."""

    source: str | None
    """`given`, `computed`, or None: unpriced."""
    model: PriceModel | None
    """The entry of the models table that matches now."""
    tier: PriceTier | None = None
    """The tier that counts now."""
    reasons: list[TierReason] = field(default_factory=list)
    """The conditions of that tier; none for the default one."""
    lines: list[CostLine] = field(default_factory=list)
    """By usage type, without `total` unless the total itself has a price or was given."""
    total: int | None = None
    """Of the row, in 10⁻¹² USD."""
    is_total_priced: bool = False
    """The total is given or has a price of its own, so that it need not be the sum of the other lines."""
    is_current: bool = True
    """Whether pricing the row again would leave it as it is."""
    total_now: int | None = None
    """What its total would be by the prices of now."""
    problem: Unpriced | None = None
    """Why there is no cost."""


def explain_cost(row: ObservationRow, metadata: Mapping[str, Any], book: PriceBook) -> CostExplanation:
    """Explain the cost of a row by the prices of its project. `metadata` is the observation's own."""
    detail = row.detail
    model = book.match(row.model, row.start_us) if row.model else None
    usage = detail.usage
    tier = choose_tier(model, usage, detail.model_parameters, metadata) if model and usage else None
    now = book.card(model, tier).cost(usage) if model and tier else {}
    if detail.cost_source == "given":
        return CostExplanation(
            source="given",
            model=model,
            lines=_given_lines(usage, detail.cost),
            total=detail.cost.get(TOTAL),
            is_total_priced=True,
            total_now=detail.cost.get(TOTAL),
            problem=None if TOTAL in detail.cost else Unpriced.NO_TOTAL_GIVEN,
        )
    is_current = detail.cost == now and (row.model_id or None) == (model.id if model else None)
    is_current = is_current and detail.price_tier_id == (tier.id if tier and now else None)
    card = book.card(model, tier) if model and tier else None
    if is_current or not detail.cost:
        lines = _lines(usage, card, tier, is_charged=bool(detail.cost))
        is_total_priced = TOTAL in usage and TOTAL in (tier.prices if tier else {}) and bool(detail.cost)
    else:
        is_total_priced = _had_price_of_total(detail.cost)
        lines = _earlier_lines(usage, detail.cost, with_total=is_total_priced)
    return CostExplanation(
        source=detail.cost_source,
        model=model,
        tier=tier,
        reasons=_reasons(row, metadata, tier),
        lines=lines,
        total=detail.cost.get(TOTAL),
        is_total_priced=is_total_priced,
        is_current=is_current,
        total_now=now.get(TOTAL),
        problem=None if detail.cost else _problem(row, model, card, now),
    )


def price_text(price: Decimal) -> str:
    """Exact decimal text without zeros at its end."""
    return format(price.normalize(), "f")


def _problem(row: ObservationRow, model: PriceModel | None, card: RateCard | None, now: dict[str, int]) -> Unpriced:
    if now:
        return Unpriced.NOT_REPRICED
    if not row.detail.usage:
        return Unpriced.NO_USAGE
    if not row.model:
        return Unpriced.NO_MODEL_NAME
    if model is None:
        return Unpriced.NO_MATCHING_PRICE
    has_charge = card is not None and bool(card.charge(row.detail.usage))
    return Unpriced.BEYOND_BOUNDS if has_charge else Unpriced.NO_PRICE_FOR_USAGE


def without_prices(explanation: CostExplanation) -> CostExplanation:
    """What it may say to somebody who is not to know the project's prices: usage and costs as they are stored."""
    return replace(
        explanation,
        model=None,
        tier=None,
        reasons=[],
        lines=[replace(line, price=None, price_of=None) for line in explanation.lines],
        is_current=True,
        total_now=explanation.total,
        problem=None,
    )


def _given_lines(usage: Mapping[str, int], cost: Mapping[str, int]) -> list[CostLine]:
    names = dict.fromkeys((*usage, *cost))
    return [
        CostLine(
            usage_type=name,
            units=usage.get(name),
            charged_units=0,
            cost=cost.get(name),
            how=Charging.GIVEN if name in cost else Charging.NOT_GIVEN,
        )
        for name in names
        if name != TOTAL or name in cost
    ]


def _had_price_of_total(cost: Mapping[str, int]) -> bool:
    """Whether computed costs have a total that is not the sum of the others."""
    others = [amount for name, amount in cost.items() if name != TOTAL]
    return TOTAL in cost and (not others or sum(others) != cost[TOTAL])


def _earlier_lines(usage: Mapping[str, int], cost: Mapping[str, int], *, with_total: bool) -> list[CostLine]:
    """Lines of a row whose prices are no longer there: its costs stand, the prices behind them are gone."""
    return [
        CostLine(
            usage_type=name,
            units=units,
            charged_units=0,
            cost=cost.get(name),
            how=Charging.EARLIER if name in cost else Charging.UNPRICED,
        )
        for name, units in usage.items()
        if name != TOTAL or with_total
    ]


def _lines(
    usage: Mapping[str, int], card: RateCard | None, tier: PriceTier | None, *, is_charged: bool
) -> list[CostLine]:
    if card is None or tier is None:
        return [
            CostLine(usage_type=name, units=units, charged_units=0, how=Charging.UNPRICED)
            for name, units in usage.items()
            if name != TOTAL
        ]
    charges = card.charge(usage)
    prices = card.prices_of(usage)
    costs = card.cost(usage) if is_charged else {}
    lines = []
    for name, units in usage.items():
        charge = charges.get(name)
        if charge is not None:
            line = CostLine(
                usage_type=name,
                units=units,
                charged_units=charge[1],
                price=price_text(tier.prices[charge[0]]),
                price_of=charge[0],
                cost=costs.get(name),
                how=_how(name, charge[0]),
            )
        elif name == TOTAL:
            continue
        else:
            line = CostLine(usage_type=name, units=units, charged_units=0, how=_why_not(name, prices))
        lines.append(line)
    return lines


def _how(usage_type: str, price_of: str) -> Charging:
    if usage_type == price_of:
        return Charging.EXACT
    own, priced = SPELLINGS.get(usage_type), SPELLINGS.get(price_of)
    return Charging.SPELLING if own is priced else Charging.PART


def _why_not(usage_type: str, prices: Mapping[str, str]) -> Charging:
    """Why a usage type is not charged, by the prices that the types of the same usage have."""
    if usage_type in prices:
        return Charging.CONTAINED
    kind = SPELLINGS.get(usage_type)
    if kind is not None and any(SPELLINGS.get(name) is kind for name in prices):
        return Charging.REPEATED
    return Charging.UNPRICED


def _reasons(row: ObservationRow, metadata: Mapping[str, Any], tier: PriceTier | None) -> list[TierReason]:
    if tier is None:
        return []
    detail = row.detail
    return [
        TierReason(
            condition=condition,
            found=condition_value(condition, detail.usage, detail.model_parameters, metadata),
        )
        for condition in tier.conditions
    ]
