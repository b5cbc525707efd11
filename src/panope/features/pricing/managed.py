"""The price table that ships with panope, read from the package itself. `tools/build_prices.py` writes it."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Struct, field
from msgspec.json import decode

from panope.domain.pricing import ManagedModels, PriceModel, PriceTier, TierCondition

CONTEXT_PATTERN: Final = "^(input|prompt|cache)"
"""The usage types that fill a context window: a tier by input size adds these up."""

_TABLE_FILE = "managed_prices.json"
_CREATED_US = 1_704_067_200_000_000  # 2024-01-01: a fixed date for what was never created by anybody
_MICRO_EXPONENT = -6


_Prices = dict[str, str]


class _Service(Struct, frozen=True):
    key: str
    values: tuple[str, ...]


class _Tier(Struct, frozen=True):
    name: str
    prices: _Prices
    above: int = 0
    service: _Service | None = None


class _Version(Struct, frozen=True):
    id: str
    prices: _Prices
    start: date | None = None
    tiers: tuple[_Tier, ...] = ()


class _Family(Struct, frozen=True):
    name: str
    match: str
    versions: tuple[_Version, ...]
    unit: str = "TOKENS"


class _Table(Struct, frozen=True):
    source: str
    families: list[_Family] = field(default_factory=list)


@cache
def load_managed() -> ManagedModels:
    """All managed models, in order of preference; the same object at every call."""
    table = decode(files(__package__).joinpath(_TABLE_FILE).read_bytes(), type=_Table)
    return ManagedModels([_model(family, version) for family in table.families for version in family.versions])


def _model(family: _Family, version: _Version) -> PriceModel:
    start_us = _midnight_us(version.start) if version.start else None
    return PriceModel(
        id=version.id,
        name=family.name,
        match_pattern=family.match,
        start_us=start_us,
        unit=family.unit,
        tiers=(
            _default_tier(version),
            *(_tier(version.id, number, tier) for number, tier in enumerate(version.tiers, 1)),
        ),
        is_managed=True,
        created_us=_CREATED_US,
        updated_us=_CREATED_US,
    )


def _default_tier(version: _Version) -> PriceTier:
    return PriceTier(
        id=f"{version.id}-default", name="Standard", is_default=True, priority=0, prices=_per_unit(version.prices)
    )


def _tier(model_id: str, priority: int, tier: _Tier) -> PriceTier:
    conditions = []
    if tier.service is not None:
        conditions.append(TierCondition(source="model_parameters", key=tier.service.key, values=tier.service.values))
    if tier.above:
        conditions.append(TierCondition(usage_pattern=CONTEXT_PATTERN, operator="gt", value=tier.above))
    return PriceTier(
        id=f"{model_id}-{priority}",
        name=tier.name,
        is_default=False,
        priority=priority,
        conditions=tuple(conditions),
        prices=_per_unit(tier.prices),
    )


def _per_unit(prices: _Prices) -> dict[str, Decimal]:
    """USD per unit; the table says USD per million, which reads better."""
    return {usage_type: _price(text) for usage_type, text in prices.items()}


@cache
def _price(text: str) -> Decimal:
    return Decimal(text).scaleb(_MICRO_EXPONENT)


def _midnight_us(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp()) * 1_000_000
