"""Definitions of price models, `POST` and `PUT`."""

from typing import Any, Final

from tests.api.bad_inputs.shapes import RAW, Accepted, Refused, named_values, values

GOOD: Final = {"modelName": "mine", "matchPattern": "(?i)^mine$", "inputPrice": 0.000001, "unit": "TOKENS"}


def model(**body: Any) -> dict[str, Any]:
    """A good definition but for what is said here."""
    return {**GOOD, **body}


def without(key: str) -> dict[str, Any]:
    """A good definition that lacks a key."""
    return {name: value for name, value in GOOD.items() if name != key}


def tiers(*listed: dict[str, Any]) -> dict[str, Any]:
    """A definition by tiers."""
    return {**without("inputPrice"), "pricingTiers": list(listed)}


TIER: Final = {"name": "Standard", "isDefault": True, "priority": 0, "prices": {"input": 1e-6}, "conditions": []}
CONDITION: Final = {"usageDetailPattern": "input", "operator": "gt", "value": 200_000}
SECOND: Final = {**TIER, "name": "Large", "isDefault": False, "priority": 1, "conditions": [CONDITION]}

REFUSED: Final = [
    *(
        Refused(name=f"{name} as body", sent=sent, code="invalid_type")
        for name, sent in named_values({"null": None, "a list": [], "text": "x", "a number": 7})
    ),
    *(
        Refused(name=f"no {key}", sent=without(key), code="invalid_type", says=key)
        for key in ("modelName", "matchPattern")
    ),
    *(
        Refused(name=f"{key} {value!r}", sent=model(**{key: value}), code="invalid_type")
        for key in ("modelName", "matchPattern", "inputPrice", "unit", "startDate", "tokenizerId", "tokenizerConfig")
        for value in values(
            [
                True,
                [],
                "" if key in {"modelName", "inputPrice", "unit", "tokenizerId", "tokenizerConfig"} else 7,
            ]
        )
    ),
    Refused(name="name of 256 letters", sent=model(modelName="m" * 256), code="invalid_type"),
    Refused(name="empty pattern", sent=model(matchPattern=""), code="invalid_pattern"),
    Refused(name="pattern that is none", sent=model(matchPattern="(["), code="invalid_pattern"),
    Refused(name="pattern that looks back", sent=model(matchPattern=r"(a)\1"), code="invalid_pattern"),
    Refused(name="pattern of a megabyte", sent=model(matchPattern="a" * 1_000_000), code="invalid_pattern"),
    Refused(
        name="pattern that explodes", sent=model(matchPattern="((a{1,100}){1,100}){1,100}"), code="invalid_pattern"
    ),
    Refused(name="negative price", sent=model(inputPrice=-1), code="custom"),
    Refused(name="price of NaN", sent=model(inputPrice=RAW), raw=b"NaN", code="invalid_json"),
    Refused(name="price of NaN as text", sent=model(inputPrice="NaN"), code="custom"),
    Refused(name="infinite price as text", sent=model(inputPrice="Infinity"), code="custom"),
    Refused(name="price of 1e999", sent=model(inputPrice=RAW), raw=b"1e999", code="custom"),
    Refused(name="price of 1e-999", sent=model(inputPrice=RAW), raw=b"1e-999", code="custom"),
    Refused(name="price of a thousand digits", sent=model(inputPrice=10**1000), code="custom"),
    Refused(name="no price", sent=without("inputPrice"), code="custom"),
    Refused(name="total beside input", sent=model(totalPrice=1e-6), code="custom"),
    Refused(name="tiers beside a price", sent=model(pricingTiers=[TIER]), code="custom"),
    Refused(name="no tiers", sent=tiers(), code="custom"),
    Refused(name="two defaults", sent=tiers(TIER, {**TIER, "name": "b", "priority": 1}), code="custom"),
    Refused(name="tiers of one name", sent=tiers(TIER, {**SECOND, "name": "Standard"}), code="custom"),
    Refused(name="tier without conditions", sent=tiers(TIER, {**SECOND, "conditions": []}), code="custom"),
    Refused(name="tier with other prices", sent=tiers(TIER, {**SECOND, "prices": {"output": 1}}), code="custom"),
    Refused(name="priority of 1000", sent=tiers({**TIER, "priority": 1000}), code="invalid_type"),
    Refused(
        name="condition on NaN",
        sent=tiers(TIER, {**SECOND, "conditions": [{**CONDITION, "value": float("nan")}]}),
        code="invalid_json",
    ),
    Refused(
        name="condition without pattern that is one",
        sent=tiers(TIER, {**SECOND, "conditions": [{**CONDITION, "usageDetailPattern": "(["}]}),
        code="invalid_pattern",
    ),
    Refused(name="prices as a list", sent=tiers({**TIER, "prices": [1]}), code="invalid_type"),
    Refused(name="date that is none", sent=model(startDate="soon"), code="invalid_time"),
    Refused(name="date without zone", sent=model(startDate="2027-01-01T00:00:00"), code="invalid_time"),
    Refused(name="bytes that are no UTF-8", sent=model(modelName=RAW), raw=b'"a\xff"', code="invalid_json"),
    Refused(name="half a surrogate pair", sent=model(modelName="\ud800"), code="invalid_json"),
    Refused(
        name="20000 levels",
        sent=model(tokenizerConfig=RAW),
        raw=b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        code="invalid_json",
    ),
    Refused(name="not JSON", sent=RAW, raw=b"{", code="invalid_json"),
    Refused(name="nothing", sent=RAW, raw=b"", code="invalid_json"),
    Refused(name="NUL in the name", sent=model(modelName="a\0b"), code="invalid_text"),
    Refused(name="NUL in the pattern", sent=model(matchPattern="a\0b"), code="invalid_text"),
    Refused(name="NUL in a usage type", sent=tiers({**TIER, "prices": {"in\0put": 1}}), code="invalid_text"),
    Refused(name="NUL in the tokenizer", sent=model(tokenizerConfig={"a": "\0"}), code="invalid_text"),
    Refused(
        name="NUL in a condition",
        sent=tiers(
            TIER, {**SECOND, "conditions": [{"source": "metadata", "key": "a\0", "operator": "in", "values": ["a"]}]}
        ),
        code="invalid_text",
    ),
    Refused(
        name="tokenizer of 201 levels",
        sent=model(tokenizerConfig=RAW),
        raw=b'{"a":' * 201 + b"1" + b"}" * 201,
        code="too_deep",
    ),
]

ACCEPTED: Final = [
    Accepted(name="unknown keys", sent=model(colour="red"), shows={"modelName": "mine"}),
    Accepted(
        name="backslashes before what looks like NUL", sent=model(modelName=r"a\u0000"), shows={"modelName": r"a\u0000"}
    ),
    Accepted(name="30 digits in the tokenizer", sent=model(tokenizerConfig={"a": 10**30}), shows={"modelName": "mine"}),
    Accepted(name="name of 255 letters", sent=model(modelName="é" * 255), shows={"modelName": "é" * 255}),
    Accepted(name="markup in the name", sent=model(modelName="<script>'; --"), shows={"modelName": "<script>'; --"}),
    Accepted(name="price as text", sent=model(inputPrice="0.000001"), shows={"inputPrice": 0.000001}),
    Accepted(name="price of zero", sent=model(inputPrice=0), shows={"inputPrice": 0}),
    Accepted(name="tiers", sent=tiers(TIER, SECOND), shows={"inputPrice": 0.000001}),
]
