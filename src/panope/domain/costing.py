"""The cost of one usage at one list of prices: exact, in int 10⁻¹² USD, and no unit charged twice."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec import Struct

from panope.domain.usage_types import INPUT, KINDS, OUTPUT, SPELLINGS, TOTAL, UsageKind, parts_within, root_of

PICO_PER_USD: Final = 10**12
MAX_COST: Final = 10**18
"""A million dollars for one observation: what costs more is a mistake in the numbers, and is not priced at all."""

_PLAIN: Final = frozenset({INPUT, OUTPUT, TOTAL})


class Rate(Struct, frozen=True):
    """One price in 10⁻¹² USD per unit, as a fraction of integers, so that nothing is lost."""

    numerator: int
    denominator: int = 1

    def times(self, units: int) -> int:
        """Cost of so many units; what is below 10⁻¹² USD is rounded, half to even."""
        if self.denominator == 1:
            return units * self.numerator
        return round(Fraction(units * self.numerator, self.denominator))


def rate_of(price: Decimal) -> Rate:
    """Exact rate of a price in USD per unit."""
    scaled = Fraction(price) * PICO_PER_USD
    return Rate(scaled.numerator, scaled.denominator)


class RateCard:
    """The prices of one tier, prepared for pricing many usages.

    A usage type is priced by, in this order: the price of exactly that name; the price of another spelling of its kind,
    unless a type of that kind is priced already; the price of the kind that it is part of. The prices of a project's
    own model are taken at their word: what they leave out about caching is not charged as input, as it is with a
    managed model, whose prices leave it out only where there is no discount.
    """

    def __init__(self, prices: Mapping[str, Decimal], *, is_managed: bool) -> None:
        self._exact = {usage_type: rate_of(price) for usage_type, price in prices.items()}
        self._by_kind: dict[str, str] = {}
        for usage_type in self._exact:
            kind = SPELLINGS.get(usage_type)
            if kind is not None and (kind.name == usage_type or kind.name not in self._exact):
                self._by_kind.setdefault(kind.name, usage_type)
        self._is_managed = is_managed
        whole = {name: rate.numerator for name, rate in self._exact.items() if name in _PLAIN and rate.denominator == 1}
        self._plain_rates = whole if whole.keys() >= {INPUT, OUTPUT} else {}
        """Of usage with no other types, each unit has its price by name: nothing to look for, nothing to take apart."""

    def cost(self, usage: Mapping[str, int]) -> dict[str, int]:
        """Cost by usage type as the usage spells it, with `total`; empty when no type has a price.

        `total` is what the price of the total gives where there is one, else the sum of the other costs.
        """
        rates = self._plain_rates
        costs: dict[str, int] = {}
        summed = 0
        for name, units in usage.items():
            rate = rates.get(name)
            if rate is not None:
                costs[name] = cost = units * rate
                summed += cost
            elif name != TOTAL or not rates:
                return self._cost_of_kinds(usage)
        if costs and TOTAL not in costs:
            costs[TOTAL] = summed
        return costs if summed < MAX_COST or max(costs.values()) < MAX_COST else {}

    def _cost_of_kinds(self, usage: Mapping[str, int]) -> dict[str, int]:
        costs = {name: self._exact[price].times(units) for name, (price, units) in self.charge(usage).items()}
        if costs and TOTAL not in costs:
            costs[TOTAL] = sum(costs.values())
        return costs if all(cost < MAX_COST for cost in costs.values()) else {}

    def charge(self, usage: Mapping[str, int]) -> dict[str, tuple[str, int]]:
        """By usage type that costs something: the usage type whose price it has, and how many units are charged."""
        charges = {name: (price, usage[name]) for name, price in self.prices_of(usage).items()}
        if not usage.keys() <= _PLAIN:
            self._charge_parts_once(usage, charges)
        return charges

    def prices_of(self, usage: Mapping[str, int]) -> dict[str, str]:
        """By usage type that has a price: the usage type under which the price is listed."""
        chosen = {name: name for name in usage if name in self._exact}
        # A name that stands for nothing leaves its kind to another spelling, which may hold the units.
        priced = {kind.name for name in chosen if usage[name] and (kind := SPELLINGS.get(name))}
        others = [name for name in usage if name not in chosen and name in SPELLINGS and name != TOTAL]
        for name in sorted(others, key=lambda name: (-usage[name], name)):
            kind = SPELLINGS[name]
            price = None if kind.name in priced or kind.name == TOTAL else self._price_of_kind(kind)
            if price is not None:
                chosen[name] = price
                priced.add(kind.name)
        return chosen

    def _price_of_kind(self, kind: UsageKind) -> str | None:
        while (price := self._by_kind.get(kind.name)) is None and kind.part_of is not None:
            if kind.is_cache and kind.part_of == INPUT and not self._is_managed:
                return None
            kind = KINDS[kind.part_of]
        return price

    def _charge_parts_once(self, usage: Mapping[str, int], charges: dict[str, tuple[str, int]]) -> None:
        """Where input or output contains the parts that are listed beside it, charge the parts only as such.

        With a project's own prices, what has a price of exactly its name costs units times price, come what may.
        """
        within = parts_within(usage)
        for name in list(charges) if within else ():
            kind = SPELLINGS.get(name)
            root = root_of(kind) if kind else ""
            if kind is None or root not in within:
                continue
            if not self._is_managed:
                if kind.name != root and name not in self._exact:
                    del charges[name]
            elif kind.name == root:
                charges[name] = (charges[name][0], max(0, usage[name] - within[root]))
