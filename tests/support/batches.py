"""Ingest batches made by hand."""

from collections.abc import Iterable

from panope.domain.events import AttributeSet, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.ports.telemetry import IngestBatch
from tests.support.prices import FixedPrices

NOW_US = 1_800_000_000_000_000


def batch(
    project_id: ProjectId,
    events: Iterable[TelemetryEvent],
    *,
    prices: PriceBook | None = None,
    now_us: int = NOW_US,
    attribute_sets: Iterable[AttributeSet] = (),
) -> IngestBatch:
    """A batch as the ingest use case would make it."""
    listed = list(events)
    return IngestBatch(
        project_id=project_id,
        events=listed,
        attribute_sets=list(attribute_sets),
        receipt=Receipt(request_id="r", received_us=now_us, protocol="langfuse", accepted=len(listed)),
        prices=prices or FixedPrices(()),
    )
