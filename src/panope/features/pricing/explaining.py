"""The use case that explains a cost."""

from typing import Final, Protocol

from panope.domain.explanation import CostExplanation, explain_cost
from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook
from panope.domain.tracing import Payload
from panope.ports.telemetry import Observed

_FROM_SETS: Final = ("resourceAttributes", "scope")
"""What a reader adds to the metadata of an observation."""


class PriceBooks(Protocol):
    """Where the prices of a project come from."""

    async def get_book(self, project_id: ProjectId) -> PriceBook:
        """Prices as they are now."""


class CostExplaining:
    """Explains the cost of an observation by the prices of now."""

    def __init__(self, prices: PriceBooks) -> None:
        self._prices = prices

    async def explain(self, project_id: ProjectId, observed: Observed) -> CostExplanation:
        """Why an observation that was read with its payload costs what it costs."""
        book = await self._prices.get_book(project_id)
        metadata = (observed.payload or Payload()).metadata
        own = {name: value for name, value in metadata.items() if name not in _FROM_SETS}
        return explain_cost(observed.row, own, book)
