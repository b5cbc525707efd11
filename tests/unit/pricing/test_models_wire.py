"""Definitions as clients send them, and models as they are shown."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.errors import InvalidError
from panope.domain.pricing import PriceModel, PriceTier, TierCondition
from panope.features.pricing.managed import load_managed
from panope.ports.telemetry import UnpricedModel
from panope.wire.langfuse.clients import knows_attribute_conditions
from panope.wire.langfuse.models import (
    encode_model,
    encode_models,
    encode_unpriced,
    read_model,
)
from panope.wire.langfuse.paging import PageNumber

FLAT = {"modelName": "house", "matchPattern": "(?i)^house$", "unit": "TOKENS", "inputPrice": 1e-6, "outputPrice": 2e-6}
DEFAULT = {"name": "Standard", "isDefault": True, "priority": 0, "conditions": [], "prices": {"input": 1e-6}}
USAGE = {"usageDetailPattern": "^input", "operator": "gt", "value": 200000, "caseSensitive": False}
LARGE = {"name": "Large", "priority": 1, "conditions": [USAGE], "prices": {"input": 2e-6}}


def _read(**changes: Any) -> PriceModel:
    return read_model(json.dumps({name: value for name, value in (FLAT | changes).items() if value != "-"}).encode())


def _tiers(*tiers: dict[str, Any]) -> PriceModel:
    return _read(inputPrice="-", outputPrice="-", pricingTiers=list(tiers))


def _problems(call: Any, *args: Any, **kwargs: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(InvalidError) as caught:
        call(*args, **kwargs)
    return [(issue.path, issue.message) for issue in caught.value.issues]


class TestReading:
    def test_flat_prices_become_the_default_tier_exactly(self) -> None:
        model = _read()
        assert (model.name, model.match_pattern, model.unit, model.start_us) == ("house", "(?i)^house$", "TOKENS", None)
        (tier,) = model.tiers
        assert (tier.name, tier.is_default, tier.priority) == ("Standard", True, 0)
        assert tier.prices == {"input": Decimal("0.000001"), "output": Decimal("0.000002")}

    def test_tiers_are_read_in_order_of_priority(self) -> None:
        flex = {"source": "model_parameters", "key": "service_tier", "operator": "in", "values": ["flex"]}
        model = _tiers(LARGE, DEFAULT, LARGE | {"name": "Flex", "priority": 2, "conditions": [flex]})
        assert [tier.name for tier in model.tiers] == ["Standard", "Large", "Flex"]
        assert model.tiers[1].conditions == (TierCondition(usage_pattern="^input", operator="gt", value=200000),)
        assert model.tiers[2].conditions[0].values == ("flex",)

    def test_start_date_is_read_with_its_offset(self) -> None:
        assert _read(startDate="2024-01-01T02:00:00+02:00").start_us == 1_704_067_200_000_000

    def test_nulls_mean_not_given(self) -> None:
        model = _read(startDate=None, totalPrice=None, pricingTiers=None, tokenizerId=None, tokenizerConfig=None)
        assert model.tokenizer_config is None

    def test_clients_from_before_the_unit_was_required_may_leave_it_out(self) -> None:
        assert _read(unit="-").unit == "TOKENS"

    def test_unknown_keys_are_ignored(self) -> None:
        assert _read(isLangfuseManaged=True, id="x").is_managed is False

    @pytest.mark.parametrize(
        ("changes", "place", "message"),
        [
            ({"modelName": "-"}, (), "modelName"),
            ({"modelName": 5}, ("modelName",), "Expected `str`"),
            ({"modelName": ""}, ("modelName",), "length >= 1"),
            ({"unit": "PIXELS"}, ("unit",), "Invalid enum value"),
            ({"tokenizerId": "other"}, ("tokenizerId",), "Invalid enum value"),
            ({"matchPattern": "(?!x)"}, ("matchPattern",), "Look-ahead"),
            ({"startDate": "yesterday"}, ("startDate",), "ISO 8601"),
            ({"startDate": "2024-01-01T00:00:00"}, ("startDate",), "ISO 8601"),
            ({"inputPrice": -1}, ("inputPrice",), "between 0 and"),
            ({"inputPrice": "NaN"}, ("inputPrice",), "between 0 and"),
            ({"inputPrice": 1e-40}, ("inputPrice",), "at most 30 decimals"),
            ({"totalPrice": 1}, ("totalPrice",), "cost twice"),
            ({"inputPrice": "-", "outputPrice": "-"}, ("pricingTiers",), "are needed"),
            ({"pricingTiers": [DEFAULT]}, ("pricingTiers",), "use one of the two"),
        ],
    )
    def test_what_contradicts_the_contract_is_named_with_its_place(
        self, changes: dict[str, Any], place: tuple[str, ...], message: str
    ) -> None:
        ((found, text),) = _problems(_read, **changes)
        assert found == place
        assert message in text

    @pytest.mark.parametrize(
        ("tiers", "place", "message"),
        [
            ([], ("pricingTiers",), "exactly one tier"),
            ([DEFAULT, DEFAULT | {"name": "Two"}], ("pricingTiers",), "exactly one tier"),
            ([DEFAULT, LARGE | {"name": "Standard"}], ("pricingTiers",), "name of their own"),
            ([DEFAULT, LARGE | {"priority": 0}], ("pricingTiers",), "priority of their own"),
            ([DEFAULT, LARGE | {"prices": {"output": 1}}], ("pricingTiers",), "same usage types"),
            ([DEFAULT | {"priority": 3}], ("pricingTiers", 0), "priority 0 and no conditions"),
            ([DEFAULT | {"conditions": [USAGE]}], ("pricingTiers", 0), "priority 0 and no conditions"),
            ([DEFAULT | {"prices": {}}], ("pricingTiers", 0, "prices"), "at least one price"),
            ([DEFAULT, LARGE | {"conditions": []}], ("pricingTiers", 1, "conditions"), "at least one condition"),
            ([DEFAULT | {"name": "x" * 101}], ("pricingTiers", 0, "name"), "length <= 100"),
            ([DEFAULT, LARGE | {"priority": 1000}], ("pricingTiers", 1, "priority"), "<= 999"),
        ],
    )
    def test_tiers_that_contradict_each_other_are_refused(
        self, tiers: list[dict[str, Any]], place: tuple[str | int, ...], message: str
    ) -> None:
        problems = _problems(_tiers, *tiers)
        assert any(found == place and message in text for found, text in problems), problems

    @pytest.mark.parametrize(
        ("condition", "message"),
        [
            (USAGE | {"operator": "in"}, "operators gt"),
            (USAGE | {"operator": "about"}, "Invalid enum value"),
            (USAGE | {"value": None}, "needs a value"),
            (USAGE | {"usageDetailPattern": "x" * 201}, "at most 200"),
            (USAGE | {"usageDetailPattern": "(a"}, "Close every"),
            ({"source": "metadata", "key": "k", "operator": "in", "values": []}, "at least one of values"),
            ({"source": "metadata", "key": "", "operator": "in", "values": ["a"]}, "needs a key"),
            ({"source": "metadata", "key": "k", "operator": "eq", "values": ["a"]}, "operator in"),
            ({"source": "weather", "key": "k", "operator": "in", "values": ["a"]}, "Invalid enum value"),
        ],
    )
    def test_conditions_that_mean_nothing_are_refused(self, condition: dict[str, Any], message: str) -> None:
        ((place, text),) = _problems(_tiers, DEFAULT, LARGE | {"conditions": [condition]})
        assert place[:4] == ("pricingTiers", 1, "conditions", 0)
        assert message in text

    def test_all_problems_are_told_at_once(self) -> None:
        problems = _problems(_read, matchPattern="(", startDate="?", inputPrice=-1)
        assert [place for place, _ in problems] == [("matchPattern",), ("startDate",), ("inputPrice",)]

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
    def test_what_is_no_object_is_refused(self, body: bytes) -> None:
        assert len(_problems(read_model, body)) == 1


class TestShowing:
    def test_definition_comes_back_as_it_was_sent(self) -> None:
        model = _tiers(DEFAULT, LARGE)
        shown = json.loads(encode_model(model))
        sent = [DEFAULT, LARGE | {"isDefault": False}]
        assert [{key: value for key, value in tier.items() if key != "id"} for tier in shown["pricingTiers"]] == sent

    def test_every_field_is_there_whether_known_or_not(self) -> None:
        shown = json.loads(encode_model(_read()))
        assert shown == {
            "id": "",
            "modelName": "house",
            "matchPattern": "(?i)^house$",
            "startDate": None,
            "unit": "TOKENS",
            "inputPrice": 1e-6,
            "outputPrice": 2e-6,
            "totalPrice": None,
            "tokenizerId": None,
            "tokenizerConfig": None,
            "isLangfuseManaged": False,
            "createdAt": "1970-01-01T00:00:00.000Z",
            "prices": {"input": {"price": 1e-6}, "output": {"price": 2e-6}},
            "pricingTiers": [
                {
                    "id": "",
                    "name": "Standard",
                    "isDefault": True,
                    "priority": 0,
                    "conditions": [],
                    "prices": {"input": 1e-6, "output": 2e-6},
                }
            ],
        }

    @given(st.floats(1e-12, 1))
    def test_price_survives_the_round_trip_to_the_last_digit(self, price: float) -> None:
        shown = json.loads(encode_model(_read(inputPrice=price)))
        assert shown["inputPrice"] == price

    def test_page_is_cut_and_counted(self) -> None:
        models = [PriceModel(id=str(n), name=str(n), match_pattern="x") for n in range(5)]
        shown = json.loads(encode_models(models, PageNumber(2, 2)))
        assert [model["id"] for model in shown["data"]] == ["2", "3"]
        assert shown["meta"] == {"page": 2, "limit": 2, "totalItems": 5, "totalPages": 3}
        assert json.loads(encode_models(models, PageNumber(9, 2)))["data"] == []

    @pytest.mark.parametrize(
        ("sdk", "known"),
        [("python 4.14.9", False), ("python 3.15.0", False), ("python 4.15.0", True), ("python 5.0.4", True)],
    )
    def test_old_python_sdks_are_not_shown_tiers_that_they_cannot_read(self, sdk: str, *, known: bool) -> None:
        flex = TierCondition(source="model_parameters", key="service_tier", operator="in", values=("flex",))
        tiers = (
            PriceTier(id="a", name="Standard", is_default=True, priority=0),
            PriceTier(id="b", name="Flex", is_default=False, priority=1, conditions=(flex,)),
        )
        model = PriceModel(id="m", name="m", match_pattern="m", tiers=tiers)
        assert len(json.loads(encode_model(model, sdk=sdk))["pricingTiers"]) == (2 if known else 1)
        assert knows_attribute_conditions(sdk) is known

    @pytest.mark.parametrize("sdk", [None, "", " ", "python ", "javascript 4.0.0", "python unknown"])
    def test_unknown_clients_see_everything(self, sdk: str | None) -> None:
        assert knows_attribute_conditions(sdk)

    def test_every_managed_model_can_be_shown(self) -> None:
        models = load_managed().models
        shown = json.loads(encode_models(models, PageNumber(1, len(models))))["data"]
        assert all(model["isLangfuseManaged"] and model["pricingTiers"] for model in shown)

    def test_unpriced_models_are_shown_with_their_last_use(self) -> None:
        answer = json.loads(encode_unpriced([UnpricedModel(model="x", uses=2, total_tokens=9, last_us=1_000_000)]))
        assert answer == {
            "data": [{"model": "x", "uses": 2, "totalTokens": 9, "lastUsedAt": "1970-01-01T00:00:01.000Z"}]
        }
