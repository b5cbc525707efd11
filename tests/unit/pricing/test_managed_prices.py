"""The shipped price table: what it holds, whom it matches, and that it is what its tool builds."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import pytest
from genai_prices.data import providers

from panope.domain.pricing import PriceBook, check_pattern
from panope.domain.usage_types import SPELLINGS
from panope.features.pricing import managed as module
from panope.features.pricing.managed import CONTEXT_PATTERN, load_managed
from tools import build_prices

TABLE = Path(module.__file__).with_name("managed_prices.json")
AT = datetime(2026, 9, 1, tzinfo=UTC)
AT_US = int(AT.timestamp()) * 10**6


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return PriceBook((), load_managed())


def _prices(book: PriceBook, name: str, at_us: int = AT_US) -> dict[str, Decimal]:
    model = book.match(name, at_us)
    assert model is not None, name
    assert model.default_tier is not None
    return model.default_tier.prices


@pytest.mark.parametrize(
    ("name", "input_price", "output_price"),
    [
        ("gpt-4o", "0.0000025", "0.00001"),
        ("gpt-4o-2024-08-06", "0.0000025", "0.00001"),
        ("gpt-4o-mini", "0.00000015", "0.0000006"),
        ("gpt-3.5-turbo", "0.0000005", "0.0000015"),
        ("gpt-4", "0.00003", "0.00006"),
        ("mistral-7b", "0.00000025", "0.00000025"),
        ("claude-3-5-sonnet-20241022", "0.000003", "0.000015"),
        ("gemini-2.5-pro", "0.00000125", "0.00001"),
        ("mixtral-8x7b", "0.0000007", "0.0000007"),
        ("llama-3.3-70b-versatile", "0.00000059", "0.00000079"),
        ("deepseek-chat", "0.00000027", "0.0000011"),
        ("llama3", "0.00000005", "0.00000008"),
    ],
)
def test_well_known_models_have_their_prices(book: PriceBook, name: str, input_price: str, output_price: str) -> None:
    prices = _prices(book, name)
    assert (prices["input"], prices["output"]) == (Decimal(input_price), Decimal(output_price))


@pytest.mark.parametrize(
    ("name", "same_as"),
    [
        ("openai/gpt-4o", "gpt-4o"),
        ("azure/gpt-4o", "gpt-4o"),
        ("openai:gpt-4o", "gpt-4o"),
        ("GPT-4o", "gpt-4o"),
        ("gateway/openai/gpt-4o", "gpt-4o"),
        ("gpt-4o-20240806", "gpt-4o"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("vertex_ai/gemini-2.5-flash", "gemini-2.5-flash"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "bedrock/anthropic.claude-3-haiku-20240307-v1:0"),
        (
            "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
    ],
)
def test_provider_prefixes_lead_to_the_same_entry(book: PriceBook, name: str, same_as: str) -> None:
    assert book.match(name, AT_US) is book.match(same_as, AT_US) is not None


def test_price_of_a_gateway_beats_that_of_the_maker_only_under_its_prefix(book: PriceBook) -> None:
    names = [found.name if (found := book.match(name, AT_US)) else None for name in _GATEWAY_NAMES]
    assert names == ["gpt-4o", "openrouter/openai/gpt-4o", "groq/llama-3.3-70b-versatile"]


_GATEWAY_NAMES = ("openai/gpt-4o", "openrouter/openai/gpt-4o", "groq/llama-3.3-70b-versatile")


def test_self_hosted_models_are_known_and_unpriced(book: PriceBook) -> None:
    model = book.match("ollama/mistral-7b", AT_US)
    assert model is not None
    assert book.price(model, {"input": 10, "output": 10, "total": 20}).cost == {}


@pytest.mark.parametrize("name", ["", "my-own-model", "gpt-4o-of-my-own", "gpt", "4o", "x" * 5000])
def test_names_that_nobody_lists_are_not_guessed_at(book: PriceBook, name: str) -> None:
    assert book.match(name, AT_US) is None


def test_price_change_takes_effect_on_its_date(book: PriceBook) -> None:
    change_us = int(datetime(2026, 8, 17, tzinfo=UTC).timestamp()) * 10**6
    before, after = (_prices(book, "deepseek-v4-pro", at)["input"] for at in (change_us - 1, change_us))
    assert (before, after) == (Decimal("0.000000435"), Decimal("0.00000066"))


def test_large_context_has_its_own_tier(book: PriceBook) -> None:
    model = book.match("gemini-2.5-pro", AT_US)
    assert model is not None
    small = book.price(model, {"input": 200_000, "output": 10, "total": 200_010})
    large = book.price(model, {"input": 150_000, "input_cached_tokens": 50_001, "output": 10, "total": 200_011})
    assert (small.tier_name, large.tier_name) == ("Standard", "Input above 200,000 tokens")
    assert small.cost["input"] == 200_000 * 1_250_000
    assert large.cost["input"] == 150_000 * 2_500_000
    assert large.cost["input_cached_tokens"] == 50_001 * 250_000


def test_service_tier_selects_its_prices(book: PriceBook) -> None:
    model = book.match("gpt-4o", AT_US)
    assert model is not None
    priced = book.price(model, {"input": 1000, "total": 1000}, {"service_tier": "priority"})
    assert (priced.tier_name, priced.cost["total"]) == ("Priority", 4_250_000_000)


def test_names_match_their_own_entry_first() -> None:
    """One in ten: a name that the matcher walks for the first time takes milliseconds."""
    table = load_managed()
    names = list(dict.fromkeys(model.name for model in table.models))
    assert len(names) > 2_000
    for name in names[1::10]:  # the first stands for every name with a prefix of its own
        found = table.candidates(name)
        assert found, name
        assert found[0].name == name


@pytest.mark.parametrize("provider_id", sorted(build_prices.MAKERS.keys() - {"zhipuai"} | build_prices.HOSTS.keys()))
def test_every_model_of_a_provider_has_the_prices_of_the_source(book: PriceBook, provider_id: str) -> None:
    """Under its provider's prefix, by each name that the source knows it by, on a date amid several changes."""
    provider = next(one for one in providers if one.id == provider_id)
    prefix = {**build_prices.MAKERS, **build_prices.HOSTS}[provider_id].split()[0]
    for model in provider.models:
        for alternative in build_prices.alternatives_of(model.match):
            owner = provider.find_model(alternative.sample)
            assert owner is not None
            expected = build_prices.resolve(build_prices.prices_on(owner, AT.date()), 0)
            is_double_name = alternative.sample == "anthropic/claude-sonnet-4"
            if not expected or is_double_name:
                continue
            found = _prices(book, f"{prefix}/{alternative.sample}")
            assert found == {key: round(price, 9) / 10**6 for key, price in expected.items()}, alternative.sample


def test_entries_are_sound() -> None:
    models = load_managed().models
    assert len({model.id for model in models}) == len(models)
    for model in models:
        check_pattern(model.match_pattern)
        assert model.match_pattern.startswith("(?i)^")
        assert model.is_managed
        assert [tier.priority for tier in model.tiers] == list(range(len(model.tiers)))
        assert len({tier.name for tier in model.tiers}) == len(model.tiers)
        assert len({frozenset(tier.prices) for tier in model.tiers}) == 1
        assert all(usage_type in SPELLINGS for tier in model.tiers for usage_type in tier.prices)
        assert all(price >= 0 for tier in model.tiers for price in tier.prices.values())


def test_context_pattern_takes_in_every_kind_of_input_and_no_output() -> None:
    pattern = re.compile(CONTEXT_PATTERN, re.IGNORECASE)
    for spelling, kind in SPELLINGS.items():
        if kind.name in {"output", "total"} or kind.part_of == "output":
            assert pattern.search(spelling) is None
        elif kind.name == "input" or kind.is_cache:
            assert pattern.search(spelling) is not None, spelling


def test_committed_table_is_what_the_tool_builds() -> None:
    text = TABLE.read_text()
    if f"genai-prices {version('genai-prices')} " not in text:
        pytest.skip("another version of the source is installed than the one that the table was built from")
    assert build_prices.build() == text


def test_table_is_small_and_quick_to_load() -> None:
    assert TABLE.stat().st_size <= 1_000_000
    assert _best_of(3, load_managed.__wrapped__) < 0.25, "it takes 15 ms on an idle machine"


def _best_of(times: int, call: Callable[[], object]) -> float:
    taken = []
    for _ in range(times):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return min(taken)
