"""What usage costs: price models, their tiers, and the choice among them. Exact: decimal in, int 10⁻¹² USD out."""

from decimal import Decimal
from typing import Any

from msgspec import Struct, field


class TierCondition(Struct, frozen=True, kw_only=True):
    """One condition of a price tier; all of a tier's conditions must hold."""

    source: str = "usage"
    """`usage`: the sum of the usage types that `usage_pattern` matches, compared with `value` by `operator`
    (gt, gte, lt, lte, eq, neq). `model_parameters` or `metadata`: the text of the top-level `key` is in `values`."""
    usage_pattern: str = ""
    operator: str = "gt"
    value: float = 0
    case_sensitive: bool = False
    key: str = ""
    values: tuple[str, ...] = ()


class PriceTier(Struct, frozen=True, kw_only=True):
    """Prices in USD per unit by usage type, valid when the conditions hold."""

    id: str
    name: str
    is_default: bool
    priority: int
    conditions: tuple[TierCondition, ...] = ()
    prices: dict[str, Decimal] = field(default_factory=dict)


class PriceModel(Struct, frozen=True, kw_only=True):
    """One entry of the models table."""

    id: str
    name: str
    match_pattern: str
    start_us: int | None = None
    """Valid for observations that start at or after this; None: always."""
    unit: str = "TOKENS"
    tiers: tuple[PriceTier, ...] = ()
    tokenizer_id: str | None = None
    tokenizer_config: dict[str, Any] | None = None
    is_managed: bool = False
    """Shipped with panope; not deletable, shadowed by a project's own model that matches the same name."""
    created_us: int = 0
    updated_us: int = 0


class PricedUsage(Struct, frozen=True, kw_only=True):
    """What a priced usage costs, by usage type and in total, in 10⁻¹² USD."""

    cost: dict[str, int]
    """Includes `total`. Empty when no usage type has a price: unpriced is not zero."""
    tier_id: str | None = None
    tier_name: str | None = None
