"""The arithmetic behind a cost: it leads to what the row holds, to the last 10⁻¹² of a dollar."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panope.domain.explanation import Charging, CostExplanation, Unpriced, explain_cost
from panope.domain.merge.lift import lift
from panope.domain.merge.view import view_observation
from panope.domain.pricing import PriceBook, PriceModel, PriceTier, TierCondition
from panope.domain.tracing import ObservationRow
from panope.domain.usage_types import SPELLINGS
from tests.support.told import observation

_NAMES = [*SPELLINGS, "tokens_of_a_kind_nobody_knows"]
_prices = st.decimals(0, 10, places=15, allow_nan=False)
_tables = st.dictionaries(st.sampled_from(_NAMES), _prices, min_size=1, max_size=6)
_usages = st.dictionaries(st.sampled_from(_NAMES), st.integers(0, 10**7), max_size=6)


def _tier(prices: dict[str, Decimal], *conditions: TierCondition, priority: int = 0) -> PriceTier:
    return PriceTier(
        id=f"tier-{priority}",
        name=f"Tier {priority}",
        is_default=not priority,
        priority=priority,
        conditions=conditions,
        prices=prices,
    )


def _model(*tiers: PriceTier, managed: bool = False) -> PriceModel:
    return PriceModel(id="m", name="m", match_pattern="^m$", tiers=tiers, is_managed=managed)


def _row(book: PriceBook, metadata: dict[str, Any] | None = None, **told: Any) -> ObservationRow:
    return view_observation("o", lift(observation("o", metadata=metadata, **told)), book)


def _explain(book: PriceBook, **told: Any) -> CostExplanation:
    return explain_cost(_row(book, **told), {}, book)


@settings(max_examples=500)
@given(default=_tables, large=_tables, usage=_usages, managed=st.booleans(), bound=st.integers(0, 10**7))
def test_the_lines_add_up_to_the_cost_of_the_row(
    default: dict[str, Decimal], large: dict[str, Decimal], usage: dict[str, int], *, managed: bool, bound: int
) -> None:
    condition = TierCondition(usage_pattern="^input", value=bound)
    book = PriceBook((_model(_tier(default), _tier(large, condition, priority=1), managed=managed),))
    row = _row(book, model="m", usage=usage)
    told = explain_cost(row, {}, book)
    assert told.is_current
    assert {line.usage_type: line.cost for line in told.lines if line.cost is not None} == {
        name: cost for name, cost in row.detail.cost.items() if name != "total" or told.is_total_priced
    }
    assert told.total == row.total_cost
    assert (told.problem is None) == bool(row.detail.cost)
    costs = {line.usage_type: line.cost for line in told.lines if line.cost is not None}
    if told.is_total_priced:
        assert costs["total"] == told.total
    elif told.total is not None:
        assert sum(costs.values()) == told.total
    for line in told.lines:
        if line.cost is not None:
            assert line.price is not None
            assert line.cost == round(Decimal(line.price) * line.charged_units * 10**12)


@given(cost=st.dictionaries(st.sampled_from(["input", "output", "total", "gpu"]), st.integers(0, 10**15), min_size=1))
def test_a_given_cost_is_shown_as_given_whatever_the_prices(cost: dict[str, int]) -> None:
    book = PriceBook((_model(_tier({"input": Decimal(1)})),))
    row = _row(book, model="m", usage={"input": 5, "total": 5}, cost=cost)
    told = explain_cost(row, {}, book)
    assert (told.source, told.total) == ("given", cost.get("total"))
    assert told.problem is (None if "total" in cost else Unpriced.NO_TOTAL_GIVEN)
    assert {line.usage_type: line.cost for line in told.lines if line.how is Charging.GIVEN} == cost


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"usage": {"input": 1}}, Unpriced.NO_MODEL_NAME),
        ({"usage": {"input": 1}, "model": "other"}, Unpriced.NO_MATCHING_PRICE),
        ({"model": "m"}, Unpriced.NO_USAGE),
        ({}, Unpriced.NO_USAGE),
        ({"model": "m", "usage": {"images": 1}}, Unpriced.NO_PRICE_FOR_USAGE),
        ({"model": "m", "usage": {"input": 10**13}}, Unpriced.BEYOND_BOUNDS),
    ],
)
def test_what_has_no_cost_says_why(told: dict[str, Any], problem: Unpriced) -> None:
    book = PriceBook((_model(_tier({"input": Decimal("0.5")})),))
    found = _explain(book, **told)
    assert (found.problem, found.total, found.source) == (problem, None, None)


def test_a_price_that_changed_since_is_told_from_one_that_holds() -> None:
    before = PriceBook((_model(_tier({"input": Decimal("0.000001")})),))
    after = PriceBook((_model(_tier({"input": Decimal("0.000002")})),))
    row = _row(before, model="m", usage={"input": 10, "total": 10})
    told = explain_cost(row, {}, after)
    assert (told.is_current, told.total, told.total_now) == (False, 10_000_000, 20_000_000)
    assert [(line.how, line.cost, line.price) for line in told.lines] == [(Charging.EARLIER, 10_000_000, None)]


@pytest.mark.parametrize("after", [{"input": Decimal(1), "output": Decimal(2)}, {"total": Decimal(1)}])
def test_a_price_of_the_total_that_is_gone_leaves_a_line_of_the_total(after: dict[str, Decimal]) -> None:
    before = PriceBook((_model(_tier({"total": Decimal("0.000003")})),))
    row = _row(before, model="m", usage={"input": 10, "output": 3, "total": 13})
    told = explain_cost(row, {}, PriceBook((_model(_tier(after)),)))
    assert (told.is_current, told.is_total_priced, told.total) == (False, True, 39_000_000)
    assert [(line.usage_type, line.how, line.cost) for line in told.lines] == [
        ("input", Charging.UNPRICED, None),
        ("output", Charging.UNPRICED, None),
        ("total", Charging.EARLIER, 39_000_000),
    ]


def test_a_price_of_the_total_that_came_later_is_not_taken_for_the_one_of_then() -> None:
    before = PriceBook((_model(_tier({"input": Decimal("0.000001"), "output": Decimal("0.000001")})),))
    row = _row(before, model="m", usage={"input": 10, "output": 3, "total": 13})
    told = explain_cost(row, {}, PriceBook((_model(_tier({"total": Decimal(1)})),)))
    assert (told.is_current, told.is_total_priced) == (False, False)
    assert [line.usage_type for line in told.lines] == ["input", "output"]


def test_a_price_that_came_later_is_no_reason_to_call_it_unmatched() -> None:
    row = _row(PriceBook(()), model="m", usage={"input": 10, "total": 10})
    told = explain_cost(row, {}, PriceBook((_model(_tier({"input": Decimal(1)})),)))
    assert (told.problem, told.is_current, told.total) == (Unpriced.NOT_REPRICED, False, None)


def test_a_tier_says_which_condition_chose_it_and_what_it_met() -> None:
    by_size = _tier({"input": Decimal(2)}, TierCondition(usage_pattern="^input", value=100), priority=1)
    by_region = _tier({"input": Decimal(3)}, TierCondition(source="metadata", key="region", values=("eu",)), priority=2)
    book = PriceBook((_model(_tier({"input": Decimal(1)}), by_size, by_region),))
    large = _explain(book, model="m", usage={"input": 101})
    assert (large.tier, [reason.found for reason in large.reasons]) == (by_size, [101])
    regional = explain_cost(_row(book, {"region": "eu"}, model="m", usage={"input": 1}), {"region": "eu"}, book)
    assert (regional.tier, [reason.found for reason in regional.reasons]) == (by_region, ["eu"])
    plain = _explain(book, model="m", usage={"input": 1})
    assert plain.tier is not None
    assert (plain.tier.is_default, plain.reasons) == (True, [])


def test_units_that_are_not_charged_apart_say_why() -> None:
    managed = PriceBook((_model(_tier({"input": Decimal(1), "input_cached_tokens": Decimal("0.5")}), managed=True),))
    copied = {"input": 10, "cached_tokens": 4, "output": 5, "total": 15}
    lines = {line.usage_type: line for line in _explain(managed, model="m", usage=copied).lines}
    assert (lines["input"].charged_units, lines["cached_tokens"].price_of) == (6, "input_cached_tokens")
    assert (lines["cached_tokens"].how, lines["output"].how) == (Charging.SPELLING, Charging.UNPRICED)
    own = PriceBook((_model(_tier({"input": Decimal(1), "output": Decimal(2)})),))
    reasoning = {"input": 10, "output": 5, "output_reasoning": 3, "total": 15}
    lines = {line.usage_type: line for line in _explain(own, model="m", usage=reasoning).lines}
    assert lines["output_reasoning"].how is Charging.CONTAINED
    twice = {"input": 10, "prompt_tokens": 9}
    lines = {line.usage_type: line for line in _explain(own, model="m", usage=twice).lines}
    assert lines["prompt_tokens"].how is Charging.REPEATED
