"""What follows from a completed annotation: its scores, and the dataset item that was asked for.

The catalog and telemetry share no transaction. So a completion is kept first, and what follows from it is made
afterwards, as often as it takes: every id derives from the item, so that making it twice changes nothing.
"""

from contextlib import suppress
from typing import Any, Final, Protocol

from msgspec import Struct

from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import ANNOTATION, Receipt
from panope.domain.review.queues import Answer, Completion, DatasetItemWish, QueueItem
from panope.domain.scores import ScoreSource
from panope.features.ingest.service import PriceBooks
from panope.features.review.objects import TelemetryObjects
from panope.kit.clock import Clock
from panope.kit.ids import derive_id
from panope.ports.annotation_queues import AnnotationItemStore
from panope.ports.telemetry import IngestBatch, TelemetryWriter

_BATCH: Final = 100


class DatasetItemDraft(Struct, frozen=True, kw_only=True):
    """A dataset item that an annotation makes."""

    id: str
    """Derived: the same annotation always makes the same item of a dataset."""
    dataset_name: str
    input: str | None
    """As telemetry keeps it: a text as it is, anything else as its JSON."""
    output: str | None
    """Of the object, likewise; the expected output unless the reviewer knew better."""
    wish: DatasetItemWish
    source_trace_id: str
    source_observation_id: str | None


class DatasetSink(Protocol):
    """Takes dataset items. Both methods raise `NotFoundError` without the dataset and `InvalidError` for a misfit."""

    async def check_item(self, project_id: ProjectId, draft: DatasetItemDraft) -> None:
        """Raise what adding the item would raise."""

    async def put_item(self, project_id: ProjectId, draft: DatasetItemDraft) -> None:
        """Add the item, or make the one of its id what it is now. Idempotent."""


class Delivery:
    """Makes what follows from completions."""

    def __init__(
        self,
        items: AnnotationItemStore,
        writer: TelemetryWriter,
        prices: PriceBooks,
        objects: TelemetryObjects,
        datasets: DatasetSink,
        clock: Clock,
    ) -> None:
        self._items = items
        self._writer = writer
        self._prices = prices
        self._objects = objects
        self.datasets = datasets
        self._clock = clock

    async def deliver(self, project_id: ProjectId, item: QueueItem) -> None:
        """Make what follows from an item's completion, and note that it is made. Idempotent.

        Raises `UnavailableError` when a store is away; then what is missing is made by the next call.
        """
        completion = item.completion
        if completion is None or item.is_delivered:
            return
        withdrawn = [score_id(project_id, item, config_id) for config_id in completion.withdrawn_config_ids]
        if withdrawn:
            await self._writer.delete_scores(project_id, withdrawn, at_us=completion.completed_us)
        if completion.answers:
            await self._write_scores(project_id, item, completion)
        if completion.dataset_item is not None:
            await self._put_dataset_item(project_id, item, completion.dataset_item)
        await self._items.mark_delivered(project_id, item.id, completion.token)

    async def deliver_all(self, project_id: ProjectId) -> int:
        """Make what an earlier call could not; return for how many items."""
        count = 0
        while waiting := await self._items.list_undelivered(project_id, _BATCH):
            for item in waiting:
                await self.deliver(project_id, item)
            count += len(waiting)
        return count

    async def _write_scores(self, project_id: ProjectId, item: QueueItem, completion: Completion) -> None:
        events = [_score_event(project_id, item, completion, answer) for answer in completion.answers]
        receipt = Receipt(
            request_id=derive_id(project_id, f"annotation:{item.id}:{completion.token}"),
            received_us=self._clock(),
            protocol=ANNOTATION,
            accepted=len(events),
            status=200,
        )
        prices = await self._prices.get_book(project_id)
        await self._writer.apply(IngestBatch(project_id=project_id, events=events, receipt=receipt, prices=prices))

    async def draft_dataset_item(
        self, project_id: ProjectId, item: QueueItem, wish: DatasetItemWish
    ) -> DatasetItemDraft | None:
        """What the wish makes of the item's object as it is now; None when that is gone, or is a session."""
        found = await self._objects.read(project_id, item.object_type, item.object_id)
        if found is None:
            return None
        return DatasetItemDraft(
            id=derive_id(project_id, f"annotation:{item.id}:{wish.dataset_name}"),
            dataset_name=wish.dataset_name,
            input=found.payload.input,
            output=found.payload.output,
            wish=wish,
            source_trace_id=found.trace_id,
            source_observation_id=found.observation_id,
        )

    async def _put_dataset_item(self, project_id: ProjectId, item: QueueItem, wish: DatasetItemWish) -> None:
        draft = await self.draft_dataset_item(project_id, item, wish)
        if draft is None:
            return
        with suppress(NotFoundError, InvalidError):  # dataset or schema changed since: trying for ever helps nobody
            await self.datasets.put_item(project_id, draft)


def score_id(project_id: ProjectId, item: QueueItem, config_id: str) -> str:
    """Id of the score that an item has by a config, whoever judges and however often."""
    return derive_id(project_id, f"annotation:{item.id}:{config_id}")


def _score_event(project_id: ProjectId, item: QueueItem, completion: Completion, answer: Answer) -> TelemetryEvent:
    target = completion.target
    on = {"trace_id": target.trace_id, "observation_id": target.observation_id, "session_id": target.session_id}
    said = {"number": answer.number, "text": answer.text}
    values: dict[str, Any] = {name: value for name, value in (on | said).items() if value is not None}
    values |= {
        "name": answer.name,
        "data_type": answer.data_type,
        "source": ScoreSource.ANNOTATION.value,
        "config_id": answer.config_id,
        "queue_id": item.queue_id,
        "author_user_id": completion.reviewer_id,
        "comment": answer.comment,
        "environment": target.environment,
        "timestamp": completion.completed_us,
    }
    return TelemetryEvent(
        kind=EntityKind.SCORE,
        entity_id=score_id(project_id, item, answer.config_id),
        event_id=derive_id(project_id, f"annotation:{item.id}:{answer.config_id}:{completion.token}"),
        at_us=completion.completed_us,
        values=values,
    )
