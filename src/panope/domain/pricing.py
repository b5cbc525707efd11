"""What usage costs: price models, their tiers, and the choice among them. Exact: decimal in, int 10⁻¹² USD out."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

import re2
from msgspec import Struct, field
from msgspec.json import encode

from panope.domain.costing import RateCard
from panope.domain.errors import InvalidError
from panope.domain.tokens import TokenCounter
from panope.domain.usage_types import INPUT, OUTPUT, TOTAL

MAX_PATTERN_BYTES: Final = 10_000
_MEMO_ENTRIES: Final = 8_192
_MEMO_NAME_CHARS: Final = 300
_SET_BYTES: Final = 128 * 1024 * 1024
_OPERATORS: Final = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "eq": eq, "neq": ne}


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

    @property
    def default_tier(self) -> PriceTier | None:
        """The tier for usage that meets no other tier's conditions."""
        return next((tier for tier in self.tiers if tier.is_default), None)


class PricedUsage(Struct, frozen=True, kw_only=True):
    """What a priced usage costs, by usage type and in total, in 10⁻¹² USD."""

    cost: dict[str, int]
    """Includes `total`. Empty when no usage type has a price: unpriced is not zero."""
    tier_id: str | None = None
    tier_name: str | None = None


UNPRICED: Final = PricedUsage(cost={})
_Memo = dict[str, tuple[PriceModel, ...]]


class ManagedModels:
    """The price models that ship with panope: one matcher for all projects, its answers memoised.

    A family is all entries of one name: the same model at the prices of different times. Families stand in order of
    preference, so that a name which several providers serve has the price of the first.
    """

    def __init__(self, models: Sequence[PriceModel] = ()) -> None:
        families: dict[str, list[PriceModel]] = {}
        for model in models:
            families.setdefault(model.name, []).append(model)
        self.models = tuple(models)
        self._families = [newest_first(family) for family in families.values()]
        self._matcher: Any = None
        self._memo: _Memo = {}

    def candidates(self, name: str) -> tuple[PriceModel, ...]:
        """Entries whose pattern matches a model name, best first, whatever their start."""
        found = self._memo.get(name)
        if found is None:
            if self._matcher is None:
                self.prepare()
            indices = sorted(self._matcher.Match(_searchable(name)) or ()) if self._families else []
            found = tuple(model for index in indices for model in self._families[index])
            _remember(self._memo, name, found)
        return found

    def prepare(self) -> None:
        """Make the matcher of all families at once, which takes a tenth of a second; done when needed otherwise."""
        options = _options()
        options.max_mem = _SET_BYTES
        matcher = re2.Set.SearchSet(options)
        for family in self._families:
            matcher.Add(family[0].match_pattern)
        matcher.Compile()
        self._matcher = matcher


class PriceBook:
    """All price models that one project sees, with the choice among them memoised by model name."""

    def __init__(
        self,
        models: Sequence[PriceModel] = (),
        managed: ManagedModels | None = None,
        tokens: TokenCounter | None = None,
    ) -> None:
        """Take a project's models and what all projects share.

        Without `managed`, the managed ones among `models` stand in for it. Without `tokens`, usage that nobody sent
        stays unknown.
        """
        self.tokens = tokens
        own = newest_first([model for model in models if not model.is_managed])
        self.managed = managed or ManagedModels([model for model in models if model.is_managed])
        self.models = (*own, *self.managed.models)
        self._own = [(pattern, model) for model in own if (pattern := _try_compile(model.match_pattern))]
        self._memo: _Memo = {}
        self._unit_prices: dict[str, dict[str, str]] = {}
        self._tiers: dict[str, _Tiers] = {}

    def match(self, name: str, at_us: int) -> PriceModel | None:
        """The model that prices observations of a model name that start at a time, or None.

        Among those whose pattern is found in the name and that have started by then: the project's own before managed
        ones, a later start before an earlier one, no start last.
        """
        for model in self._candidates(name):
            if model.start_us is None or model.start_us <= at_us:
                return model
        return None

    def price(
        self,
        model: PriceModel,
        usage: dict[str, int],
        model_parameters: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> PricedUsage:
        """What a usage costs by a model's prices; no cost and no tier when none of its types has a price."""
        tiers = self._tiers_of(model)
        tier = tiers.choose(usage, model_parameters, metadata)
        cost = tiers.card(tier).cost(usage) if tier is not None and usage else None
        return PricedUsage(cost=cost, tier_id=tier.id, tier_name=tier.name) if tier is not None and cost else UNPRICED

    def reads_metadata(self, model: PriceModel) -> bool:
        """Whether the choice among a model's tiers needs the observation's metadata."""
        return self._tiers_of(model).reads_metadata

    def _tiers_of(self, model: PriceModel) -> "_Tiers":
        tiers = self._tiers.get(model.id)
        if tiers is None:
            tiers = self._tiers[model.id] = _Tiers(model)
        return tiers

    def unit_prices(self, model: PriceModel) -> dict[str, str]:
        """Prices of `input`, `output` and `total` of the default tier, in USD per unit; not to be changed."""
        return self._unit_prices.get(model.id) or self._unit_prices.setdefault(model.id, _unit_prices(model))

    def _candidates(self, name: str) -> tuple[PriceModel, ...]:
        found = self._memo.get(name)
        if found is None:
            searchable = _searchable(name)
            own = [model for pattern, model in self._own if pattern.search(searchable)]
            found = (*own, *self.managed.candidates(name)) if own else self.managed.candidates(name)
            _remember(self._memo, name, found)
        return found

    def card(self, model: PriceModel, tier: PriceTier) -> RateCard:
        """The prices of one tier, prepared for pricing."""
        return self._tiers_of(model).card(tier)


def _unit_prices(model: PriceModel) -> dict[str, str]:
    tier = model.default_tier
    prices = tier.prices if tier else {}
    return {name: format(prices[name], "f") for name in (INPUT, OUTPUT, TOTAL) if name in prices}


def newest_first(models: Sequence[PriceModel]) -> tuple[PriceModel, ...]:
    """By start, latest first and no start last; then by creation, latest first; then by id."""
    in_order = sorted(models, key=lambda model: model.id)
    in_order.sort(key=lambda model: (model.start_us is not None, model.start_us or 0, model.created_us), reverse=True)
    return tuple(in_order)


def choose_tier(
    model: PriceModel,
    usage: Mapping[str, int],
    model_parameters: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> PriceTier | None:
    """The first tier by priority whose conditions all hold, else the default one."""
    return _Tiers(model).choose(usage, model_parameters, metadata)


class _Tiers:
    """The tiers of a model, in the order in which they are asked, and their prices once they were."""

    def __init__(self, model: PriceModel) -> None:
        self._cards: dict[str, RateCard] = {}
        self._is_managed = model.is_managed
        self.reads_metadata = any(
            condition.source == "metadata" for tier in model.tiers for condition in tier.conditions
        )
        self._default = model.default_tier
        self._conditional = sorted(
            (tier for tier in model.tiers if not tier.is_default), key=lambda tier: tier.priority
        )
        self._parameters = {
            condition.key if condition.source == "model_parameters" else None
            for tier in self._conditional
            for condition in tier.conditions or (TierCondition(),)
        }

    def choose(
        self, usage: Mapping[str, int], model_parameters: Mapping[str, Any] | None, metadata: Mapping[str, Any] | None
    ) -> PriceTier | None:
        """See `choose_tier`."""
        if not self._conditional:
            return self._default
        if None not in self._parameters and self._parameters.isdisjoint(model_parameters or ()):
            return self._default  # all that is asked about are parameters, and none of them was sent
        return _first_that_holds(self._conditional, usage, model_parameters, metadata) or self._default

    def card(self, tier: PriceTier) -> RateCard:
        """See `PriceBook.card`."""
        card = self._cards.get(tier.id)
        if card is None:
            card = self._cards[tier.id] = RateCard(tier.prices, is_managed=self._is_managed)
        return card


def _first_that_holds(
    tiers: Sequence[PriceTier],
    usage: Mapping[str, int],
    model_parameters: Mapping[str, Any] | None,
    metadata: Mapping[str, Any] | None,
) -> PriceTier | None:
    for tier in tiers:
        for condition in tier.conditions:
            value = condition_value(condition, usage, model_parameters, metadata)
            if value is None or not (
                _OPERATORS[condition.operator](value, condition.value)
                if condition.source == "usage"
                else value in condition.values
            ):
                break
        else:
            return tier
    return None


def condition_value(
    condition: TierCondition,
    usage: Mapping[str, int],
    model_parameters: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> int | str | None:
    """What a condition looks at: a sum of units, or the text of a value; None where there is nothing to look at."""
    if condition.source == "usage":
        return _matching_units(condition, usage)
    attributes = (model_parameters if condition.source == "model_parameters" else metadata) or {}
    return _text(attributes[condition.key]) if condition.key in attributes else None


def _matching_units(condition: TierCondition, usage: Mapping[str, int]) -> int | None:
    """Sum of the usage types that a condition's pattern finds; None when the pattern no longer compiles."""
    counted = _counted(condition.usage_pattern, condition.case_sensitive, tuple(usage))
    return None if counted is None else sum(usage[usage_type] for usage_type in counted)


@lru_cache(maxsize=4096)
def _counted(pattern: str, case_sensitive: bool, usage_types: tuple[str, ...]) -> tuple[str, ...] | None:  # noqa: FBT001 - a key of the cache
    """The usage types that a condition adds up; None for a pattern that no longer compiles."""
    compiled = _try_compile(pattern, case_sensitive=case_sensitive)
    if compiled is None:
        return None
    return tuple(usage_type for usage_type in usage_types if compiled.search(_searchable(usage_type)) is not None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else encode(value).decode()


def check_pattern(pattern: str) -> None:
    """Raise `InvalidError` unless a pattern can be matched in linear time, saying what to write instead."""
    if not pattern or len(pattern.encode()) > MAX_PATTERN_BYTES:
        raise InvalidError(f"The pattern must have between 1 and {MAX_PATTERN_BYTES} bytes", code="invalid_pattern")
    try:
        _compile(pattern)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error.args[0])
        text = f"The pattern is not a regular expression that panope can match: {reason}.{_advice(reason)}"
        raise InvalidError(text, code="invalid_pattern") from None


def find_in_names(pattern: str, names: Iterable[str]) -> frozenset[str]:
    """The names that a pattern is found in; raises `InvalidError` as `check_pattern` does."""
    check_pattern(pattern)
    compiled = _compile(pattern)
    return frozenset(name for name in names if compiled.search(_searchable(name)))


_ADVICE: Final = {
    "(?=": "Look-ahead is not supported: write what may stand there instead, as in (?i)^(gpt-4|gpt-4-0613)$",
    "(?!": "Look-ahead is not supported: list the names that shall match instead, as in (?i)^(gpt-4|gpt-4-0613)$",
    "(?<": "Look-behind is not supported: anchor the pattern with ^ and write what may stand before",
    "invalid escape": r"Only \d \w \s \b and escaped punctuation are known; back-references are not supported",
    "repetition": "Repeat at most 1000 times, and put no quantifier behind another",
    "too large": "Write a shorter pattern",
    "missing": "Close every bracket and parenthesis, and put a backslash before one that is meant as such",
    "unexpected": "Close every bracket and parenthesis, and put a backslash before one that is meant as such",
}


def _advice(reason: str) -> str:
    return next((f" {advice}." for part, advice in _ADVICE.items() if part in reason), "")


def _options(*, case_sensitive: bool = True) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = case_sensitive
    return options


def _compile(pattern: str, *, case_sensitive: bool = True) -> Any:
    return re2.compile(pattern, _options(case_sensitive=case_sensitive))


@lru_cache(maxsize=1024)
def _try_compile(pattern: str, *, case_sensitive: bool = True) -> Any:
    """The compiled pattern, or None for one that no longer compiles: it matches nothing, and harms no other model."""
    try:
        return _compile(pattern, case_sensitive=case_sensitive)
    except re2.error:
        return None


def _remember(memo: _Memo, name: str, found: tuple[PriceModel, ...]) -> None:
    """Keep an answer; a full memo starts over, so that a client that invents names costs time and not memory."""
    if len(memo) >= _MEMO_ENTRIES:
        memo.clear()
    if len(name) <= _MEMO_NAME_CHARS:
        memo[name] = found


def _searchable(name: str) -> bytes:
    """The name as the matchers want it; text that no encoding can hold is replaced rather than refused."""
    return name.encode(errors="replace")
