"""The work on annotation queues: taking the next item, holding it, saying what is to be said, seeing how far it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.accounts import Principal
from panope.domain.errors import ConflictError, InvalidError, Issue, NotFoundError, UnavailableError, UnsupportedError
from panope.domain.ids import ProjectId, UserId
from panope.domain.review import changes
from panope.domain.review.queues import (
    AnnotationQueue,
    Answer,
    Completion,
    DatasetItemWish,
    ItemId,
    ItemLock,
    ItemObjectType,
    ItemStatus,
    QueueId,
    QueueItem,
    QueueProgress,
)
from panope.domain.scoring.configs import ScoreConfig
from panope.domain.scoring.rules import Breach, judge_score
from panope.features.review.delivery import Delivery
from panope.features.review.members import Members
from panope.features.review.objects import TelemetryObjects
from panope.features.review.queues import QueueService
from panope.kit.clock import Clock
from panope.ports.annotation_queues import AnnotationItemStore
from panope.ports.score_configs import ScoreConfigStore
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Keyset, ListQuery, Node, Sort
from panope.query.fields import View
from panope.query.validate import validate_query

_SECOND_US: Final = 1_000_000
_MOST_MISSING: Final = 100
"""Items without their object that one request looks at, so that its work is bounded."""
_PAGE: Final = 500
_MOST_LOOKED_AT: Final = 50_000


class Judgement(Struct, frozen=True, kw_only=True):
    """What a reviewer says by one score config."""

    config_id: str
    number: float | None = None
    text: str | None = None
    comment: str | None = None


class AddedTraces(Struct, frozen=True, kw_only=True):
    """What came of adding traces."""

    added: int
    known: int
    """Newer ones that match, or all when none was left out, and were in the queue already."""


class ReviewWork:
    """Hands items out and takes answers in. Methods raise `NotFoundError` for an unknown queue or item."""

    def __init__(
        self,
        *,
        queues: QueueService,
        items: AnnotationItemStore,
        configs: ScoreConfigStore,
        members: Members,
        reader: TelemetryReader,
        delivery: Delivery,
        deliver_later: Callable[[], None],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._queues = queues
        self._items = items
        self._configs = configs
        self._members = members
        self._reader = reader
        self._objects = TelemetryObjects(reader)
        self._delivery = delivery
        self._deliver_later = deliver_later
        self._clock = clock
        self._new_id = new_id

    async def take_next(self, caller: Principal, queue_id: str, reviewer: str, lease_s: int) -> QueueItem | None:
        """Lock the first free item for a member, given by id or e-mail address; None when nothing is free.

        Items whose object does not exist are passed over. Raises `InvalidError` for a reviewer who is no member of the
        organisation and `ConflictError` when the queue is archived.
        """
        project_id = caller.project_id
        queue = await self._queues.get_queue(project_id, queue_id)
        if queue.archived_us is not None:
            raise ConflictError("The annotation queue is archived and hands nothing out", code="queue_archived")
        reviewer_id = await self._require_reviewer(caller, reviewer)
        for _ in range(_MOST_MISSING):
            now_us = self._clock()
            token = self._new_id()
            lock = ItemLock(token=token, reviewer_id=reviewer_id, expires_us=now_us + lease_s * _SECOND_US)
            item = await self._items.claim(project_id, queue.id, lock, at_us=now_us)
            if item is None or item.lock is None:
                return None
            if await self._objects.find(project_id, item.object_type, item.object_id) is not None:
                return item
            await self._items.release(
                project_id, queue.id, item.id, item.lock.token, at_us=self._clock(), is_missing=True
            )
        return None

    async def renew(self, project_id: ProjectId, queue_id: str, item_id: str, token: str, lease_s: int) -> QueueItem:
        """Hold an item for so long from now. Raises `ConflictError` when the token does not hold it."""
        item = await self._queues.get_item(project_id, queue_id, item_id)
        expires_us = self._clock() + lease_s * _SECOND_US
        return await self._items.renew(project_id, item.queue_id, item.id, token, expires_us=expires_us)

    async def release(self, project_id: ProjectId, queue_id: str, item_id: str, token: str) -> QueueItem:
        """Give an item back, to the end of the line. Raises `ConflictError` when the token does not hold it."""
        item = await self._queues.get_item(project_id, queue_id, item_id)
        now_us = self._clock()
        return await self._items.release(project_id, item.queue_id, item.id, token, at_us=now_us, is_missing=False)

    async def complete(
        self,
        project_id: ProjectId,
        queue_id: str,
        item_id: str,
        token: str,
        judgements: Sequence[Judgement],
        dataset_item: DatasetItemWish | None = None,
    ) -> QueueItem:
        """Complete an item with scores, under its lock. Idempotent by token as long as the same is said.

        The item is completed when this returns. Its `is_delivered` says whether the scores are readable too; when the
        telemetry store was away they follow, which `deliver_later` sees to. Raises `InvalidError` for what breaks a
        score config, `ConflictError` when the token does not hold the item or said something else before,
        `NotFoundError` when the object is gone.
        """
        queue = await self._queues.get_queue(project_id, queue_id)
        item = await self._queues.get_item(project_id, queue.id, item_id)
        configs: dict[str, ScoreConfig] = {config.id: config for config in await self._configs.list(project_id)}
        answers = tuple(_judge(queue, configs, judgements))
        if changes.is_completed_by(item, token):
            return await self._deliver(project_id, _require_same(item, answers, dataset_item))
        if item.lock is None or item.lock.token != token:
            raise changes.not_held(item)
        await self._check_dataset(project_id, item, dataset_item)
        target = await self._objects.find(project_id, item.object_type, item.object_id)
        if target is None:
            text = "What the item is about does not exist any more: release the item, or delete it from the queue"
            raise NotFoundError(text, code="annotated_object_not_found")
        before = item.completion
        completion = Completion(
            reviewer_id=item.lock.reviewer_id,
            token=token,
            completed_us=max(self._clock(), before.completed_us + 1) if before else self._clock(),
            target=target,
            answers=answers,
            withdrawn_config_ids=_withdrawn(before, answers),
            dataset_item=dataset_item,
        )
        done = await self._items.complete(project_id, queue.id, item.id, completion)
        return await self._deliver(project_id, _require_same(done, answers, dataset_item))

    async def reopen(self, project_id: ProjectId, queue_id: str, item_id: str) -> QueueItem:
        """Put a completed item back, last in the line; its scores stay until somebody judges anew."""
        return await self._queues.mark_item(project_id, queue_id, item_id, ItemStatus.PENDING)

    async def count(self, project_id: ProjectId, queue_id: str) -> QueueProgress:
        """How far a queue is."""
        queue = await self._queues.get_queue(project_id, queue_id)
        return await self._items.count(project_id, queue.id, at_us=self._clock())

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

    async def _deliver(self, project_id: ProjectId, item: QueueItem) -> QueueItem:
        if item.is_delivered:
            return item
        try:
            await self._delivery.deliver(project_id, item)
        except UnavailableError:
            self._deliver_later()
            return item
        return replace(item, is_delivered=True)

    async def _require_reviewer(self, caller: Principal, reviewer: str) -> UserId:
        member = await self._members.find_by_any_name(caller.organization_id, reviewer)
        if member is None:
            text = "must be the id or e-mail address of a member of the project's organisation"
            raise InvalidError(text, code="unknown_reviewer", issues=(Issue(("reviewer",), text, "unknown_reviewer"),))
        return member.id

    async def _check_dataset(self, project_id: ProjectId, item: QueueItem, wish: DatasetItemWish | None) -> None:
        if wish is None:
            return
        if self._delivery.datasets is None:
            raise UnsupportedError("This server has no datasets: leave datasetItem out", code="no_datasets")
        if item.object_type is ItemObjectType.SESSION:
            raise _wrong(("datasetItem",), "goes with a trace or an observation; a session has no input")
        if not await self._delivery.datasets.has_dataset(project_id, wish.dataset_name):
            raise _wrong(("datasetItem", "datasetName"), "names no dataset of this project: create it first")


def _judge(
    queue: AnnotationQueue, configs: Mapping[str, ScoreConfig], judgements: Sequence[Judgement]
) -> Sequence[Answer]:
    answers: dict[str, Answer] = {}
    for index, said in enumerate(judgements):
        if said.config_id not in queue.score_config_ids:
            raise _wrong(("scores", index, "configId"), "is none of the queue's scoreConfigIds")
        if said.config_id in answers:
            raise _wrong(("scores", index, "configId"), "was given twice: an item has one score by each config")
        values = {"number": said.number, "text": said.text}
        judged = judge_score(configs.get(said.config_id), values)
        if isinstance(judged, Breach):
            raise InvalidError(judged.message, code=judged.code, issues=(_issue(index, judged),))
        answers[said.config_id] = Answer(config_id=said.config_id, comment=said.comment, **(values | judged))
    return list(answers.values())


def _issue(index: int, breach: Breach) -> Issue:
    place, _, rest = breach.message.partition(" ")
    return Issue(("scores", index, place.removeprefix("body.")), rest, breach.code)


def _withdrawn(before: Completion | None, answers: Sequence[Answer]) -> tuple[str, ...]:
    """What was said before and is not said again, including what an earlier change had withdrawn: twice is no harm."""
    if before is None:
        return ()
    said = {answer.config_id for answer in answers}
    earlier = [*(answer.config_id for answer in before.answers), *before.withdrawn_config_ids]
    return tuple(config_id for config_id in earlier if config_id not in said)


def _require_same(item: QueueItem, answers: tuple[Answer, ...], wish: DatasetItemWish | None) -> QueueItem:
    completion = item.completion
    if completion is None or (completion.answers, completion.dataset_item) != (answers, wish):
        text = "The item was completed under this lock with something else: reopen it to change what was said"
        raise ConflictError(text, code="item_completed")
    return item


def _wrong(path: tuple[str | int, ...], text: str) -> InvalidError:
    where = ".".join(str(step) for step in path)
    return InvalidError(
        f"Invalid request data: {where}: {text}",
        code="invalid_annotation",
        issues=(Issue(path, text, "invalid_annotation"),),
    )
