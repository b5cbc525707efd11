"""Usage out of attributes: nothing counted twice, nothing made up."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.wire.semconv.usage import read_usage, usage_keys
from tests.unit.wire.otlp.requests import decode_span, observations, values_of

GENERIC = {
    "input": "gen_ai.usage.input_tokens",
    "output": "gen_ai.usage.output_tokens",
    "total": "gen_ai.usage.total_tokens",
    "read": "gen_ai.usage.cache_read_input_tokens",
    "created": "gen_ai.usage.cache_creation.input_tokens",
    "reasoning": "gen_ai.usage.reasoning.output_tokens",
}


def _usage(**sent: int) -> dict[str, int]:
    attributes = {GENERIC[name]: value for name, value in sent.items()}
    return read_usage(attributes, usage_keys(tuple(attributes), "lib"))[0]


def test_parts_are_taken_out_of_the_whole_that_includes_them() -> None:
    assert _usage(input=100, output=50, read=60, created=10, reasoning=20) == {
        "input": 30,
        "output": 30,
        "input_cached_tokens": 60,
        "input_cache_creation": 10,
        "output_reasoning_tokens": 20,
        "total": 150,
    }


def test_parts_beyond_the_whole_lie_beside_it() -> None:
    usage = _usage(input=5, output=7, read=1000)
    assert (usage["input"], usage["input_cached_tokens"], usage["total"]) == (5, 1000, 1012)


def test_a_total_tells_that_parts_lie_beside() -> None:
    usage = _usage(input=100, output=7, read=60, total=167)
    assert (usage["input"], usage["input_cached_tokens"]) == (100, 60)


def test_a_total_can_tell_so_of_one_side_only() -> None:
    usage = _usage(input=100, output=7, read=60, reasoning=5, total=112)
    assert (usage["input"], usage["output"]) == (40, 7)


def test_a_total_without_room_for_parts_beyond_the_whole_gives_way() -> None:
    usage = _usage(input=20, output=100, read=20_000, total=120)
    assert (usage["input"], usage["input_cached_tokens"], usage["total"]) == (20, 20_000, 20_120)


_UNITS = st.integers(0, 500)


@given(
    st.fixed_dictionaries(
        {"input": _UNITS, "output": _UNITS}, optional=dict.fromkeys(("read", "created", "reasoning"), _UNITS)
    )
)
def test_parts_are_counted_once_within_the_whole_or_beside_it(sent: dict[str, int]) -> None:
    usage = _usage(**sent, total=sent["input"] + sent["output"])
    parts = sent.get("read", 0) + sent.get("created", 0)
    assert usage["input"] == (sent["input"] - parts if parts <= sent["input"] else sent["input"])
    assert usage.get("input_cached_tokens", 0) == sent.get("read", 0)
    assert usage.get("input_cache_creation", 0) == sent.get("created", 0)
    assert sum(units for name, units in usage.items() if name != "total") == usage["total"]


@given(st.dictionaries(st.sampled_from(sorted(GENERIC)), _UNITS, min_size=1))
def test_a_total_is_the_sum_unless_another_was_sent(sent: dict[str, int]) -> None:
    usage = _usage(**sent)
    assert usage["total"] in {sent.get("total"), sum(units for name, units in usage.items() if name != "total")}


def test_what_is_neither_asked_nor_answered_is_no_part_of_the_total() -> None:
    attributes = {GENERIC["input"]: 5, GENERIC["output"]: 2, "gen_ai.usage.details.web_searches": 3}
    assert values_of(attributes)["usage"] == {"input": 5, "output": 2, "web_searches": 3, "total": 7}


GEMINI_BY_PYDANTIC = {
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 300,
    "gen_ai.usage.details.text_prompt_tokens": 1000,
    "gen_ai.usage.details.thoughts_tokens": 200,
    "gen_ai.usage.details.cached_content_tokens": 400,
    "gen_ai.usage.details.cache_read_tokens": 400,
    "gen_ai.usage.details.text_cache_tokens": 400,
}
GEMINI_BY_GOOGLE = {
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 350,
    "gen_ai.usage.reasoning.output_tokens": 150,
    "gen_ai.usage.text.input_tokens": 1000,
    "gen_ai.usage.text.output_tokens": 80,
    "gen_ai.usage.image.output_tokens": 120,
    "gen_ai.usage.text.cache_read.input_tokens": 0,
}


def test_what_tokens_are_made_up_of_is_not_counted_again() -> None:
    assert values_of(GEMINI_BY_PYDANTIC)["usage"] == {
        "input": 600,
        "input_cached_tokens": 400,
        "output": 100,
        "output_reasoning_tokens": 200,
        "total": 1300,
    }
    assert values_of(GEMINI_BY_GOOGLE)["usage"] == {
        "input": 1000,
        "output": 80,
        "output_reasoning_tokens": 150,
        "output_image_tokens": 120,
        "total": 1350,
    }


def test_a_whole_that_follows_the_conventions_beats_the_providers_own() -> None:
    attributes = {
        "gen_ai.usage.input_tokens": 7000,
        "gen_ai.usage.details.input_tokens": 5000,
        "gen_ai.usage.output_tokens": 100,
        "gen_ai.usage.details.cache_read_input_tokens": 2000,
    }
    usage = values_of(attributes)["usage"]
    assert usage == {"input": 5000, "input_cached_tokens": 2000, "output": 100, "total": 7100}


def _of_vercel(attributes: dict[str, Any], metadata: dict[str, Any]) -> dict[str, int]:
    sent = {
        "ai.operationId": "ai.streamText.doStream",
        "ai.model.id": "a-model",
        "ai.response.providerMetadata": json.dumps(metadata),
        **attributes,
    }
    usage: dict[str, int] = observations(decode_span(sent, scope="ai"))[0].values["usage"]
    return usage


@pytest.mark.parametrize(
    ("provider", "metadata"),
    [
        ("anthropic.messages", {}),
        ("anthropic.messages", {"anthropic": {"usage": {"input_tokens": 5000, "cache_read_input_tokens": 2000}}}),
        ("amazon-bedrock", {"bedrock": {"usage": {"cacheReadInputTokens": 2000}}}),
        ("gateway", {"anthropic": {"cacheReadInputTokens": 2000}, "gateway": {}}),
    ],
)
def test_caches_of_vercels_versions_4_and_5_lie_beside_the_input_of_some(
    provider: str, metadata: dict[str, Any]
) -> None:
    sent = {"ai.usage.inputTokens": 5000, "ai.usage.outputTokens": 100, "ai.usage.cachedInputTokens": 2000}
    usage = _of_vercel({**sent, "ai.model.provider": provider, "ai.usage.totalTokens": 5100}, metadata)
    assert usage == {"input": 5000, "input_cached_tokens": 2000, "output": 100, "total": 7100}


def test_caches_of_vercels_version_6_and_of_other_providers_are_part_of_the_input() -> None:
    sent = {"ai.usage.inputTokens": 5000, "ai.usage.outputTokens": 100, "ai.usage.totalTokens": 5100}
    taken = {"input": 3000, "input_cached_tokens": 2000, "output": 100, "total": 5100}
    details = {"ai.usage.inputTokenDetails.noCacheTokens": 3000, "ai.usage.inputTokenDetails.cacheReadTokens": 2000}
    assert _of_vercel({**sent, **details, "ai.model.provider": "anthropic.messages"}, {"anthropic": {}}) == taken
    cached = {"ai.usage.cachedInputTokens": 2000, "ai.model.provider": "openai.chat"}
    assert _of_vercel({**sent, **cached}, {"openai": {}}) == taken


def test_thoughts_that_vercels_version_5_hides_are_counted() -> None:
    told = {"thoughtsTokenCount": 1500, "cachedContentTokenCount": 800, "totalTokenCount": 2700}
    sent = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.provider": "google.generative-ai",
        "ai.usage.promptTokens": 1000,
        "ai.usage.completionTokens": 200,
    }
    assert _of_vercel(sent, {"google": {"usageMetadata": told}}) == {
        "input": 200,
        "input_cached_tokens": 800,
        "output": 200,
        "output_reasoning_tokens": 1500,
        "total": 2700,
    }


@pytest.mark.parametrize("bad", [-1, 1.5, "many", True, 10**16, [1]])
def test_what_is_no_amount_is_dropped_and_counted(bad: Any) -> None:
    batch = decode_span(
        {"gen_ai.usage.input_tokens": bad, "gen_ai.usage.output_tokens": 3, "gen_ai.request.model": "m"}
    )
    assert observations(batch)[0].values["usage"] == {"output": 3, "total": 3}
    assert [(repair.index, repair.code) for repair in batch.repairs] == [(0, "dropped_usage")]


@pytest.mark.parametrize("good", [7, 7.0, "7"])
def test_whole_numbers_count_however_they_are_spelt(good: Any) -> None:
    assert values_of({"gen_ai.usage.input_tokens": good})["usage"] == {"input": 7, "total": 7}


def test_the_preferred_spelling_wins() -> None:
    attributes = {"gen_ai.usage.input_tokens": 9, "gen_ai.usage.prompt_tokens": 7, "llm.token_count.prompt": 5}
    assert values_of(attributes)["usage"] == {"input": 7, "total": 7}


def test_unknown_types_are_kept_by_name() -> None:
    assert values_of({"gen_ai.usage.details.web_searches": 2})["usage"] == {"web_searches": 2, "total": 2}


def test_langfuse_details_beat_everything_unless_they_are_no_object() -> None:
    attributes = {"gen_ai.usage.input_tokens": 9, "langfuse.observation.usage_details": '{"input": 1}'}
    assert values_of(attributes)["usage"] == {"input": 1, "total": 1}
    assert values_of({**attributes, "langfuse.observation.usage_details": "{broken"})["usage"] == {
        "input": 9,
        "total": 9,
    }


def test_bad_entries_of_langfuse_details_are_dropped_and_counted_once_per_span() -> None:
    batch = decode_span({"langfuse.observation.usage_details": '{"input": -1, "output": 2, "x": 0.5}'})
    assert observations(batch)[0].values["usage"] == {"output": 2, "total": 2}
    assert [repair.code for repair in batch.repairs] == ["dropped_usage"]


def test_what_was_sent_is_kept_as_it_was() -> None:
    attributes = {"gen_ai.usage.input_tokens": -4, "gen_ai.usage.output_tokens": 3, "gen_ai.usage.cost": 0.25}
    values = values_of(attributes)
    assert json.loads(values["usage_sent"]) == {"gen_ai.usage.input_tokens": -4, "gen_ai.usage.output_tokens": 3}
    assert json.loads(values["cost_sent"]) == {"gen_ai.usage.cost": 0.25}
    assert values["cost"] == {"total": 250_000_000_000}


@pytest.mark.parametrize("operation", ["invoke_agent", "agent_step"])
def test_sums_over_several_calls_are_not_counted(operation: str) -> None:
    attributes = {
        "gen_ai.operation.name": operation,
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 1,
        "gen_ai.usage.cost": 1,
    }
    values = values_of(attributes)
    assert not {"model", "usage", "cost", "model_parameters"} & values.keys()
    assert {"usage_sent", "cost_sent"} <= values.keys()


@pytest.mark.parametrize(
    ("attributes", "cost"),
    [
        (
            {"langfuse.observation.cost_details": '{"input": 1, "output": -2}', "gen_ai.usage.cost": 9},
            {"input": 10**12, "total": 10**12},
        ),
        ({"gen_ai.usage.cost": "0.5", "llm.cost.total": 9}, {"total": 5 * 10**11}),
        (
            {"llm.cost.total": 3, "llm.cost.prompt": 1, "llm.cost.completion": 2},
            {"input": 10**12, "output": 2 * 10**12, "total": 3 * 10**12},
        ),
        ({"gen_ai.usage.cost": "free"}, None),
    ],
)
def test_cost_comes_from_the_first_that_names_it(attributes: dict[str, Any], cost: dict[str, int] | None) -> None:
    assert values_of(attributes).get("cost") == cost
