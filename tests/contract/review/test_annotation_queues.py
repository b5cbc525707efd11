"""The contract of the store of annotation queues, unchanged for every engine."""

import asyncio

import pytest
from msgspec.structs import replace

from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ProjectId, UserId
from panope.domain.review.queues import ItemStatus, QueueId
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP
from tests.contract.review.queue_rows import (
    ANN,
    BOB,
    QUEUE,
    furnish,
    make_completion,
    make_item,
    make_lock,
    make_queue,
)


async def test_a_queue_is_read_back_by_everybody_of_its_project(furnished: Catalog, other: Catalog) -> None:
    await furnished.annotation_queues.create(CHAT, make_queue())
    assert await other.annotation_queues.get(CHAT, QUEUE) == make_queue()
    assert await other.annotation_queues.get(SHOP, QUEUE) is None
    assert await other.annotation_queues.list(CHAT, limit=5, offset=0) == ([make_queue()], 1)
    assert await other.annotation_queues.list(SHOP, limit=5, offset=0) == ([], 0)


async def test_a_name_is_taken_once_in_a_project(furnished: Catalog) -> None:
    queues = furnished.annotation_queues
    await queues.create(CHAT, make_queue(1, "ü" * 1000))
    for clash in (make_queue(2, "ü" * 1000), make_queue(1, "other")):
        with pytest.raises(ConflictError):
            await queues.create(CHAT, clash)
    await queues.create(SHOP, make_queue(2, "ü" * 1000))
    with pytest.raises(NotFoundError):
        await queues.create(ProjectId("ghost"), make_queue(3))


async def test_two_at_once_do_not_get_the_same_name(furnished: Catalog, other: Catalog) -> None:
    made = await asyncio.gather(
        *(
            (furnished, other)[number % 2].annotation_queues.create(CHAT, make_queue(number, "same"))
            for number in range(1, 9)
        ),
        return_exceptions=True,
    )
    assert sum(outcome is None for outcome in made) == 1
    assert all(outcome is None or isinstance(outcome, ConflictError) for outcome in made)


async def test_lists_are_newest_first_in_pages(furnished: Catalog) -> None:
    for number in (3, 1, 4, 5, 2):
        await furnished.annotation_queues.create(CHAT, make_queue(number))
    pages = [await furnished.annotation_queues.list(CHAT, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [[queue.id for queue in rows] for rows, _ in pages] == [
        ["queue5", "queue4"],
        ["queue3", "queue2"],
        ["queue1"],
    ]
    assert {total for _, total in pages} == {5}


async def test_a_queue_is_changed_but_for_its_creation(furnished: Catalog) -> None:
    queues = furnished.annotation_queues
    await queues.create(CHAT, make_queue(1))
    await queues.create(CHAT, make_queue(2))
    changed = replace(make_queue(1), description=None, score_config_ids=(), archived_us=9, created_us=99)
    kept = replace(changed, created_us=10)
    assert await queues.update(CHAT, changed.id, lambda _queue: changed) == kept
    assert await queues.get(CHAT, changed.id) == kept
    with pytest.raises(ConflictError):
        await queues.update(CHAT, changed.id, lambda queue: replace(queue, name="Queue 2"))
    assert await queues.update(SHOP, changed.id, lambda _queue: changed) is None
    assert await queues.update(CHAT, make_queue(7).id, lambda queue: queue) is None
    assert await queues.get(CHAT, changed.id) == kept


async def test_changes_at_once_all_stay(furnished: Catalog, other: Catalog) -> None:
    await furnished.annotation_queues.create(CHAT, replace(make_queue(), description=""))

    async def add(number: int) -> None:
        queues = (furnished, other)[number % 2].annotation_queues
        await queues.update(CHAT, QUEUE, lambda queue: replace(queue, description=f"{queue.description}x"))

    await asyncio.gather(*map(add, range(16)))
    found = await other.annotation_queues.get(CHAT, QUEUE)
    assert found is not None
    assert found.description == "x" * 16


async def test_assignments_are_a_set(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished)
    queues = furnished.annotation_queues
    for user_id in (BOB, ANN, BOB):
        await queues.assign(CHAT, QUEUE, user_id)
    assert await other.annotation_queues.list_assigned(CHAT, QUEUE) == [ANN, BOB]
    assert await other.annotation_queues.list_assigned(SHOP, QUEUE) == []
    assert await queues.unassign(CHAT, QUEUE, BOB)
    assert not await queues.unassign(CHAT, QUEUE, BOB)
    assert await other.annotation_queues.list_assigned(CHAT, QUEUE) == [ANN]
    for project_id, queue_id, user_id in ((SHOP, QUEUE, BOB), (CHAT, QueueId("x"), BOB), (CHAT, QUEUE, UserId("x"))):
        with pytest.raises(NotFoundError):
            await queues.assign(project_id, queue_id, user_id)
    with pytest.raises(NotFoundError):
        await queues.unassign(SHOP, QUEUE, ANN)


async def test_a_deleted_queue_takes_its_items_and_assignments_along(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 3)
    queues, items = furnished.annotation_queues, other.annotation_items
    await queues.create(CHAT, make_queue(2))
    await items.add(CHAT, [make_item(9, QueueId("queue2"))])
    await queues.assign(CHAT, QUEUE, ANN)
    assert not await queues.delete(SHOP, QUEUE)
    assert (await items.list(CHAT, QUEUE, None, limit=9, offset=0))[1] == 3
    assert await queues.delete(CHAT, QUEUE)
    assert not await queues.delete(CHAT, QUEUE)
    assert await items.list(CHAT, QUEUE, None, limit=9, offset=0) == ([], 0)
    assert await queues.list_assigned(CHAT, QUEUE) == []
    assert (await items.list(CHAT, QueueId("queue2"), None, limit=9, offset=0))[1] == 1


async def test_a_queue_with_scores_on_their_way_is_not_deleted(furnished: Catalog) -> None:
    await furnish(furnished, 1)
    items = furnished.annotation_items
    await items.claim(CHAT, QUEUE, make_lock(), at_us=0)
    await items.complete(CHAT, QUEUE, make_item(0).id, make_completion())
    with pytest.raises(ConflictError):
        await furnished.annotation_queues.delete(CHAT, QUEUE)
    assert (await items.list(CHAT, QUEUE, ItemStatus.COMPLETED, limit=9, offset=0))[1] == 1
    await items.mark_delivered(CHAT, make_item(0).id, "token")
    assert await furnished.annotation_queues.delete(CHAT, QUEUE)
