"""What follows from a completed annotation: its scores, and the dataset item that was asked for.

The catalog and telemetry share no transaction. So a completion is kept first, and what follows from it is made
afterwards, as often as it takes: every id derives from the item, so that making it twice changes nothing.
"""

from typing import Any, Final, Protocol

from msgspec import Struct

from panope.domain.errors import NotFoundError
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.review.queues import Answer, Completion, QueueItem
from panope.domain.scores import ScoreSource
from panope.features.ingest.service import PriceBooks
from panope.features.review.objects import TelemetryObjects
from panope.kit.clock import Clock
from panope.kit.ids import derive_id
from panope.ports.annotation_queues import AnnotationItemStore
from panope.ports.telemetry import IngestBatch, TelemetryWriter

PROTOCOL: Final = "annotation"
_BATCH: Final = 100


class DatasetItemDraft(Struct, frozen=True, kw_only=True):
    """A dataset item that an annotation makes. Texts are JSON or plain text, as telemetry keeps them."""

    id: str
    """Derived: the same annotation always makes the same item."""
    dataset_name: str
    input: str | None
    expected_output: Any
    """Text as above when it is the object's output, else the JSON value that the reviewer sent."""
    is_object_output: bool
    metadata: dict[str, Any]
    source_trace_id: str
    source_observation_id: str | None


class DatasetSink(Protocol):
    """Takes dataset items."""

    async def has_dataset(self, project_id: ProjectId, name: str) -> bool:
        """Whether the project has a dataset of this name."""

    async def put_item(self, project_id: ProjectId, draft: DatasetItemDraft) -> None:
        """Add the item, or replace the one of its id. Raises `NotFoundError` when the dataset is gone."""


class Delivery:
    """Makes what follows from completions."""

    def __init__(
        self,
        items: AnnotationItemStore,
        writer: TelemetryWriter,
        prices: PriceBooks,
        objects: TelemetryObjects,
        datasets: DatasetSink | None,
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
            await self._put_dataset_item(project_id, item, completion)
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
            protocol=PROTOCOL,
            accepted=len(events),
            status=200,
        )
        prices = await self._prices.get_book(project_id)
        await self._writer.apply(IngestBatch(project_id=project_id, events=events, receipt=receipt, prices=prices))

    async def _put_dataset_item(self, project_id: ProjectId, item: QueueItem, completion: Completion) -> None:
        wish = completion.dataset_item
        found = await self._objects.read(project_id, item.object_type, item.object_id)
        if wish is None or found is None or self.datasets is None:
            return
        draft = DatasetItemDraft(
            id=derive_id(project_id, f"annotation:{item.id}"),
            dataset_name=wish.dataset_name,
            input=found.payload.input,
            expected_output=wish.expected_output if wish.has_expected_output else found.payload.output,
            is_object_output=not wish.has_expected_output,
            metadata=wish.metadata or {},
            source_trace_id=found.trace_id,
            source_observation_id=found.observation_id,
        )
        try:
            await self.datasets.put_item(project_id, draft)
        except NotFoundError:
            return  # the dataset was deleted since; trying for ever would bring it back no more


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
