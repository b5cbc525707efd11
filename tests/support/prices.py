"""A price book with one model, so that tests of merging know what a price is without the shipped table."""

from decimal import Decimal
from typing import Any

from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook, PricedUsage, PriceModel, PriceTier

_TIER = PriceTier(
    id="tier-1",
    name="Standard",
    is_default=True,
    priority=0,
    prices={"input": Decimal("0.0000025"), "output": Decimal("0.00001")},
)
GPT = PriceModel(id="model-1", name="gpt-4o", match_pattern="^gpt-4o$", tiers=(_TIER,))
_PICO = 10**12


class FixedPrices(PriceBook):
    """Prices gpt-4o by its input and output tokens and knows nothing else."""

    def match(self, name: str, at_us: int) -> PriceModel | None:
        """The one model, whatever the time."""
        return GPT if name == GPT.name and at_us >= 0 else None

    def price(
        self,
        model: PriceModel,
        usage: dict[str, int],
        model_parameters: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> PricedUsage:
        """Units times price."""
        del model_parameters, metadata
        tier = model.tiers[0]
        cost = {key: int(usage[key] * price * _PICO) for key, price in tier.prices.items() if key in usage}
        if cost:
            cost["total"] = sum(cost.values())
        return PricedUsage(cost=cost, tier_id=tier.id, tier_name=tier.name)

    def unit_prices(self, model: PriceModel) -> dict[str, str]:
        """Default prices as text."""
        return {key: str(price) for key, price in model.tiers[0].prices.items()}


BOOK = PriceBook((GPT,))
"""The same one model, priced by the book that the server uses."""


class OnePriceBook:
    """Gives every project the same book."""

    def __init__(self, book: PriceBook = BOOK) -> None:
        self.book = book
        self.edition = 1

    async def get_edition(self) -> int:
        """As set."""
        return self.edition

    async def get_book(self, _project_id: ProjectId) -> PriceBook:
        """The book."""
        return self.book
