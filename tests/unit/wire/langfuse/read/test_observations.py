import json
from typing import Any

import pytest

from panope.domain.tracing import ObservationDetail, ObservationRow, Payload
from panope.ports.telemetry import Observed
from panope.wire.langfuse.observations import encode_detail

START_US = 1_760_000_000_000_000


def _shown(payload: Payload | None = None, detail: ObservationDetail | None = None, **values: Any) -> Any:
    row = ObservationRow(
        id="o", trace_id="t", type="SPAN", start_us=START_US, detail=detail or ObservationDetail(), **values
    )
    return json.loads(encode_detail("p", Observed(row=row, payload=payload), {}))


def test_older_usage_adds_up_every_type_that_names_input_or_output() -> None:
    detail = ObservationDetail(
        usage={"input": 5, "input_cached_tokens": 7, "output": 2, "output_reasoning": 1, "audio": 9, "total": 24},
        cost={"input": 10**12, "input_cached_tokens": 5 * 10**11, "audio": 10**11, "total": 16 * 10**11},
    )
    shown = _shown(detail=detail)
    assert (shown["promptTokens"], shown["completionTokens"], shown["totalTokens"]) == (12, 3, 24)
    assert shown["usage"] == {
        "input": 12,
        "output": 3,
        "total": 24,
        "unit": "TOKENS",
        "inputCost": 1.5,
        "outputCost": None,
        "totalCost": 1.6,
    }
    assert shown["usageDetails"] == detail.usage
    assert shown["costDetails"] == {"input": 1.0, "input_cached_tokens": 0.5, "audio": 0.1, "total": 1.6}
    assert [shown[f"calculated{kind}Cost"] for kind in ("Input", "Output", "Total")] == [1.5, None, 1.6]


def test_usage_without_a_total_or_anything_shows_zero_tokens() -> None:
    shown = _shown()
    assert (shown["usage"]["input"], shown["usage"]["output"], shown["usage"]["total"]) == (0, 0, 0)
    assert (shown["usageDetails"], shown["costDetails"], shown["metadata"]) == ({}, {}, {})
    assert (shown["calculatedInputCost"], shown["calculatedTotalCost"]) == (None, 0)
    assert _shown(detail=ObservationDetail(usage={"input": 5}))["totalTokens"] == 0


@pytest.mark.parametrize(("unit", "shown"), [(None, "TOKENS"), ("SECONDS", "SECONDS"), ("bananas", "TOKENS")])
def test_a_unit_is_one_that_clients_know(unit: str | None, shown: str) -> None:
    assert _shown(detail=ObservationDetail(usage_unit=unit))["usage"]["unit"] == shown


@pytest.mark.parametrize(
    ("end", "first_token", "latency", "time_to_first_token"),
    [
        (None, None, None, None),
        (1_500_000, 250_000, 1.5, 0.25),
        (0, 0, 0, 0),
        (-5, -1, 0, None),
    ],
)
def test_durations_are_seconds_and_never_negative(
    end: int | None, first_token: int | None, latency: float | None, time_to_first_token: float | None
) -> None:
    shown = _shown(
        end_us=None if end is None else START_US + end,
        completion_start_us=None if first_token is None else START_US + first_token,
    )
    assert (shown["latency"], shown["timeToFirstToken"]) == (latency, time_to_first_token)


def test_model_parameters_are_of_kinds_that_the_oldest_clients_take() -> None:
    detail = ObservationDetail(
        model_parameters={
            "temperature": 0.5,
            "stop": ["a", "b"],
            "format": {"type": "json"},
            "bias": [1, {"x": 2}],
            "seed": 2**60,
            "none": None,
            "stream": True,
        }
    )
    assert _shown(detail=detail)["modelParameters"] == {
        "temperature": 0.5,
        "stop": ["a", "b"],
        "format": '{"type":"json"}',
        "bias": '[1,{"x":2}]',
        "seed": str(2**60),
        "none": None,
        "stream": True,
    }
    assert _shown()["modelParameters"] is None


def test_prices_are_numbers_of_the_default_tier() -> None:
    detail = ObservationDetail(unit_prices={"input": "0.0000025", "total": "1"}, price_tier_name="Standard")
    shown = _shown(detail=detail, model_id="m")
    assert (shown["inputPrice"], shown["outputPrice"], shown["totalPrice"]) == (0.0000025, None, 1)
    assert (shown["modelId"], shown["usagePricingTierName"]) == ("m", "Standard")


def test_input_is_decoded_and_metadata_at_its_top_level() -> None:
    shown = _shown(Payload(input='{"a": 1}', output="[not json", metadata={"k": "true", "deep": {"k": "true"}}))
    assert (shown["input"], shown["output"]) == ({"a": 1}, "[not json")
    assert shown["metadata"] == {"k": True, "deep": {"k": "true"}}
