"""Which computed costs are called wrong: those that contradict what is noted beside them, and no others."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.merge.lift import lift
from panope.domain.merge.state import State
from panope.domain.merge.view import view_observation
from panope.domain.pricing import PriceBook, PriceModel, PriceTier
from panope.domain.tracing import ObservationRow
from panope.features.pricing.managed import load_managed
from panope.features.verification.prices import CostCheck, FindModel, RecordedPrices

PROJECT = ProjectId("p")
PLAIN = {"input": 100, "output": 20, "total": 120}
USAGES: list[dict[str, int]] = [
    PLAIN,
    {"input": 300_000, "output": 1, "total": 300_001},
    {"total": 7},
    {"input": 0, "output": 0, "total": 0},
    {"input": 100, "input_cached_tokens": 40, "output": 20, "output_reasoning_tokens": 5, "total": 120},
    {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120, "total": 120},
    {"input": 10, "input_audio_tokens": 4, "input_cache_creation": 3, "total": 10},
]


def observed(prices: PriceBook, model: str, usage: dict[str, int], **values: Any) -> tuple[State, ObservationRow]:
    """A generation as the writer would have priced it."""
    told = {"start_time": 1_800_000_000_000_000, "model": model, "usage": usage, **values}
    state = lift(TelemetryEvent(kind=EntityKind.OBSERVATION, entity_id="o", event_id="e", at_us=1, values=told))
    return state, view_observation("o", state, prices)


def house(prices: dict[str, str], **told: Any) -> PriceModel:
    """A model of a project's own."""
    tier = PriceTier(
        id="t",
        name="Standard",
        is_default=True,
        priority=0,
        prices={name: Decimal(price) for name, price in prices.items()},
    )
    return PriceModel(id="m", name="house", match_pattern="^house$", tiers=(tier,), **told)


def finding(*models: PriceModel) -> FindModel:
    by_id = {model.id: model for model in models}
    return lambda _project, model_id: by_id.get(model_id)


@pytest.mark.parametrize("usage", USAGES, ids=str)
def test_no_shipped_model_prices_anything_in_a_way_that_is_called_wrong(usage: dict[str, int]) -> None:
    managed = load_managed()
    book = PriceBook((), managed)
    check = CostCheck(finding(*managed.models))
    recorded = RecordedPrices()
    for name in sorted({model.name for model in managed.models})[::15]:
        state, row = observed(book, name, usage)
        assert check.is_right(PROJECT, row), row
        assert view_observation("o", state, recorded.of(row)) == row
    assert check.computed > 0 or usage.keys() == {"total"}


@pytest.mark.parametrize("usage", USAGES, ids=str)
@pytest.mark.parametrize(
    "prices",
    [
        {"input": "0.001", "output": "0.002"},
        {"input": "0.001", "total": "0.01"},
        {"total": "0.01"},
        {"input_tokens": "0.003", "output": "0.002"},
        {"input": "0.000000000000333", "input_cached_tokens": "0.1"},
    ],
    ids=str,
)
def test_no_price_list_of_a_project_is_called_wrong(prices: dict[str, str], usage: dict[str, int]) -> None:
    model = house(prices)
    _, row = observed(PriceBook([model]), "house", usage)
    assert CostCheck(finding(model)).is_right(PROJECT, row)


def test_a_price_that_has_changed_since_is_nobodys_fault() -> None:
    _, row = observed(PriceBook([house({"input": "0.001", "output": "0.002"})]), "house", PLAIN)
    now = house({"input": "7", "output": "8"})
    for find_model in (finding(now), finding(), None):
        assert CostCheck(find_model).is_right(PROJECT, row)


@pytest.mark.parametrize(
    "cost",
    [
        {"input": 1, "output": 40_000_000_000, "total": 40_000_000_001},
        {"input": 100_000_000_000, "output": 40_000_000_000, "total": 140_000_000_001},
        {"input": 100_000_000_000, "output": 40_000_000_000},
        {"input": -1, "output": 40_000_000_000, "total": 39_999_999_999},
        {"input": 100_000_000_000, "total": 100_000_000_000},
        {"input": 100_000_000_000, "output": 40_000_000_000, "images": 1, "total": 140_000_000_001},
    ],
    ids=str,
)
def test_a_cost_that_is_not_that_of_the_noted_prices_is_wrong(cost: dict[str, int]) -> None:
    model = house({"input": "0.001", "output": "0.002"})
    _, row = observed(PriceBook([model]), "house", PLAIN)
    check = CostCheck(finding(model))
    assert check.is_right(PROJECT, row)
    assert not check.is_right(PROJECT, replace(row, detail=replace(row.detail, cost=cost)))


@pytest.mark.parametrize("beside", [{"images": 3}, {"input_cached_tokens": 50}, {"prompt_tokens": 100}], ids=str)
def test_usage_without_a_price_beside_leaves_a_cost_provable(beside: dict[str, int]) -> None:
    model = house({"input": "0.001", "output": "0.002"})
    check = CostCheck(finding(model))
    _, row = observed(PriceBook([model]), "house", {**PLAIN, **beside})
    assert check.is_right(PROJECT, row)
    assert (check.computed, check.unproven) == (1, 0)
    wrong = {"input": 1, "output": 40_000_000_000, "total": 40_000_000_001}
    assert not check.is_right(PROJECT, replace(row, detail=replace(row.detail, cost=wrong)))


def test_costs_at_a_price_that_is_not_noted_are_counted_as_unproven() -> None:
    model = house({"input": "0.001", "output": "0.002", "input_cached_tokens": "0.0001"})
    check = CostCheck(finding(model))
    _, row = observed(PriceBook([model]), "house", {**PLAIN, "input_cached_tokens": 50})
    assert check.is_right(PROJECT, row)
    assert (check.computed, check.unproven) == (1, 1)


def test_given_costs_are_not_computed() -> None:
    model = house({"input": "0.001"})
    _, row = observed(PriceBook([model]), "house", PLAIN, cost={"total": 5})
    check = CostCheck(finding(model))
    assert row.detail.cost_source == "given"
    assert check.is_right(PROJECT, row)
    assert check.computed == 0
