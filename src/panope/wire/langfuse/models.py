"""Price models on the wire: what a client sends to define one, and how one is shown."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct, field

from panope.domain.errors import InvalidError, Issue
from panope.domain.pricing import PriceModel, PriceTier, TierCondition, check_pattern
from panope.domain.usage_types import INPUT, OUTPUT, TOTAL
from panope.ports.telemetry import UnpricedModel
from panope.wire.langfuse.clients import knows_attribute_conditions
from panope.wire.langfuse.paging import PageNumber, page_meta
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.times import format_optional_time, format_time, parse_time

DELETED: Final = b'{"message":"Model successfully deleted"}'

MAX_NAME_CHARS: Final = 255
MAX_TIER_NAME_CHARS: Final = 100
MAX_TIER_PRIORITY: Final = 999
MAX_USAGE_PATTERN_CHARS: Final = 200
MAX_DECIMALS: Final = 30
MAX_PRICE: Final = 1_000_000

Unit = Literal["CHARACTERS", "TOKENS", "MILLISECONDS", "SECONDS", "IMAGES", "REQUESTS"]
Operator = Literal["gt", "gte", "lt", "lte", "eq", "neq"]
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_CHARS)]

_INVALID: Final = "invalid_model"


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class ConditionRequest(_Camel):
    """A condition of a tier: on usage, or on an attribute of the observation when there is a `source`."""

    operator: Operator | Literal["in"]
    usage_detail_pattern: str | None = None
    value: float | None = None
    case_sensitive: bool | None = None
    source: Literal["model_parameters", "metadata"] | None = None
    key: str | None = None
    values: list[str] | None = None


class TierRequest(_Camel):
    """Prices that hold under conditions; the default tier has none."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_TIER_NAME_CHARS)]
    priority: Annotated[int, Meta(ge=0, le=MAX_TIER_PRIORITY)]
    prices: dict[str, Decimal]
    is_default: bool | None = None
    conditions: list[ConditionRequest] = field(default_factory=list)


class ModelRequest(_Camel):
    """The definition of a model: flat prices or tiers, in USD per unit."""

    model_name: Name
    match_pattern: str
    unit: Unit | None = None
    start_date: str | None = None
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    total_price: Decimal | None = None
    pricing_tiers: list[TierRequest] | None = None
    tokenizer_id: Literal["openai", "claude"] | None = None
    tokenizer_config: dict[str, Any] | None = None


class PriceBody(Struct):
    """A price in USD per unit."""

    price: float


class UsageConditionBody(_Camel):
    """The sum of the usage types that the pattern matches, compared."""

    usage_detail_pattern: str
    operator: str
    value: float
    case_sensitive: bool


class AttributeConditionBody(_Camel):
    """The text of a top-level key of the model parameters or the metadata, one of several."""

    source: str
    key: str
    operator: str
    values: list[str]


class TierBody(_Camel):
    """Prices that hold under conditions."""

    id: str
    name: str
    is_default: bool
    priority: int
    conditions: list[Any]
    """Of `UsageConditionBody` and `AttributeConditionBody`."""
    prices: dict[str, float]


class ModelBody(_Camel):
    """A model as clients see it. The flat prices and `prices` are those of the default tier."""

    id: str
    model_name: str
    match_pattern: str
    start_date: str | None
    unit: str | None
    input_price: float | None
    output_price: float | None
    total_price: float | None
    tokenizer_id: str | None
    tokenizer_config: dict[str, Any] | None
    is_langfuse_managed: bool
    created_at: str
    prices: dict[str, PriceBody]
    pricing_tiers: list[TierBody]


class ModelsBody(Struct):
    """One page of models."""

    data: list[ModelBody]
    meta: dict[str, int]


class UnpricedModelBody(_Camel):
    """A model name that was used and has no price."""

    model: str
    uses: int
    total_tokens: int | None
    """Of these uses alone; null where it would take too long to tell."""
    last_used_at: str


class UnpricedModelsBody(Struct):
    """Model names without a price, most used first."""

    data: list[UnpricedModelBody]


def read_model(body: bytes) -> PriceModel:
    """Read a definition: a model without id, tiers numbered by priority.

    Raises `InvalidError` with every place that is wrong.
    """
    request = read_body(body, ModelRequest, code=_INVALID)
    issues = list(_check(request))
    if issues:
        raise invalid_body(issues, code=_INVALID)
    return PriceModel(
        id="",
        name=request.model_name,
        match_pattern=request.match_pattern,
        start_us=parse_time(request.start_date) if request.start_date else None,
        unit=request.unit or "TOKENS",
        tiers=_read_tiers(request),
        tokenizer_id=request.tokenizer_id,
        tokenizer_config=request.tokenizer_config,
    )


def encode_model(model: PriceModel, *, sdk: str | None = None) -> bytes:
    """Encode one model for a client; see `knows_attribute_conditions` for what `sdk` changes."""
    return msgspec.json.encode(show_model(model, all_tiers=knows_attribute_conditions(sdk)))


def encode_models(models: Sequence[PriceModel], page: PageNumber, *, sdk: str | None = None) -> bytes:
    """Encode one page out of all models."""
    all_tiers = knows_attribute_conditions(sdk)
    shown = [show_model(model, all_tiers=all_tiers) for model in models[page.offset : page.offset + page.limit]]
    return msgspec.json.encode(ModelsBody(shown, page_meta(page, len(models))))


def encode_unpriced(models: Iterable[UnpricedModel]) -> bytes:
    """Encode the model names that have no price."""
    shown = [
        UnpricedModelBody(
            model=one.model,
            uses=one.uses,
            total_tokens=one.total_tokens,
            last_used_at=format_time(one.last_us),
        )
        for one in models
    ]
    return msgspec.json.encode(UnpricedModelsBody(shown))


def _check(request: ModelRequest) -> Iterator[Issue]:
    yield from _check_pattern(request.match_pattern, ("matchPattern",))
    if request.start_date is not None:
        try:
            parse_time(request.start_date)
        except ValueError:
            yield Issue(("startDate",), "must be an ISO 8601 time that ends in Z or an offset", "invalid_time")
    flat = {name: price for name, price in _flat_prices(request).items() if price is not None}
    if request.pricing_tiers is None:
        yield from _check_flat(flat)
    elif flat:
        yield Issue(("pricingTiers",), "cannot stand beside inputPrice, outputPrice or totalPrice: use one of the two")
    else:
        yield from _check_tiers(request.pricing_tiers)


def _flat_prices(request: ModelRequest) -> dict[str, Decimal | None]:
    return {INPUT: request.input_price, OUTPUT: request.output_price, TOTAL: request.total_price}


def _check_flat(flat: dict[str, Decimal]) -> Iterator[Issue]:
    if not flat:
        yield Issue(("pricingTiers",), "are needed, or one of inputPrice, outputPrice and totalPrice")
    if TOTAL in flat and len(flat) > 1:
        yield Issue(("totalPrice",), "cannot stand beside inputPrice or outputPrice: the total would cost twice")
    for name, price in flat.items():
        yield from _check_price(price, (f"{name}Price",))


def _check_tiers(tiers: list[TierRequest]) -> Iterator[Issue]:
    place = ("pricingTiers",)
    if sum(1 for tier in tiers if tier.is_default) != 1:
        yield Issue(place, "must hold exactly one tier with isDefault true")
    for what, values in (("name", [tier.name for tier in tiers]), ("priority", [tier.priority for tier in tiers])):
        if len(set(values)) < len(values):
            yield Issue(place, f"must each have a {what} of their own")
    if len({frozenset(tier.prices) for tier in tiers}) > 1:
        yield Issue(place, "must all price the same usage types")
    for index, tier in enumerate(tiers):
        yield from _check_tier(tier, (*place, index))


def _check_tier(tier: TierRequest, place: tuple[str | int, ...]) -> Iterator[Issue]:
    if tier.is_default and (tier.priority != 0 or tier.conditions):
        yield Issue(place, "is the default tier: it must have priority 0 and no conditions")
    if not tier.is_default and not tier.conditions:
        yield Issue((*place, "conditions"), "must hold at least one condition, as the tier is not the default one")
    if not tier.prices:
        yield Issue((*place, "prices"), "must hold at least one price")
    for usage_type, price in tier.prices.items():
        yield from _check_price(price, (*place, "prices", usage_type))
    for index, condition in enumerate(tier.conditions):
        yield from _check_condition(condition, (*place, "conditions", index))


def _check_price(price: Decimal, place: tuple[str | int, ...]) -> Iterator[Issue]:
    if not price.is_finite() or not 0 <= price <= MAX_PRICE:
        yield Issue(place, f"must be a number of US dollars per unit between 0 and {MAX_PRICE}")
    elif _decimals(price) > MAX_DECIMALS:
        yield Issue(place, f"must have at most {MAX_DECIMALS} decimals")


def _decimals(price: Decimal) -> int:
    exponent = price.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _check_condition(condition: ConditionRequest, place: tuple[str | int, ...]) -> Iterator[Issue]:
    if condition.source is not None:
        if condition.operator != "in" or not condition.key or not condition.values:
            yield Issue(place, "on an attribute needs a key, the operator in, and at least one of values")
        return
    if condition.operator == "in" or condition.value is None:
        yield Issue(place, "on usage needs a value and one of the operators gt, gte, lt, lte, eq, neq")
    pattern = condition.usage_detail_pattern or ""
    if len(pattern) > MAX_USAGE_PATTERN_CHARS:
        yield Issue((*place, "usageDetailPattern"), f"must have at most {MAX_USAGE_PATTERN_CHARS} characters")
    else:
        yield from _check_pattern(pattern, (*place, "usageDetailPattern"))


def _check_pattern(pattern: str, place: tuple[str | int, ...]) -> Iterator[Issue]:
    try:
        check_pattern(pattern)
    except InvalidError as error:
        yield Issue(place, error.message, error.code)


def _read_tiers(request: ModelRequest) -> tuple[PriceTier, ...]:
    if request.pricing_tiers is None:
        prices = {name: price for name, price in _flat_prices(request).items() if price is not None}
        return (PriceTier(id="", name="Standard", is_default=True, priority=0, prices=prices),)
    tiers = [
        PriceTier(
            id="",
            name=tier.name,
            is_default=bool(tier.is_default),
            priority=tier.priority,
            conditions=tuple(_read_condition(condition) for condition in tier.conditions),
            prices=tier.prices,
        )
        for tier in request.pricing_tiers
    ]
    return tuple(sorted(tiers, key=lambda tier: tier.priority))


def _read_condition(condition: ConditionRequest) -> TierCondition:
    if condition.source is not None:
        values = tuple(condition.values or ())
        return TierCondition(source=condition.source, operator="in", key=condition.key or "", values=values)
    return TierCondition(
        usage_pattern=condition.usage_detail_pattern or "",
        operator=condition.operator,
        value=condition.value or 0,
        case_sensitive=bool(condition.case_sensitive),
    )


def show_model(model: PriceModel, *, all_tiers: bool) -> ModelBody:
    """A model as clients see it; without `all_tiers`, without those that depend on an attribute."""
    default = model.default_tier
    prices = {name: float(price) for name, price in default.prices.items()} if default else {}
    return ModelBody(
        id=model.id,
        model_name=model.name,
        match_pattern=model.match_pattern,
        start_date=format_optional_time(model.start_us),
        unit=model.unit,
        input_price=prices.get(INPUT),
        output_price=prices.get(OUTPUT),
        total_price=prices.get(TOTAL),
        tokenizer_id=model.tokenizer_id,
        tokenizer_config=model.tokenizer_config,
        is_langfuse_managed=model.is_managed,
        created_at=format_time(model.created_us),
        prices={name: PriceBody(price) for name, price in prices.items()},
        pricing_tiers=[
            _show_tier(tier)
            for tier in sorted(model.tiers, key=lambda tier: tier.priority)
            if all_tiers or all(condition.source == "usage" for condition in tier.conditions)
        ],
    )


def _show_tier(tier: PriceTier) -> TierBody:
    return TierBody(
        id=tier.id,
        name=tier.name,
        is_default=tier.is_default,
        priority=tier.priority,
        conditions=[_show_condition(condition) for condition in tier.conditions],
        prices={name: float(price) for name, price in tier.prices.items()},
    )


def _show_condition(condition: TierCondition) -> UsageConditionBody | AttributeConditionBody:
    if condition.source != "usage":
        values = list(condition.values)
        return AttributeConditionBody(source=condition.source, key=condition.key, operator="in", values=values)
    return UsageConditionBody(
        usage_detail_pattern=condition.usage_pattern,
        operator=condition.operator,
        value=condition.value,
        case_sensitive=condition.case_sensitive,
    )
