"""Whole operations over an engine, as a server carries them out."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from panope.domain.ids import ProjectId
from panope.domain.operations import Operation, OperationKind
from panope.domain.pricing import PriceBook, PriceModel, PriceTier, TierCondition
from panope.features.replay.service import ReplayService
from panope.jobs.operations import OperationRunner
from panope.wire.rereading import Rereader
from tests.support.batches import NOW_US
from tests.support.engines import Engine
from tests.support.prices import OnePriceBook

_numbers = count()


def book(*models: PriceModel) -> PriceBook:
    """A book of one's own models."""
    return PriceBook(models)


def priced(model: str, *tiers: PriceTier, **prices: str) -> PriceModel:
    """A model whose default tier has these prices."""
    amounts = {name: Decimal(price) for name, price in prices.items()}
    default = PriceTier(id=f"{model}-default", name="Standard", is_default=True, priority=0, prices=amounts)
    return PriceModel(id=f"id-of-{model}", name=model, match_pattern=f"^{model}$", tiers=(default, *tiers))


def tiered(model: str, condition: TierCondition, **prices: str) -> PriceTier:
    """A tier besides the default one."""
    amounts = {name: Decimal(price) for name, price in prices.items()}
    return PriceTier(
        id=f"{model}-1", name="Other", is_default=False, priority=1, conditions=(condition,), prices=amounts
    )


OLD = book(priced("gpt-4o", input="0.0000025", output="0.00001"))
NEW = book(
    priced(
        "gpt-4o",
        tiered("gpt-4o", TierCondition(source="metadata", key="a", values=("a", "7", "text")), input="0.5"),
        tiered("gpt-4o", TierCondition(usage_pattern="^input", value=300), input="0.000001", output="0.000003"),
        input="0.000002",
    ),
    priced("house-model", output="0.0000007", total="0.1"),
)
"""Prices of everything that generated histories speak of, old ones and others."""


class Desk:
    """Operations of one engine by one price book."""

    def __init__(self, engine: Engine, prices: PriceBook, *, step_rows: int = 2) -> None:
        self.prices = OnePriceBook(prices)
        self.replays = ReplayService(
            engine.operations,
            engine.reader,
            self.prices,
            Rereader(),
            lambda: NOW_US,
            lambda: f"operation-{next(_numbers)}",
            step_rows=step_rows,
        )
        self.runner = OperationRunner(engine.operations, self.replays, owner=f"runner-{next(_numbers)}")

    async def reprice(self, project_id: ProjectId, *, kind: str = "reprice", since_us: int = 0) -> Operation:
        """A whole operation over all there is, by this desk's runner."""
        asked = await self.replays.request(project_id, OperationKind(kind), since_us=since_us)
        done = await self.runner.work_on(asked)
        assert done is not None
        assert done.state == "done", done
        return done


def total_changed(operations: Sequence[Operation]) -> int:
    """Rows that operations changed."""
    return sum(operation.differences.changed for operation in operations)
