"""The contract of `CommentStore.find_objects`: every engine finds the objects that memory finds."""

from typing import Final

import pytest

from panope.domain.review.comments import Comment, CommentId, CommentObjectType
from panope.ports.catalog import Catalog
from panope.query.ast import Condition, Op
from tests.contract.catalog.test_catalog import CHAT, SHOP

TRACE, SESSION = CommentObjectType.TRACE, CommentObjectType.SESSION
SAID: Final = {
    "a": ["Refund was wrong", "100 % sure"],
    "b": ["refund"],
    "c": ["ÄRGER mit dem Kunden", "it's 50_50", "🙂 x"],
    "d": ["refund refund"],
}
MATCHES: Final = [
    (Op.EQ, "refund", "b"),
    (Op.EQ, "Refund", ""),
    (Op.ANY_OF, ("refund", "🙂 x"), "bc"),
    (Op.CONTAINS, "efund", "abd"),
    (Op.CONTAINS, "Refund", "a"),
    (Op.CONTAINS, "%", "a"),
    (Op.CONTAINS, "_", "c"),
    (Op.MATCHES, "REFUND", "abd"),
    (Op.MATCHES, "ärger MIT", "c"),
    (Op.MATCHES, "it's", "c"),
    (Op.STARTS_WITH, "refund", "bd"),
    (Op.STARTS_WITH, "🙂", "c"),
    (Op.ENDS_WITH, "refund", "bd"),
    (Op.ENDS_WITH, "not a refund", ""),
    (Op.ENDS_WITH, "x", "c"),
    (Op.IS_NOT_NULL, None, "abcd"),
]
COUNTS: Final = [
    (Op.EQ, 1, "bd"),
    (Op.NE, 1, "ac"),
    (Op.GT, 1, "ac"),
    (Op.GE, 2.5, "c"),
    (Op.LT, 3, "abd"),
    (Op.LE, 0, ""),
    (Op.GT, 2**40, ""),
    (Op.LT, 2**40, "abcd"),
    (Op.EQ, 2**31, ""),
]


@pytest.fixture
async def said(furnished: Catalog) -> Catalog:
    """The comments of `SAID` on traces, and others elsewhere."""
    told = [(CHAT, TRACE, name, content) for name, contents in SAID.items() for content in contents]
    told += [(CHAT, SESSION, "s", "refund"), (SHOP, TRACE, "e", "refund")]
    for number, (project, kind, object_id, content) in enumerate(told):
        await furnished.comments.add(
            project,
            Comment(
                id=CommentId(f"c{number}"),
                object_type=kind,
                object_id=object_id,
                content=content,
                created_us=number,
                updated_us=number,
            ),
        )
    return furnished


async def test_objects_are_found_by_what_was_said_of_them(said: Catalog) -> None:
    for op, value, expected in MATCHES:
        found = await said.comments.find_objects(CHAT, TRACE, Condition("comment", op, value), 9)
        assert sorted(found) == list(expected), (op, value)


async def test_objects_are_found_by_how_much_was_said_of_them(said: Catalog) -> None:
    for op, value, expected in COUNTS:
        found = await said.comments.find_objects(CHAT, TRACE, Condition("comment_count", op, value), 9)
        assert sorted(found) == list(expected), (op, value)


async def test_objects_of_other_types_and_projects_are_not_found_nor_too_many(said: Catalog) -> None:
    any_at_all = Condition("comment", Op.IS_NOT_NULL)
    assert await said.comments.find_objects(CHAT, SESSION, any_at_all, 9) == ["s"]
    assert await said.comments.find_objects(SHOP, TRACE, any_at_all, 9) == ["e"]
    assert len(await said.comments.find_objects(CHAT, TRACE, any_at_all, 2)) == 2
