"""Saying what is to be said about an item."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.errors import ConflictError, InvalidError, Issue, NotFoundError, UnavailableError
from panope.domain.ids import ProjectId
from panope.domain.review import changes
from panope.domain.review.queues import (
    AnnotationQueue,
    Answer,
    Completion,
    DatasetItemWish,
    ItemObjectType,
    QueueItem,
)
from panope.domain.scoring.configs import ScoreConfig
from panope.domain.scoring.rules import Breach, judge_score
from panope.features.review.delivery import Delivery
from panope.features.review.objects import TelemetryObjects
from panope.features.review.queues import QueueService
from panope.kit.clock import Clock
from panope.ports.annotation_queues import AnnotationItemStore
from panope.ports.score_configs import ScoreConfigStore


class Judgement(Struct, frozen=True, kw_only=True):
    """What a reviewer says by one score config."""

    config_id: str
    number: float | None = None
    text: str | None = None
    comment: str | None = None


class Completing:
    """Takes answers in, checks them against the queue's score configs, and sees that they become scores."""

    def __init__(
        self,
        queues: QueueService,
        items: AnnotationItemStore,
        configs: ScoreConfigStore,
        objects: TelemetryObjects,
        delivery: Delivery,
        deliver_later: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._items = items
        self._configs = configs
        self._objects = objects
        self._delivery = delivery
        self._deliver_later = deliver_later
        self._clock = clock

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
        telemetry store was away they follow, which `deliver_later` sees to. Raises `NotFoundError` for an unknown queue
        or item and when the object is gone, `InvalidError` for what breaks a
        score config, `ConflictError` when the token does not hold the item or said something else before.
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

    async def _deliver(self, project_id: ProjectId, item: QueueItem) -> QueueItem:
        if item.is_delivered:
            return item
        try:
            await self._delivery.deliver(project_id, item)
        except UnavailableError:
            self._deliver_later()
            return item
        return replace(item, is_delivered=True)

    async def _check_dataset(self, project_id: ProjectId, item: QueueItem, wish: DatasetItemWish | None) -> None:
        if wish is None:
            return
        if item.object_type is ItemObjectType.SESSION:
            raise _wrong(("datasetItem",), "goes with a trace or an observation; a session has no input")
        draft = await self._delivery.draft_dataset_item(project_id, item, wish)
        if draft is None:
            return  # the object is gone, which is looked at next
        try:
            await self._delivery.datasets.check_item(project_id, draft)
        except NotFoundError:
            raise _wrong(("datasetItem", "datasetName"), "names no dataset of this project: create it first") from None


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
