"""The ingest use case: one request's events, made durable with a receipt that says what became of each."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from msgspec import Struct

from panope.domain.accounts import Principal
from panope.domain.events import DecodedBatch, EntityKind, Rejection
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.ports.telemetry import IngestBatch, TelemetryWriter
from panope.wire.langfuse.clients import resends_batches

Result = TypeVar("Result")

BATCHES: Final = "langfuse"
"""Protocol of batches of events, whose answer lists each of them."""


class PriceBooks(Protocol):
    """Where the prices of a project come from."""

    async def get_book(self, project_id: ProjectId) -> PriceBook:
        """Prices as they are now; never older than the last change that was acknowledged."""


class ScoreScreen(Protocol):
    """Judges scores by their configs."""

    async def screen(self, project_id: ProjectId, batch: DecodedBatch, *, is_quiet: bool) -> None:
        """Give each configured score what it takes from its config; reject those that break theirs.

        When `is_quiet` they are dropped instead: acknowledged, counted and not stored. Changes the batch.
        """


class Arrival(Struct, frozen=True, kw_only=True):
    """One ingestion request, before anybody looked at its body."""

    principal: Principal
    request_id: str
    received_us: int
    protocol: str
    """As in `Receipt.protocol`."""
    sdk_name: str | None = None
    """From the headers; what the body says about itself comes first."""
    sdk_version: str | None = None


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a request was refused whole."""

    code: str
    status: int
    """Of the answer."""
    body_bytes: int
    rejections: Sequence[Rejection] = ()
    """One by one, when the body could be read that far."""


class IngestService:
    """Makes decoded batches durable and keeps the ledger, of refused requests too."""

    def __init__(self, writer: TelemetryWriter, prices: PriceBooks, scores: ScoreScreen) -> None:
        self._writer = writer
        self._prices = prices
        self._scores = scores

    async def prepare(self, work: Callable[[], Result]) -> Result:
        """Run work that makes a batch of a large body, beside the event loop. Raises what it raises."""
        return await self._writer.prepare(work)

    async def screen(self, arrival: Arrival, batch: DecodedBatch) -> None:
        """Judge what only the catalog can tell, before anybody is answered; costs nothing without a config id.

        A client that would send a whole batch again because of one score is not told of that score: a config that is
        changed on the server must not slow its traces down. The ledger is told.
        """
        if batch.configured:
            sdk = f"{batch.sdk_name or arrival.sdk_name or ''} {batch.sdk_version or arrival.sdk_version or ''}"
            is_quiet = arrival.protocol == BATCHES and resends_batches(sdk)
            await self._scores.screen(arrival.principal.project_id, batch, is_quiet=is_quiet)

    async def ingest(self, arrival: Arrival, batch: DecodedBatch, *, body_bytes: int, status: int) -> Receipt:
        """Make a batch durable and readable; returns its receipt.

        `status` is what the answer will be. A batch without events is still receipted. Raises `UnavailableError` when
        nothing could be stored.
        """
        receipt = receipt_of(arrival, batch, body_bytes=body_bytes, status=status)
        project_id = arrival.principal.project_id
        if not batch.events:
            await self._writer.record(project_id, receipt)
            return receipt
        await self._writer.apply(
            IngestBatch(
                project_id=project_id,
                events=batch.events,
                attribute_sets=batch.attribute_sets,
                receipt=receipt,
                prices=await self._prices.get_book(project_id),
            ),
        )
        return receipt

    async def refuse(self, arrival: Arrival, refusal: Refusal) -> None:
        """Record a request that was refused whole."""
        batch = DecodedBatch(rejections=list(refusal.rejections))
        receipt = receipt_of(arrival, batch, body_bytes=refusal.body_bytes, status=refusal.status)
        receipt.reasons = receipt.reasons or {refusal.code: 1}
        await self._writer.record(arrival.principal.project_id, receipt)


def receipt_of(arrival: Arrival, batch: DecodedBatch, *, body_bytes: int, status: int) -> Receipt:
    """Count what a request brought."""
    refused = [*batch.rejections, *batch.dropped]
    return Receipt(
        request_id=arrival.request_id,
        received_us=arrival.received_us,
        protocol=arrival.protocol,
        key_id=arrival.principal.key_id,
        sdk_name=batch.sdk_name or arrival.sdk_name,
        sdk_version=batch.sdk_version or arrival.sdk_version,
        body_bytes=body_bytes,
        accepted=len(batch.acceptances) - len(batch.dropped) or _count_spans(batch),
        rejected=len(refused),
        reasons=dict(Counter(rejection.code for rejection in refused)),
        repairs=dict(Counter(repair.code for repair in batch.repairs)),
        status=status,
    )


def _count_spans(batch: DecodedBatch) -> int:
    """What counts as accepted where the answer lists nothing: every span is one observation event."""
    return sum(event.kind is EntityKind.OBSERVATION for event in batch.events)
