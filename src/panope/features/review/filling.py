"""Filling a queue with many traces at once."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from panope.domain.ids import ProjectId
from panope.domain.review import changes
from panope.domain.review.queues import ItemId, ItemObjectType, QueueId, QueueItem
from panope.features.review.queues import QueueService
from panope.kit.clock import Clock
from panope.ports.annotation_queues import AnnotationItemStore
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Keyset, ListQuery, Node, Sort
from panope.query.fields import View
from panope.query.validate import validate_query

_PAGE: Final = 500
_MOST_LOOKED_AT: Final = 50_000


class AddedTraces(Struct, frozen=True, kw_only=True):
    """What came of adding traces."""

    added: int
    known: int
    """Newer ones that match, or all when none was left out, and were in the queue already."""


class QueueFilling:
    """Puts traces that match a filter into a queue."""

    def __init__(
        self,
        queues: QueueService,
        items: AnnotationItemStore,
        reader: TelemetryReader,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._queues = queues
        self._items = items
        self._reader = reader
        self._clock = clock
        self._new_id = new_id

    async def add_traces(self, project_id: ProjectId, queue_id: str, where: Node, most: int) -> AddedTraces:
        """Add the newest traces that match, each once; what the queue holds already is passed over.

        Works a page at a time, so memory does not grow with the number of traces. Adds up to `most` and looks at up to
        50,000; asking again goes on. Raises `ConflictError` when the queue is archived.
        """
        queue = await self._queues.get_queue(project_id, queue_id)
        changes.require_open(queue)
        now_us = self._clock()
        added, known, after = 0, 0, None
        while added < most and added + known < _MOST_LOOKED_AT:
            query = ListQuery(where=where, sort=Sort("timestamp"), limit=_PAGE, after=after, with_ids=False)
            validate_query(View.TRACES, query)
            rows = (await self._reader.list_traces(project_id, query)).rows
            items = [
                self._new_item(queue.id, traced.row.id, now_us, added + known + at) for at, traced in enumerate(rows)
            ]
            new = await self._items.add(project_id, items, skip_known=True, most=most - added)
            added += new
            if added < most:
                known += len(rows) - new
            if len(rows) < _PAGE:
                break
            after = Keyset(rows[-1].row.timestamp_us, rows[-1].row.id)
        return AddedTraces(added=added, known=known)

    def _new_item(self, queue_id: QueueId, trace_id: str, now_us: int, place: int) -> QueueItem:
        return QueueItem(
            id=ItemId(self._new_id()),
            queue_id=queue_id,
            object_type=ItemObjectType.TRACE,
            object_id=trace_id,
            queued_us=now_us + place,
            created_us=now_us,
            updated_us=now_us,
        )
