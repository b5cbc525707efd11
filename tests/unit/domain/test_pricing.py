"""The choice of a price model and its tier, and what usage costs by it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.costing import MAX_COST, RateCard, rate_of
from panope.domain.errors import InvalidError
from panope.domain.pricing import (
    ManagedModels,
    PriceBook,
    PriceModel,
    PriceTier,
    TierCondition,
    check_pattern,
    choose_tier,
)
from panope.domain.usage_types import KINDS, SPELLINGS, parts_within, root_of

PRICES = {"input": Decimal("0.0000025"), "output": Decimal("0.00001")}


def _tier(
    name: str = "Standard", *, priority: int = 0, conditions: tuple[TierCondition, ...] = (), **prices: str
) -> PriceTier:
    amounts = {key: Decimal(price) for key, price in prices.items()} or PRICES
    return PriceTier(
        id=f"{name}-id", name=name, is_default=priority == 0, priority=priority, conditions=conditions, prices=amounts
    )


def _model(
    name: str, pattern: str, *tiers: PriceTier, start_us: int | None = None, managed: bool = False
) -> PriceModel:
    tiers = tiers or (_tier(),)
    return PriceModel(
        id=f"{name}@{start_us}",
        name=name,
        match_pattern=pattern,
        start_us=start_us,
        tiers=tiers,
        is_managed=managed,
    )


class TestMatching:
    def test_pattern_is_searched_anywhere_and_minds_case(self) -> None:
        book = PriceBook((_model("m", "gpt-4o"),))
        assert book.match("vendor/gpt-4o-2024", 0) is not None
        assert book.match("GPT-4o", 0) is None

    def test_inline_flag_makes_a_pattern_blind_to_case(self) -> None:
        book = PriceBook((_model("m", "(?i)^gpt-4o$"),))
        assert book.match("GPT-4O", 0) is not None
        assert book.match("GPT-4O-mini", 0) is None

    def test_own_model_beats_managed_one_of_later_start(self) -> None:
        book = PriceBook((_model("managed", "gpt", start_us=50, managed=True), _model("own", "gpt")))
        found = book.match("gpt", 100)
        assert found is not None
        assert found.name == "own"

    def test_latest_start_that_has_come_wins_and_no_start_is_last(self) -> None:
        book = PriceBook(tuple(_model("m", "gpt", start_us=start) for start in (None, 10, 20, 99)))
        starts = [found.start_us if (found := book.match("gpt", at)) else "none" for at in (5, 10, 19, 20, 98, 99)]
        assert starts == [None, 10, 10, 20, 20, 99]

    def test_own_model_that_has_not_started_leaves_the_managed_one_in_place(self) -> None:
        book = PriceBook((_model("own", "gpt", start_us=10), _model("managed", "gpt", managed=True)))
        names = [found.name if (found := book.match("gpt", at)) else None for at in (9, 10)]
        assert names == ["managed", "own"]

    def test_earlier_family_of_managed_models_wins_over_later_start_of_another(self) -> None:
        managed = ManagedModels(
            (_model("first", "gpt", managed=True), _model("second", "gpt", start_us=5, managed=True)),
        )
        found = PriceBook((), managed).match("gpt", 100)
        assert found is not None
        assert found.name == "first"

    def test_pattern_that_does_not_compile_matches_nothing_and_harms_no_other(self) -> None:
        book = PriceBook((_model("broken", "(?=gpt)"), _model("sound", "gpt")))
        found = book.match("gpt", 0)
        assert found is not None
        assert found.name == "sound"

    def test_name_that_no_encoding_holds_is_simply_unknown(self) -> None:
        book = PriceBook((_model("own", "^gpt$"), _model("managed", "^gpt$", managed=True)))
        assert book.match("gpt\ud800", 0) is None

    def test_memo_stays_bounded_under_invented_names(self) -> None:
        book = PriceBook((_model("m", "x", managed=True),))
        for number in range(20_000):
            book.match(f"name-{number}", 0)
        assert len(book._memo) <= 8_192
        assert len(book.managed._memo) <= 8_192

    @given(st.lists(st.tuples(st.text("gpt4o-/", max_size=6), st.integers(0, 30)), max_size=12))
    def test_memo_changes_no_answer(self, questions: list[tuple[str, int]]) -> None:
        models = (
            _model("a", "^gpt$", start_us=10),
            _model("b", "gpt"),
            _model("c", "4o", managed=True),
            _model("c", "4o", start_us=20, managed=True),
        )
        book = PriceBook(models)
        for name, at_us in [*questions, *questions]:
            assert book.match(name, at_us) == PriceBook(models).match(name, at_us)


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "advice"),
        [
            ("^(?!gpt)", "list the names"),
            ("gpt(?=-4)", "Look-ahead"),
            ("(?<=x)gpt", "Look-behind"),
            (r"(gpt)\1", "back-references"),
            ("(gpt", "Close every bracket"),
            ("gpt[", "Close every bracket"),
            ("gpt{2000}", "at most 1000"),
            ("", "between 1 and"),
        ],
    )
    def test_pattern_that_cannot_be_matched_is_refused_with_what_to_write(self, pattern: str, advice: str) -> None:
        with pytest.raises(InvalidError, match=advice) as caught:
            check_pattern(pattern)
        assert caught.value.code == "invalid_pattern"

    @pytest.mark.parametrize("pattern", ["(?i)^(gpt-4o)(-[\\d-]+)?$", "claude", "^ft:gpt-4o:.+", r"\bgpt\b"])
    def test_common_patterns_are_accepted(self, pattern: str) -> None:
        check_pattern(pattern)


class TestTiers:
    large = _tier(
        "Large",
        priority=2,
        conditions=(TierCondition(usage_pattern="^input", operator="gt", value=200_000),),
        input="0.000005",
    )
    flex = _tier(
        "Flex",
        priority=1,
        conditions=(TierCondition(source="model_parameters", key="service_tier", values=("flex", "1")),),
        input="0.000001",
    )
    model = _model("m", "m", _tier(), large, flex)

    def _name(self, usage: dict[str, int], parameters: dict[str, object] | None = None, **metadata: object) -> str:
        tier = choose_tier(self.model, usage, parameters, metadata)
        assert tier is not None
        return tier.name

    def test_default_tier_holds_when_no_condition_does(self) -> None:
        assert self._name({"input": 200_000, "output": 900_000}) == "Standard"

    def test_usage_condition_adds_up_the_types_that_its_pattern_finds(self) -> None:
        assert self._name({"input": 150_000, "INPUT_cached_tokens": 50_001}) == "Large"
        assert self._name({"input": 150_000, "cached": 50_001}) == "Standard"

    def test_lower_priority_number_is_tried_first(self) -> None:
        assert self._name({"input": 300_000}, {"service_tier": "flex"}) == "Flex"

    def test_attribute_is_compared_as_text(self) -> None:
        assert self._name({"input": 1}, {"service_tier": 1}) == "Flex"
        assert self._name({"input": 1}, {"service_tier": None}) == "Standard"

    def test_attribute_of_another_source_does_not_count(self) -> None:
        assert self._name({"input": 1}, None, service_tier="flex") == "Standard"

    @pytest.mark.parametrize(
        ("operator", "holds_at"),
        [("gt", {11}), ("gte", {10, 11}), ("lt", {9}), ("lte", {9, 10}), ("eq", {10}), ("neq", {9, 11})],
    )
    def test_operators_compare_as_they_are_named(self, operator: str, holds_at: set[int]) -> None:
        condition = TierCondition(usage_pattern="input", operator=operator, value=10)
        model = _model("m", "m", _tier(), _tier("Other", priority=1, conditions=(condition,)))
        found = {n for n in (9, 10, 11) if (tier := choose_tier(model, {"input": n})) and tier.name == "Other"}
        assert found == holds_at

    def test_case_sensitive_condition_minds_case(self) -> None:
        condition = TierCondition(usage_pattern="input", operator="gt", value=0, case_sensitive=True)
        model = _model("m", "m", _tier(), _tier("Other", priority=1, conditions=(condition,)))
        tier = choose_tier(model, {"INPUT": 5})
        assert tier is not None
        assert tier.name == "Standard"

    def test_priced_usage_names_the_tier_that_was_used(self) -> None:
        priced = PriceBook().price(self.model, {"input": 10, "total": 10}, {"service_tier": "flex"}, None)
        assert (priced.tier_id, priced.tier_name, priced.cost["total"]) == ("Flex-id", "Flex", 10_000_000)


class TestCost:
    def test_cost_is_units_times_price_per_type_and_their_sum(self) -> None:
        priced = PriceBook().price(_model("m", "m"), {"input": 1000, "output": 200, "total": 1200})
        assert priced.cost == {"input": 2_500_000_000, "output": 2_000_000_000, "total": 4_500_000_000}

    def test_price_of_the_total_decides_the_total(self) -> None:
        model = _model("m", "m", _tier(total="0.000003"))
        assert PriceBook().price(model, {"input": 1, "output": 2, "total": 3}).cost == {"total": 9_000_000}

    def test_usage_without_any_priced_type_is_unpriced_and_not_free(self) -> None:
        priced = PriceBook().price(_model("m", "m"), {"images": 3, "total": 3})
        assert (priced.cost, priced.tier_id) == ({}, None)

    def test_empty_usage_is_unpriced(self) -> None:
        assert PriceBook().price(_model("m", "m"), {}).cost == {}

    def test_free_model_costs_zero_which_is_a_price(self) -> None:
        model = _model("m", "m", _tier(input="0", output="0"))
        assert PriceBook().price(model, {"input": 5, "total": 5}).cost == {"input": 0, "total": 0}

    def test_cost_beyond_every_plausible_amount_is_not_priced(self) -> None:
        model = _model("m", "m", _tier(input="1000"))
        assert PriceBook().price(model, {"input": 10**15, "total": 10**15}).cost == {}
        assert PriceBook().price(model, {"input": 999, "total": 999}).cost["total"] == 999_000 * 10**12 < MAX_COST

    def test_unit_prices_are_plain_decimal_text_of_the_default_tier(self) -> None:
        assert PriceBook().unit_prices(_model("m", "m")) == {"input": "0.0000025", "output": "0.00001"}
        cheap = _model("m", "m", _tier(input="1E-9", output_audio="1"))
        assert PriceBook().unit_prices(cheap) == {"input": "0.000000001"}

    @given(
        st.dictionaries(st.sampled_from(["input", "output", "custom"]), st.integers(0, 300_000), min_size=1),
        st.decimals("0.0000000001", "1", places=10),
    )
    def test_total_is_the_exact_sum_of_exact_parts(self, usage: dict[str, int], price: Decimal) -> None:
        cost = RateCard(dict.fromkeys(["input", "output", "custom"], price), is_managed=False).cost(usage)
        parts = {name: int(Fraction(price) * units * 10**12) for name, units in usage.items()}
        assert cost == {**parts, "total": sum(parts.values())}

    @given(st.integers(0, 10**15), st.decimals(0, 1, places=20))
    def test_what_is_below_a_pico_dollar_is_rounded_half_to_even(self, units: int, price: Decimal) -> None:
        assert rate_of(price).times(units) == round(Fraction(price) * units * 10**12)

    def test_halves_round_to_even(self) -> None:
        half = rate_of(Decimal("0.0000000000005"))
        assert [half.times(units) for units in (1, 2, 3, 5, 7)] == [0, 1, 2, 2, 4]


class TestUsageTypes:
    managed = _tier(input="0.000003", output="0.000015", input_cached_tokens="0.0000003")

    def _cost(self, usage: dict[str, int], *, managed: bool = True, tier: PriceTier | None = None) -> dict[str, int]:
        tier = tier or self.managed
        micro = RateCard(tier.prices, is_managed=managed).cost(usage)
        assert all(amount % 100_000 == 0 for amount in micro.values())
        return {name: amount // 100_000 for name, amount in micro.items()}

    @pytest.mark.parametrize(
        "spelling",
        ["input_cached_tokens", "cache_read_input_tokens", "input_cache_read", "cached_content_token_count"],
    )
    def test_cached_tokens_cost_the_same_under_every_spelling(self, spelling: str) -> None:
        assert self._cost({"input": 10, spelling: 100, "total": 110}) == {"input": 300, spelling: 300, "total": 600}

    @pytest.mark.parametrize("managed", [True, False])
    @pytest.mark.parametrize("spelling", ["output_reasoning_tokens", "output_audio", "thoughts_token_count"])
    def test_part_without_a_price_of_its_own_costs_what_the_whole_costs(self, spelling: str, *, managed: bool) -> None:
        cost = self._cost({"output": 10, spelling: 20, "total": 30}, managed=managed)
        assert cost == {"output": 1500, spelling: 3000, "total": 4500}

    def test_one_number_under_two_spellings_is_charged_once(self) -> None:
        usage = {"input": 10, "input_cached_tokens": 100, "cache_read_input_tokens": 100, "total": 210}
        assert self._cost(usage)["total"] == 600
        usage = {"prompt_tokens": 10, "input_tokens": 10, "total": 20}
        assert self._cost(usage)["total"] == 300

    def test_a_spelling_without_units_leaves_its_kind_to_another(self) -> None:
        written = {"input_cache_creation": "0.000004", "input_cache_creation_1h": "0.000006"}
        tier = _tier(input="0.000003", **written)
        none = {"input": 10, "input_cache_creation": 0}
        usage = {**none, "input_ephemeral_5m_input_tokens": 100, "input_ephemeral_1h_input_tokens": 50, "total": 160}
        assert self._cost(usage, tier=tier) == {
            "input": 300,
            "input_cache_creation": 0,
            "input_ephemeral_5m_input_tokens": 4000,
            "input_ephemeral_1h_input_tokens": 3000,
            "total": 7300,
        }

    def test_cache_without_a_price_is_input_for_managed_models_and_unpriced_for_own_ones(self) -> None:
        usage = {"input": 10, "input_cached_tokens": 100, "total": 110}
        plain = _tier(input="0.000003", output="0.000015")
        assert self._cost(usage, tier=plain)["total"] == 3300
        assert self._cost(usage, tier=plain, managed=False) == {"input": 300, "total": 300}

    def test_cache_creation_for_an_hour_falls_back_to_cache_creation(self) -> None:
        tier = _tier(input="0.000003", input_cache_creation="0.000004")
        assert self._cost({"input_cache_creation_1h": 10, "total": 10}, tier=tier, managed=False)["total"] == 400

    def test_parts_that_the_total_shows_to_be_inside_the_whole_are_charged_once(self) -> None:
        usage = {"input": 100, "input_cached_tokens": 40, "output": 50, "output_reasoning_tokens": 20, "total": 150}
        cost = self._cost(usage)
        assert cost == {
            "input": 1800,
            "input_cached_tokens": 120,
            "output": 4500,
            "output_reasoning_tokens": 3000,
            "total": 9420,
        }

    def test_parts_beside_the_whole_are_charged_in_full(self) -> None:
        usage = {"input": 100, "input_cached_tokens": 40, "output": 50, "total": 190}
        assert self._cost(usage) == {"input": 3000, "input_cached_tokens": 120, "output": 7500, "total": 10620}

    def test_cache_larger_than_input_cannot_be_inside_it(self) -> None:
        usage = {"input": 100, "cache_read_input_tokens": 900, "output": 50, "total": 150}
        assert self._cost(usage)["total"] == 3000 + 2700 + 7500

    def test_own_prices_are_taken_at_their_word_whatever_the_total_says(self) -> None:
        usage = {"input": 100, "input_cached_tokens": 40, "output": 50, "total": 150}
        assert self._cost(usage, managed=False)["total"] == 3000 + 120 + 7500

    def test_own_prices_charge_no_fallback_for_parts_inside_the_whole(self) -> None:
        usage = {"input": 100, "output": 50, "output_reasoning_tokens": 20, "total": 150}
        assert self._cost(usage, managed=False) == {"input": 3000, "output": 7500, "total": 10500}

    def test_unknown_type_has_only_a_price_of_exactly_its_name(self) -> None:
        tier = _tier(input="0.000003", gpu_seconds="0.1")
        assert self._cost({"input_gpu": 5, "gpu_seconds": 2, "total": 7}, tier=tier) == {
            "gpu_seconds": 2_000_000,
            "total": 2_000_000,
        }

    @given(st.dictionaries(st.sampled_from(sorted(SPELLINGS)), st.integers(0, 1000), max_size=8))
    def test_no_usage_costs_more_than_all_its_units_at_the_dearest_price(self, usage: dict[str, int]) -> None:
        usage["total"] = sum(usage.values())
        cost = RateCard(self.managed.prices, is_managed=True).cost(usage)
        assert cost.get("total", 0) <= usage["total"] * 15_000_000
        assert cost.get("total", 0) == sum(amount for name, amount in cost.items() if name != "total")
        assert cost.keys() - {"total"} <= usage.keys()

    def test_every_part_leads_to_a_whole_and_no_spelling_is_listed_twice(self) -> None:
        roots = {root_of(kind) for kind in KINDS.values() if kind.part_of}
        assert roots == {"input", "output"}
        assert all(SPELLINGS[kind.name] is kind for kind in KINDS.values())

    def test_parts_within_needs_the_stated_total_to_leave_no_room(self) -> None:
        assert parts_within({"input": 9, "output": 1, "cached_tokens": 4, "total": 10}) == {"input": 4}
        assert parts_within({"input": 9, "output": 1, "cached_tokens": 4, "total": 14}) == {}
        assert parts_within({"input": 9, "output": 1, "cached_tokens": 4}) == {}
