"""`costExplanation` of one observation: everything between what was sent and what it cost."""

from decimal import Decimal
from typing import Any

import pytest

from panope.domain.events import AttributeSet
from panope.domain.pricing import PriceBook
from panope.domain.tracing import DEFAULT_ENVIRONMENT
from panope.wire.semconv.usage_dialects import usage_dialect
from tests.support.batches import batch
from tests.support.prices import GPT
from tests.support.read_api import PROJECT, Api
from tests.support.told import observation

_SCOPE = AttributeSet("fedcba9876543210", '{"attributes":{},"name":"ai","version":"1.0"}')


async def _explained(api: Api, **told: Any) -> Any:
    await api.store.apply(batch(PROJECT, [observation("o", trace_id="t", **told)], attribute_sets=[_SCOPE]))
    return (await api.get("/observations/o"))["costExplanation"]


async def test_a_computed_cost_shows_usage_dialect_price_tier_and_arithmetic(api: Api) -> None:
    told = await _explained(
        api,
        model="gpt-4o",
        usage={"input": 40, "output": 10, "total": 50},
        usage_sent='{"usage":{"prompt_tokens":40,"completion_tokens":10,"total_tokens":50}}',
        mapper="ingestion/2",
        environment=DEFAULT_ENVIRONMENT,
    )
    assert told["usage"] == {
        "sent": {"usage": {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50}},
        "dialect": "OpenAI completions usage",
        "mapper": "ingestion/2",
        "normalised": {"input": 40, "output": 10, "total": 50},
        "isEstimated": False,
    }
    assert told["model"] == {
        "sent": "gpt-4o",
        "matched": {
            "id": "model-1",
            "name": "gpt-4o",
            "source": "own",
            "matchPattern": "^gpt-4o$",
            "startDate": None,
            "unit": "TOKENS",
        },
    }
    assert told["tier"] == {
        "id": "tier-1",
        "name": "Standard",
        "isDefault": True,
        "reason": "the only tier",
        "prices": {"input": "0.0000025", "output": "0.00001"},
    }
    assert [(line["usageType"], line["chargedUnits"], line["price"], line["cost"]) for line in told["lines"]] == [
        ("input", 40, "0.0000025", "0.0001"),
        ("output", 10, "0.00001", "0.0001"),
    ]
    assert (told["source"], told["total"], told["totalIs"]) == ("computed", "0.0002", "the sum of the lines")
    assert sum(Decimal(line["cost"]) for line in told["lines"]) == Decimal(told["total"])
    assert (told["isCurrent"], told["totalNow"], told["problem"]) == (True, "0.0002", None)


async def test_the_dialect_of_a_span_is_told_by_its_attributes(api: Api) -> None:
    sent = '{"ai.usage.promptTokens":4,"gen_ai.usage.input_tokens":4}'
    told = await _explained(api, usage_sent=sent, scope=_SCOPE.id, mapper="otlp/1", usage={"input": 4, "total": 4})
    assert (told["usage"]["dialect"], told["usage"]["mapper"]) == ("Vercel AI SDK attributes", "otlp/1")


@pytest.mark.parametrize(
    ("sent", "dialect"),
    [
        ('{"usageDetails":{"prompt_tokens":4,"completion_tokens":1,"total_tokens":5}}', "OpenAI completions usage"),
        (
            '{"usage":{"input_tokens":4,"output_tokens":1,"total_tokens":5,"input_tokens_details":{"cached_tokens":1}}}',
            "OpenAI responses usage",
        ),
        (
            '{"usageDetails":{"input_tokens":4,"output_tokens":1,"cache_read_input_tokens":9}}',
            "Anthropic usage",
        ),
        (
            '{"usageDetails":{"input_tokens":4,"output_tokens":1,"total_tokens":5,"input_token_details":{"cache_read":2}}}',
            "usage details as sent",
        ),
        ('{"usageDetails":{"input_tokens":4,"output_tokens":1}}', "usage details as sent"),
        ('{"usageDetails":{"input":4,"cache_read_input_tokens":1}}', "Langfuse usageDetails"),
        ('{"usage":{"promptTokens":4,"completionTokens":1}}', "Langfuse usage in camel case"),
        ('{"usage":{"input":4}}', "Langfuse usage"),
    ],
)
def test_only_what_is_read_as_openai_reports_it_is_called_so(sent: str, dialect: str) -> None:
    assert usage_dialect(sent) == dialect


async def test_an_unpriced_generation_says_why_and_what_to_do(api: Api) -> None:
    told = await _explained(api, model="house-7b", usage={"input": 4, "total": 4})
    assert (told["source"], told["total"], told["tier"]) == (None, None, None)
    assert told["problem"]["code"] == "no_matching_price"
    assert told["problem"]["message"] == "No price model matches the name house-7b."
    assert "panope reprice --since 2025-10-09" in told["problem"]["advice"]


async def test_a_given_cost_is_shown_as_it_was_sent(api: Api) -> None:
    told = await _explained(
        api, model="gpt-4o", usage={"input": 4, "total": 4}, cost={"total": 5 * 10**11}, cost_sent='{"total":0.5}'
    )
    assert (told["source"], told["costSent"], told["total"]) == ("given", {"total": 0.5}, "0.5")
    assert told["model"]["matched"]["id"] == "model-1"


@pytest.mark.parametrize(("model", "is_counted"), [("gpt-4o", True), ("claude-sonnet-4-5", False), (None, False)])
async def test_counting_is_advised_for_models_whose_tokenizer_is_public(
    api: Api, model: str | None, *, is_counted: bool
) -> None:
    problem = (await _explained(api, **({"model": model} if model else {})))["problem"]
    assert problem["code"] == "no_usage"
    assert ("`tokens`" in problem["advice"]) is is_counted


async def test_a_type_without_a_given_cost_says_that_none_was_given(api: Api) -> None:
    told = await _explained(
        api, model="gpt-4o", usage={"input": 4, "output": 2, "total": 6}, cost={"total": 5 * 10**11}
    )
    assert [(line["usageType"], line["how"]) for line in told["lines"]] == [
        ("input", "not_given"),
        ("output", "not_given"),
        ("total", "given"),
    ]
    assert told["lines"][0]["note"].startswith("no cost was given for it")


async def test_costs_within_the_usage_are_shown_as_they_were_sent(api: Api) -> None:
    sent = '{"usage":{"input":4,"totalCost":0.5}}'
    told = await _explained(api, model="gpt-4o", usage={"input": 4}, cost={"total": 5 * 10**11}, usage_sent=sent)
    assert (told["source"], told["costSent"]) == ("given", {"totalCost": 0.5})


async def test_given_costs_without_a_total_say_that_no_sum_counts_them(api: Api) -> None:
    cost = {"input": 10**11, "web_search": 5 * 10**10}
    told = await _explained(api, model="gpt-4o", usage={"input": 4, "total": 4}, cost=cost)
    assert (told["source"], told["total"], told["problem"]["code"]) == ("given", None, "no_total_given")
    assert told["problem"]["message"].endswith("so no sum counts them: input, web_search.")
    assert "`total`" in told["problem"]["advice"]


async def test_lists_leave_the_explanation_out(api: Api) -> None:
    await api.tell(observation("o", trace_id="t", model="gpt-4o", usage={"input": 4}))
    assert "costExplanation" not in (await api.get("/observations"))["data"][0]
    assert "costExplanation" not in (await api.get("/traces/t"))["observations"][0]


async def test_usage_that_was_counted_is_marked_wherever_it_is_shown(api: Api) -> None:
    class Characters:
        def count(self, text: str, _encoding: object) -> int:
            return len(text)

    told = observation("o", trace_id="t", type="GENERATION", model="gpt-4o", input="what", output="that")
    other = observation("p", trace_id="t", type="GENERATION", model="gpt-4o", usage={"input": 1, "total": 1})
    await api.store.apply(batch(PROJECT, [told, other], prices=PriceBook((GPT,), tokens=Characters())))
    shown = await api.get("/observations/o")
    assert (shown["usageEstimated"], shown["usageDetails"]) == (True, {"input": 4, "output": 4, "total": 8})
    assert shown["costExplanation"]["usage"]["isEstimated"] is True
    assert shown["costExplanation"]["usage"]["dialect"] == "counted by panope"
    assert (await api.get("/observations/p"))["usageEstimated"] is False
    marked = {row["id"]: row.get("usageEstimated") for row in (await api.get("/observations"))["data"]}
    assert marked == {"o": True, "p": None}
    listed = (await api.get("/v2/observations", fields="core,usage"))["data"]
    assert {row["id"]: row.get("usageEstimated") for row in listed} == marked
