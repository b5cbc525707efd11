"""Rows of annotation queues for tests."""

from panope.domain.accounts import Role, User
from panope.domain.ids import ProjectId, UserId
from panope.domain.review.queues import (
    AnnotationQueue,
    Answer,
    Completion,
    ItemId,
    ItemLock,
    ItemObjectType,
    QueueId,
    QueueItem,
    ScoreTarget,
)
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import ACME, CHAT

QUEUE = QueueId("queue")
ANN, BOB = UserId("ann"), UserId("bob")


def make_queue(number: int = 0, name: str | None = None) -> AnnotationQueue:
    return AnnotationQueue(
        id=QueueId(f"queue{number or ''}"),
        name=name or f"Queue {number}",
        description="of the test",
        score_config_ids=("b", "a", 'with "quotes"'),
        created_us=10 + number // 2,
        updated_us=5,
    )


def make_item(number: int, queue_id: QueueId = QUEUE, queued_us: int | None = None) -> QueueItem:
    return QueueItem(
        id=ItemId(f"item-{number:05}"),
        queue_id=queue_id,
        object_type=ItemObjectType.TRACE,
        object_id=f"trace-{number}",
        queued_us=number if queued_us is None else queued_us,
        created_us=number // 2,
        updated_us=3,
    )


def make_lock(reviewer_id: UserId = ANN, token: str = "token", expires_us: int = 1_000) -> ItemLock:
    return ItemLock(token=token, reviewer_id=reviewer_id, expires_us=expires_us)


def make_completion(reviewer_id: UserId = ANN, token: str = "token", at_us: int = 500) -> Completion:
    answers = (
        Answer(config_id="a", name="quality", data_type="NUMERIC", number=0.5, comment="fine"),
        Answer(config_id="b", name="kind", data_type="CATEGORICAL", text="it's\0 ü", number=2.0),
    )
    return Completion(
        reviewer_id=reviewer_id,
        token=token,
        completed_us=at_us,
        target=ScoreTarget(trace_id="trace-1", environment="production"),
        answers=answers,
        withdrawn_config_ids=("old",),
    )


async def furnish(catalog: Catalog, items: int = 0, project_id: ProjectId = CHAT) -> None:
    """One queue with items, and two people."""
    for user_id in (ANN, BOB):
        await catalog.users.create(User(id=user_id, email=f"{user_id}@example.com", roles={ACME: Role.MEMBER}))
    await catalog.annotation_queues.create(project_id, make_queue())
    await catalog.annotation_items.add(project_id, [make_item(number) for number in range(items)])
