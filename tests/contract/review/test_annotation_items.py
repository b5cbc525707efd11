"""The contract of the store of annotation items, unchanged for every engine: the line, the locks, the completions."""

import pytest
from msgspec.structs import replace

from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.review.queues import (
    LOOK_AGAIN_US,
    ItemId,
    ItemObjectType,
    ItemStatus,
    QueueId,
    QueueProgress,
    ReviewerProgress,
)
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
)

FIRST = make_item(0).id


async def test_items_are_read_back_by_everybody_of_their_queue(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 2)
    items = other.annotation_items
    assert await items.get(CHAT, QUEUE, FIRST) == make_item(0)
    for project_id, queue_id, item_id in (
        (SHOP, QUEUE, FIRST),
        (CHAT, QueueId("x"), FIRST),
        (CHAT, QUEUE, ItemId("x")),
    ):
        assert await items.get(project_id, queue_id, item_id) is None
    assert await items.list(SHOP, QUEUE, None, limit=9, offset=0) == ([], 0)
    assert not await items.delete(SHOP, QUEUE, FIRST)
    assert not await items.delete(CHAT, QueueId("x"), FIRST)
    assert await items.delete(CHAT, QUEUE, FIRST)
    assert not await items.delete(CHAT, QUEUE, FIRST)


async def test_lists_are_newest_first_by_status(furnished: Catalog) -> None:
    await furnish(furnished, 5)
    items = furnished.annotation_items
    await items.set_status(CHAT, QUEUE, FIRST, ItemStatus.COMPLETED, at_us=50)
    page, total = await items.list(CHAT, QUEUE, ItemStatus.PENDING, limit=2, offset=1)
    assert ([item.object_id for item in page], total) == (["trace-3", "trace-2"], 4)
    page, total = await items.list(CHAT, QUEUE, ItemStatus.COMPLETED, limit=2, offset=0)
    assert ([item.object_id for item in page], total) == (["trace-0"], 1)


async def test_items_are_added_all_or_none_and_known_objects_once(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 3)
    items = furnished.annotation_items
    with pytest.raises(ConflictError):
        await items.add(CHAT, [make_item(7), make_item(2)])
    assert await items.get(CHAT, QUEUE, make_item(7).id) is None
    session = replace(make_item(1), id=ItemId("s"), object_type=ItemObjectType.SESSION)
    again = replace(make_item(1), id=ItemId("again"))
    assert await other.annotation_items.add(CHAT, [again, session, make_item(8)], skip_known=True) == 2
    assert await items.add(CHAT, [again]) == 1
    assert await items.add(CHAT, []) == 0
    with pytest.raises(NotFoundError):
        await items.add(SHOP, [make_item(9)])


async def test_many_items_are_added_at_once(furnished: Catalog) -> None:
    await furnish(furnished)
    many = [make_item(number) for number in range(1_203)]
    assert await furnished.annotation_items.add(CHAT, many, skip_known=True) == 1_203
    assert await furnished.annotation_items.add(CHAT, many, skip_known=True) == 0


async def test_an_archived_queue_takes_nothing_in(furnished: Catalog) -> None:
    await furnish(furnished)
    await furnished.annotation_queues.update(CHAT, QUEUE, lambda queue: replace(queue, archived_us=1))
    with pytest.raises(ConflictError, match="archived"):
        await furnished.annotation_items.add(CHAT, [make_item(1)])


async def test_status_is_set_with_its_time_and_once(furnished: Catalog) -> None:
    await furnish(furnished, 1)
    items = furnished.annotation_items
    await items.claim(CHAT, QUEUE, make_lock(), at_us=0)
    held = await items.set_status(CHAT, QUEUE, FIRST, ItemStatus.PENDING, at_us=40)
    assert held is not None
    assert held.lock == make_lock()
    done = await items.set_status(CHAT, QUEUE, FIRST, ItemStatus.COMPLETED, at_us=50)
    completed = replace(make_item(0), status=ItemStatus.COMPLETED, completed_us=50, updated_us=50)
    assert done == completed == await items.get(CHAT, QUEUE, FIRST)
    assert await items.set_status(CHAT, QUEUE, FIRST, ItemStatus.COMPLETED, at_us=60) == completed
    reopened = await items.set_status(CHAT, QUEUE, FIRST, ItemStatus.PENDING, at_us=70)
    assert reopened == replace(make_item(0), queued_us=70, updated_us=70)
    assert await items.set_status(SHOP, QUEUE, FIRST, ItemStatus.COMPLETED, at_us=80) is None


async def test_items_are_handed_out_in_line_each_to_one_reviewer(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 2)
    first = await furnished.annotation_items.claim(CHAT, QUEUE, make_lock(ANN, "a"), at_us=0)
    second = await other.annotation_items.claim(CHAT, QUEUE, make_lock(BOB, "b"), at_us=0)
    assert first == replace(make_item(0), lock=make_lock(ANN, "a"))
    assert second == replace(make_item(1), lock=make_lock(BOB, "b"))
    assert await other.annotation_items.claim(CHAT, QUEUE, make_lock(ItemId("eve"), "c"), at_us=0) is None
    assert await other.annotation_items.claim(SHOP, QUEUE, make_lock(), at_us=5_000) is None


async def test_who_holds_an_item_gets_it_again(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 2)
    items = other.annotation_items
    await furnished.annotation_items.claim(CHAT, QUEUE, make_lock(ANN, "a", 1_000), at_us=0)
    for expires_us, latest_us in ((500, 1_000), (3_000, 3_000)):
        again = await items.claim(CHAT, QUEUE, make_lock(ANN, "new", expires_us), at_us=100)
        assert again == replace(make_item(0), lock=make_lock(ANN, "a", latest_us))
    late = await items.claim(CHAT, QUEUE, make_lock(ANN, "late", 9_000), at_us=8_000)
    assert late == replace(make_item(0), lock=make_lock(ANN, "a", 9_000))


async def test_a_stale_lock_is_taken_over_and_then_worth_nothing(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 1)
    items = other.annotation_items
    await furnished.annotation_items.claim(CHAT, QUEUE, make_lock(ANN, "a", 1_000), at_us=0)
    assert await items.claim(CHAT, QUEUE, make_lock(BOB, "b", 2_000), at_us=999) is None
    taken = await items.claim(CHAT, QUEUE, make_lock(BOB, "b", 2_000), at_us=1_000)
    assert taken == replace(make_item(0), lock=make_lock(BOB, "b", 2_000))
    with pytest.raises(ConflictError):
        await items.renew(CHAT, QUEUE, FIRST, "a", expires_us=9_000)
    with pytest.raises(ConflictError):
        await items.release(CHAT, QUEUE, FIRST, "a", at_us=1, is_missing=False)
    with pytest.raises(ConflictError):
        await items.complete(CHAT, QUEUE, FIRST, make_completion(ANN, "a"))
    assert await items.get(CHAT, QUEUE, FIRST) == taken


async def test_a_lock_is_renewed_even_when_expired_unless_taken(furnished: Catalog) -> None:
    await furnish(furnished, 1)
    items = furnished.annotation_items
    await items.claim(CHAT, QUEUE, make_lock(ANN, "a", 1_000), at_us=0)
    renewed = await items.renew(CHAT, QUEUE, FIRST, "a", expires_us=9_000)
    assert renewed == replace(make_item(0), lock=make_lock(ANN, "a", 9_000))
    assert await items.claim(CHAT, QUEUE, make_lock(BOB, "b"), at_us=8_999) is None
    with pytest.raises(NotFoundError):
        await items.renew(SHOP, QUEUE, FIRST, "a", expires_us=9)


async def test_a_released_item_is_last_in_the_line(furnished: Catalog) -> None:
    await furnish(furnished, 2)
    items = furnished.annotation_items
    await items.claim(CHAT, QUEUE, make_lock(), at_us=0)
    released = await items.release(CHAT, QUEUE, FIRST, "token", at_us=99, is_missing=False)
    assert released == replace(make_item(0), queued_us=99)
    claims = [await items.claim(CHAT, QUEUE, make_lock(user), at_us=100) for user in (ANN, BOB)]
    assert [claim and claim.object_id for claim in claims] == ["trace-1", "trace-0"]


async def test_an_item_without_its_object_is_offered_again_later(furnished: Catalog) -> None:
    await furnish(furnished, 1)
    items = furnished.annotation_items
    await items.claim(CHAT, QUEUE, make_lock(), at_us=0)
    await items.release(CHAT, QUEUE, FIRST, "token", at_us=99, is_missing=True)
    assert await items.count(CHAT, QUEUE, at_us=99) == QueueProgress(missing=1)
    assert await items.claim(CHAT, QUEUE, make_lock(), at_us=98 + LOOK_AGAIN_US) is None
    found = await items.claim(CHAT, QUEUE, make_lock(), at_us=99 + LOOK_AGAIN_US)
    assert found == replace(make_item(0), queued_us=99, lock=make_lock())


async def test_a_completion_is_kept_whole_and_once(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 2)
    items = other.annotation_items
    completion = make_completion()
    with pytest.raises(ConflictError):
        await items.complete(CHAT, QUEUE, FIRST, completion)
    await furnished.annotation_items.claim(CHAT, QUEUE, make_lock(), at_us=0)
    done = await items.complete(CHAT, QUEUE, FIRST, completion)
    expected = replace(
        make_item(0),
        status=ItemStatus.COMPLETED,
        completed_us=500,
        updated_us=500,
        completion=completion,
        is_delivered=False,
    )
    assert done == expected == await items.get(CHAT, QUEUE, FIRST)
    assert await items.complete(CHAT, QUEUE, FIRST, make_completion(at_us=900)) == expected
    with pytest.raises(ConflictError, match="reopen"):
        await items.complete(CHAT, QUEUE, FIRST, make_completion(token="another"))
    with pytest.raises(NotFoundError):
        await items.complete(SHOP, QUEUE, FIRST, completion)
    taken = await items.claim(CHAT, QUEUE, make_lock(ANN, "next"), at_us=600)
    assert taken is not None
    assert taken.object_id == "trace-1"


async def test_what_is_undelivered_is_known_until_it_is_delivered(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 1)
    items = furnished.annotation_items
    await items.claim(CHAT, QUEUE, make_lock(), at_us=0)
    done = await items.complete(CHAT, QUEUE, FIRST, make_completion())
    assert await other.annotation_items.list_undelivered(CHAT, 5) == [done]
    assert await other.annotation_items.list_undelivered(SHOP, 5) == []
    await items.mark_delivered(SHOP, FIRST, "token")
    await items.mark_delivered(CHAT, FIRST, "another")
    assert await other.annotation_items.list_undelivered(CHAT, 5) == [done]
    await items.mark_delivered(CHAT, FIRST, "token")
    assert await other.annotation_items.list_undelivered(CHAT, 5) == []
    assert await items.get(CHAT, QUEUE, FIRST) == replace(done, is_delivered=True)


async def test_a_reopened_item_keeps_what_was_said_until_it_is_said_anew(furnished: Catalog) -> None:
    await furnish(furnished, 1)
    items = furnished.annotation_items
    await items.claim(CHAT, QUEUE, make_lock(), at_us=0)
    await items.complete(CHAT, QUEUE, FIRST, make_completion())
    reopened = await items.set_status(CHAT, QUEUE, FIRST, ItemStatus.PENDING, at_us=600)
    assert reopened is not None
    assert (reopened.completion, reopened.completed_us) == (make_completion(), None)
    assert await items.count(CHAT, QUEUE, at_us=600) == QueueProgress(pending=1)
    with pytest.raises(ConflictError):
        await items.complete(CHAT, QUEUE, FIRST, make_completion())
    await items.claim(CHAT, QUEUE, make_lock(BOB, "second", 2_000), at_us=700)
    again = make_completion(BOB, "second", 800)
    done = await items.complete(CHAT, QUEUE, FIRST, again)
    assert (done.completion, done.is_delivered) == (again, False)


async def test_progress_counts_every_item_once_and_by_reviewer(furnished: Catalog, other: Catalog) -> None:
    await furnish(furnished, 6)
    items = furnished.annotation_items
    for number in range(2):
        await items.claim(CHAT, QUEUE, make_lock(ANN, f"t{number}"), at_us=0)
        await items.complete(CHAT, QUEUE, make_item(number).id, make_completion(ANN, f"t{number}"))
    await items.claim(CHAT, QUEUE, make_lock(ANN, "held"), at_us=0)
    await items.claim(CHAT, QUEUE, make_lock(BOB, "held too", 50), at_us=0)
    await items.set_status(CHAT, QUEUE, make_item(5).id, ItemStatus.COMPLETED, at_us=9)
    ann = ReviewerProgress(reviewer_id=ANN, locked=1, completed=2)
    bob = ReviewerProgress(reviewer_id=BOB, locked=1)
    whole = QueueProgress(pending=1, locked=2, completed=3, reviewers=(ann, bob))
    assert await other.annotation_items.count(CHAT, QUEUE, at_us=10) == whole
    later = QueueProgress(pending=2, locked=1, completed=3, reviewers=(ann,))
    assert await other.annotation_items.count(CHAT, QUEUE, at_us=50) == later
    assert await other.annotation_items.count(SHOP, QUEUE, at_us=10) == QueueProgress()
