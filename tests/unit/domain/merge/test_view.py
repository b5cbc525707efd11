"""Rows of observations: what their sums are made of."""

from typing import Any

import pytest

from panope.domain.costing import PICO_PER_USD
from panope.domain.merge.lift import lift
from panope.domain.merge.view import view_observation
from panope.domain.pricing import PriceBook
from tests.support.told import observation

MILLION = PICO_PER_USD // 10**6


@pytest.mark.parametrize(
    ("usage", "sides"),
    [
        ({"input": 3, "input_cached_tokens": 4, "output": 5, "total": 12}, (7, 5, 12)),
        ({"prompt_tokens": 3, "completion_tokens": 5, "extra": 9, "total": 8}, (3, 5, 8)),
        ({"promptTokenCount": 3, "candidatesTokenCount": 5, "total": 8}, (3, 5, 8)),
        ({"total": 8}, (0, 0, 8)),
    ],
)
def test_input_and_output_are_found_under_every_spelling(usage: dict[str, int], sides: tuple[int, int, int]) -> None:
    told: dict[str, Any] = {"type": "GENERATION", "usage": usage, "cost": {n: u * MILLION for n, u in usage.items()}}
    row = view_observation("o", lift(observation("o", 0, **told)), PriceBook(()))
    assert (row.input_tokens, row.output_tokens, row.total_tokens) == sides
    assert (row.input_cost or 0, row.output_cost or 0, row.total_cost) == tuple(side * MILLION for side in sides)
