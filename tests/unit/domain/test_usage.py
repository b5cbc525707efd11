"""Usage and cost in one form: nothing counted twice, nothing lost silently."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.usage import (
    MAX_COST_PICO,
    MAX_TYPES,
    MAX_UNITS,
    NormalisedUsage,
    normalise_cost,
    normalise_usage,
    to_pico,
)

PICO = 10**12


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"input": 3, "output": 4}, {"input": 3, "output": 4, "total": 7}),
        ({"input": 3, "output": 4, "total": 9}, {"input": 3, "output": 4, "total": 9}),
        ({"input": 12.0}, {"input": 12, "total": 12}),
        ({"total": 5}, {"total": 5}),
        ({"input": None, "output": 2}, {"output": 2, "total": 2}),
        ({"input": 1, "input_cache_read": 5}, {"input": 1, "total": 1}),
        ({"promptTokens": 3, "completionTokens": 4, "totalTokens": 7}, {"input": 3, "output": 4, "total": 7}),
        ({"promptTokens": 3, "completionTokens": None}, {"input": 3, "total": 3}),
        ({"promptTokens": None, "input": 3}, {}),
        ({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}, {"input": 3, "output": 4, "total": 7}),
        ({"prompt_tokens": 3, "completion_tokens": 4}, {"input": 3, "output": 4, "total": 7}),
        ({"input_tokens": 3, "output_tokens": 4}, {"input": 3, "output": 4, "total": 7}),
        (
            {"input_tokens": 3, "output_tokens": 4, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 6},
            {"input": 3, "output": 4, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 6, "total": 18},
        ),
        ({}, {}),
        (None, {}),
    ],
)
def test_usage_object_in_any_shape_becomes_input_output_total(
    sent: dict[str, Any] | None, expected: dict[str, int]
) -> None:
    assert normalise_usage(sent).usage == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
            {"input": 11, "output": 7, "total": 18},
        ),
        (
            {
                "prompt_tokens": 11,
                "completion_tokens": 7,
                "total_tokens": 18,
                "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": None},
                "completion_tokens_details": {"reasoning_tokens": 2, "audio_tokens": 1},
            },
            {
                "input": 6,
                "input_cached_tokens": 5,
                "output": 4,
                "output_reasoning_tokens": 2,
                "output_audio_tokens": 1,
                "total": 18,
            },
        ),
        (
            {
                "input_tokens": 11,
                "output_tokens": 7,
                "total_tokens": 18,
                "input_tokens_details": {"cached_tokens": 11},
                "output_tokens_details": None,
            },
            {"input": 0, "input_cached_tokens": 11, "output": 7, "total": 18},
        ),
        (
            {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "extra": 1},
            {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "extra": 1, "total": 18},
        ),
        (
            {"input_tokens": 11, "output_tokens": 7, "cache_read_input_tokens": 5},
            {"input_tokens": 11, "output_tokens": 7, "cache_read_input_tokens": 5, "total": 23},
        ),
        (
            {"promptTokens": 11, "completionTokens": 7, "totalTokens": 18},
            {"input": 11, "output": 7, "total": 18},
        ),
        (
            {"promptTokens": 11, "completionTokens": 7},
            {"promptTokens": 11, "completionTokens": 7, "total": 18},
        ),
        ({"input": "12", "output": "x"}, {"input": 12, "total": 12}),
        ({"input": 5, "nested": {"a": 1}}, {"input": 5, "total": 5}),
    ],
)
def test_details_are_taken_out_of_the_whole_only_for_the_exact_shapes(
    sent: dict[str, Any], expected: dict[str, int]
) -> None:
    assert normalise_usage(None, sent).usage == expected


def test_details_that_exceed_the_whole_are_cut() -> None:
    details = {"cached_tokens": 50, "audio_tokens": 80}
    sent = {"prompt_tokens": 100, "completion_tokens": 0, "total_tokens": 100, "prompt_tokens_details": details}
    usage = normalise_usage(None, sent).usage
    assert (usage["input"], usage["input_cached_tokens"], usage["input_audio_tokens"]) == (0, 50, 50)


@pytest.mark.parametrize("bad", [-1, 1.5, True, "x", [], {}, MAX_UNITS + 1, 1e300, float("nan"), float("inf")])
def test_unusable_entry_is_dropped_and_counted(bad: Any) -> None:
    result = normalise_usage(None, {"input": 5, "bad": bad})
    assert result == NormalisedUsage(usage={"input": 5, "total": 5}, dropped=1)
    assert normalise_usage({"input": bad, "output": 5}).dropped == 1


def test_broken_details_disqualify_the_openai_shape() -> None:
    sent = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10, "prompt_tokens_details": {"cached": -1}}
    result = normalise_usage(None, sent)
    assert result.usage == {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10, "total": 10}
    assert result.dropped == 1


def test_details_win_over_the_usage_object_per_type() -> None:
    result = normalise_usage({"input": 1, "output": 2, "unit": "TOKENS"}, {"input": 9, "cache": 5})
    assert result.usage == {"input": 9, "output": 2, "cache": 5, "total": 16}
    assert result.unit == "TOKENS"


@pytest.mark.parametrize(
    ("unit", "expected"), [("SECONDS", "SECONDS"), ("tokens", None), (None, None), (5, None), ([], None)]
)
def test_only_known_units_count(unit: Any, expected: str | None) -> None:
    assert normalise_usage({"input": 1, "unit": unit}).unit == expected


def test_costs_beside_camel_case_tokens_do_not_count() -> None:
    assert normalise_usage({"promptTokens": 1, "inputCost": 5.0}) == NormalisedUsage(
        usage={"input": 1, "total": 1}, unit="TOKENS"
    )
    assert normalise_usage({"input": 1, "inputCost": 0.5, "totalCost": 1}).cost == {"input": PICO // 2, "total": PICO}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"input": 0.1, "output": 0.2}, {"input": PICO // 10, "output": PICO // 5, "total": 3 * PICO // 10}),
        ({"input": 0.1}, {"input": PICO // 10, "total": PICO // 10}),
        ({"input": 1, "total": 5}, {"input": PICO, "total": 5 * PICO}),
        ({"input": 1, "cached": 1}, {"input": PICO, "cached": PICO}),
        ({"total": 0}, {"total": 0}),
        ({"input": -1, "output": "2", "x": True, "y": None, "z": float("nan")}, {}),
        ({}, {}),
        (None, {}),
    ],
)
def test_cost_has_a_total_only_when_it_is_plain(sent: dict[str, Any] | None, expected: dict[str, int]) -> None:
    assert normalise_cost(sent) == expected


def test_cost_details_lie_over_costs_of_the_usage_object() -> None:
    given_costs = {"input": 1, "output": 2}
    assert normalise_cost({"input": 1}, given_costs) == {"input": PICO, "output": 2, "total": PICO + 2}
    assert normalise_cost(None, given_costs) == {"input": 1, "output": 2, "total": 3}
    assert given_costs == {"input": 1, "output": 2}


@pytest.mark.parametrize(
    ("usd", "pico"),
    [(0.1, 10**11), (1e-12, 1), (4e-13, 0), (0.00000125, 1_250_000), (1_000_000, MAX_COST_PICO), (1_000_001, None)],
)
def test_amounts_are_exact_decimals(usd: float, pico: int | None) -> None:
    assert to_pico(usd) == pico


@given(pico=st.integers(0, 10**15))
def test_amounts_up_to_fifteen_digits_survive(pico: int) -> None:
    assert to_pico(pico / PICO) == pico


def test_only_so_many_types_are_kept() -> None:
    sent = {f"type{i}": 1 for i in range(MAX_TYPES + 5)}
    result = normalise_usage(None, sent)
    assert (len(result.usage), result.dropped) == (MAX_TYPES + 1, 5)
    assert len(normalise_cost(sent)) == MAX_TYPES
    assert normalise_usage(None, {"x" * 201: 1}).dropped == 1


UNITS = st.integers(0, 1000)


@given(
    whole=UNITS,
    output=UNITS,
    details=st.dictionaries(st.sampled_from(["cached_tokens", "audio_tokens", "text_tokens"]), UNITS | st.none()),
)
def test_input_with_its_details_never_exceeds_what_the_provider_said(
    whole: int, output: int, details: dict[str, int | None]
) -> None:
    sent = {
        "input_tokens": whole,
        "output_tokens": output,
        "total_tokens": whole + output,
        "input_tokens_details": details,
    }
    usage = normalise_usage(None, sent).usage
    assert sum(units for name, units in usage.items() if name.startswith("input")) == whole
    assert usage["total"] == whole + output


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.sampled_from(
    [
        *("input", "output", "total", "unit", "inputCost", "promptTokens", "totalTokens", "cache"),
        *("prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "input_tokens"),
    ]
)
MAPS = st.none() | st.dictionaries(NAMES, UNITS | ANYTHING, max_size=6)


@given(usage=MAPS, details=MAPS, cost=MAPS)
def test_any_json_is_normalised_to_plain_amounts(usage: Any, details: Any, cost: Any) -> None:
    result = normalise_usage(usage, details)
    costs = normalise_cost(cost, result.cost)
    assert all(type(units) is int and 0 <= units <= MAX_UNITS for units in result.usage.values())
    assert all(type(pico) is int and 0 <= pico <= 2 * MAX_COST_PICO for pico in costs.values())
    assert not result.usage or "total" in result.usage
