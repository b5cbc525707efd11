"""Costs against what is noted with them. A price that has changed since is no fault of the store."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from panope.domain.costing import rate_of
from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook, PricedUsage, PriceModel
from panope.domain.tracing import ObservationDetail, ObservationRow
from panope.domain.usage_types import TOTAL

FindModel = Callable[[ProjectId, str], PriceModel | None]
"""A price model by id, own or managed, as it is now; None when it is gone."""


class RecordedPrices(PriceBook):
    """Answers with what a row has recorded about its price: so `view` makes the row again as it was priced then."""

    def __init__(self) -> None:
        super().__init__(())
        self._row: ObservationRow | None = None

    def of(self, row: ObservationRow) -> "RecordedPrices":
        """The same, about a row."""
        self._row = row
        return self

    def match(self, name: str, at_us: int) -> PriceModel | None:
        """The model that the row says has matched."""
        del at_us
        row = self._row
        if row is None or row.model_id is None:
            return None
        return PriceModel(id=row.model_id, name=name, match_pattern="")

    def price(
        self,
        model: PriceModel,
        usage: dict[str, int],
        model_parameters: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> PricedUsage:
        """The cost that the row says was computed."""
        del model, usage, model_parameters, metadata
        detail = self._detail()
        if detail.cost_source != "computed":
            return PricedUsage(cost={})
        return PricedUsage(cost=detail.cost, tier_id=detail.price_tier_id, tier_name=detail.price_tier_name)

    def unit_prices(self, model: PriceModel) -> dict[str, str]:
        """Those that the row has noted."""
        del model
        return self._detail().unit_prices

    def _detail(self) -> ObservationDetail:
        return self._row.detail if self._row is not None else ObservationDetail()


class CostCheck:
    """Looks at computed costs. Counts those that it could not follow to a price."""

    def __init__(self, find_model: FindModel | None) -> None:
        self._find_model = find_model
        self._default_tiers: dict[tuple[str, str], str | None] = {}
        self.computed = 0
        self.unproven = 0
        """Costs of which only the shape could be checked: a price in them is not noted, or the model is gone."""

    def is_right(self, project: ProjectId, row: ObservationRow) -> bool:
        """Whether a computed cost fits its usage and the prices noted beside it."""
        detail = row.detail
        if detail.cost_source != "computed":
            return True
        self.computed += 1
        if not _has_shape(detail):
            return False
        if not (_has_noted_prices(detail) and self._is_default_tier(project, row)):
            self.unproven += 1
            return True
        expected = _cost_at(detail)
        return all(detail.cost.get(name) == amount for name, amount in expected.items())

    def _is_default_tier(self, project: ProjectId, row: ObservationRow) -> bool:
        """Whether the noted unit prices, which are the default tier's, are those of the noted tier."""
        key = (project, row.model_id or "")
        if key not in self._default_tiers:
            model = self._find_model(*key) if self._find_model else None
            tier = model.default_tier if model else None
            self._default_tiers[key] = tier.id if tier else None
        return self._default_tiers[key] == row.detail.price_tier_id


def _has_shape(detail: ObservationDetail) -> bool:
    """One cost for each priced usage type and their total, of a tier; the total is the sum, or has a price itself."""
    cost = detail.cost
    parts = sum(amount for name, amount in cost.items() if name != TOTAL)
    return (
        detail.price_tier_id is not None
        and TOTAL in cost
        and cost.keys() <= {*detail.usage, TOTAL}
        and all(cost[name] >= 0 or detail.usage[name] < 0 for name in cost if name != TOTAL)
        and (cost[TOTAL] == parts or TOTAL in detail.unit_prices or cost.keys() == {TOTAL})
    )


def _has_noted_prices(detail: ObservationDetail) -> bool:
    """Whether every cost that is not the sum of the others has its price beside it.

    Units are taken off such a cost only for a part that has a cost of its own, whose price is not noted.
    """
    return detail.cost.keys() <= {*detail.unit_prices, TOTAL}


def _cost_at(detail: ObservationDetail) -> dict[str, int]:
    """What the usage comes to by the noted unit prices, for the usage types that have one.

    The total is left out where it has no price: it is the sum of the others. Empty where the prices cannot be read.
    """
    try:
        rates = {name: rate_of(Decimal(price)) for name, price in detail.unit_prices.items()}
    except (InvalidOperation, ValueError):
        return {}
    return {name: rates[name].times(units) for name, units in detail.usage.items() if name in rates}
