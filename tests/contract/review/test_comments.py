"""The contract of the store of comments, unchanged for every engine."""

import pytest
from msgspec.structs import replace

from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ProjectId, UserId
from panope.domain.review.comments import Comment, CommentFilter, CommentId, CommentObjectType
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP

LONG = "ü" * 400
EVERYTHING = CommentFilter()


def make_comment(number: int, object_id: str = "t", author: str | None = None) -> Comment:
    return Comment(
        id=CommentId(f"c{number}"),
        object_type=CommentObjectType.TRACE if number % 2 else CommentObjectType.SESSION,
        object_id=object_id,
        content="it's 100 % :x 🙂\n",
        author_user_id=None if author is None else UserId(author),
        created_us=100 + number // 2,
        updated_us=7,
    )


async def test_a_comment_is_read_back_by_everybody_of_its_project(furnished: Catalog, other: Catalog) -> None:
    comment = make_comment(1, LONG, "ann")
    await furnished.comments.add(CHAT, comment)
    assert await other.comments.get(CHAT, comment.id) == comment
    assert await other.comments.get(SHOP, comment.id) is None
    assert await other.comments.get(CHAT, CommentId("none")) is None
    assert await other.comments.list(CHAT, EVERYTHING, limit=9, offset=0) == ([comment], 1)
    assert await other.comments.list(SHOP, EVERYTHING, limit=9, offset=0) == ([], 0)


async def test_an_id_is_taken_once_and_a_project_is_needed(furnished: Catalog) -> None:
    await furnished.comments.add(CHAT, make_comment(1))
    with pytest.raises(ConflictError):
        await furnished.comments.add(SHOP, make_comment(1))
    with pytest.raises(NotFoundError):
        await furnished.comments.add(ProjectId("ghost"), make_comment(2))
    assert (await furnished.comments.list(SHOP, EVERYTHING, limit=9, offset=0))[1] == 0


async def test_lists_are_newest_first_in_pages_with_an_exact_total(furnished: Catalog) -> None:
    for number in (3, 1, 4, 0, 2):
        await furnished.comments.add(CHAT, make_comment(number))
    pages = [await furnished.comments.list(CHAT, EVERYTHING, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [[comment.id for comment in rows] for rows, _ in pages] == [["c4", "c3"], ["c2", "c1"], ["c0"], []]
    assert {total for _, total in pages} == {5}


async def test_filters_are_all_of_them_and_exact(furnished: Catalog) -> None:
    for comment in (make_comment(1, "t", "ann"), make_comment(2, "t", "ann"), make_comment(3, "T", "bob")):
        await furnished.comments.add(CHAT, comment)

    async def ids(where: CommentFilter) -> list[str]:
        found, total = await furnished.comments.list(CHAT, where, limit=9, offset=0)
        assert total == len(found)
        return [comment.id for comment in found]

    assert await ids(CommentFilter(object_id="t")) == ["c2", "c1"]
    assert await ids(CommentFilter(object_type=CommentObjectType.TRACE)) == ["c3", "c1"]
    assert await ids(CommentFilter(object_type=CommentObjectType.TRACE, object_id="t")) == ["c1"]
    assert await ids(CommentFilter(author_user_id=UserId("bob"))) == ["c3"]
    assert await ids(CommentFilter(author_user_id=UserId("bob"), object_id="t")) == []
    assert await ids(CommentFilter(object_type=CommentObjectType.PROMPT)) == []


async def test_a_comment_is_changed_and_deleted_within_its_project(furnished: Catalog, other: Catalog) -> None:
    kept, gone = make_comment(1, "t", "ann"), make_comment(3, "t", "ann")
    for comment in (kept, gone):
        await furnished.comments.add(CHAT, comment)
    assert await furnished.comments.change(SHOP, kept.id, "else", 9) is None
    assert not await furnished.comments.delete(SHOP, gone.id)
    changed = await furnished.comments.change(CHAT, kept.id, "new\n🙂", 9)
    assert changed == replace(kept, content="new\n🙂", updated_us=9)
    assert await furnished.comments.delete(CHAT, gone.id)
    assert not await furnished.comments.delete(CHAT, gone.id)
    assert await furnished.comments.change(CHAT, gone.id, "else", 9) is None
    assert await other.comments.list(CHAT, EVERYTHING, limit=9, offset=0) == ([changed], 1)


async def test_comments_are_counted_by_object(furnished: Catalog) -> None:
    for comment in (make_comment(1, "a"), make_comment(3, "a"), make_comment(5, LONG), make_comment(2, "a")):
        await furnished.comments.add(CHAT, comment)
    many = [f"x{number}" for number in range(1_200)]
    counts = await furnished.comments.count_by_object(CHAT, CommentObjectType.TRACE, ["a", *many, LONG])
    assert dict(counts) == {"a": 2, LONG: 1}
    assert not await furnished.comments.count_by_object(SHOP, CommentObjectType.TRACE, ["a"])
    assert not await furnished.comments.count_by_object(CHAT, CommentObjectType.PROMPT, ["a"])
    assert not await furnished.comments.count_by_object(CHAT, CommentObjectType.TRACE, [])
