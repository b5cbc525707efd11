"""Conditions on comments become conditions on ids."""

from collections.abc import Sequence
from typing import Final, cast

import pytest

from panope.domain.errors import TooBroadError
from panope.domain.ids import ProjectId
from panope.domain.review.comments import CommentObjectType
from panope.features.tracing.remarks import MAX_OBJECTS, Remarks
from panope.ports.comments import CommentStore
from panope.query.ast import And, Condition, Node, Not, Op, Or, Some
from panope.query.fields import View

PROJECT: Final = ProjectId("p")
FOUND: Final = Condition("id", Op.ANY_OF, ("t1", "t2"))
NAMED: Final = Condition("name", Op.EQ, "x")


class Store:
    """Finds always the same, and remembers what it was asked."""

    def __init__(self, found: Sequence[str] = ("t1", "t2")) -> None:
        self.found = found
        self.asked: list[tuple[CommentObjectType, Condition]] = []

    async def find_objects(
        self, _project_id: ProjectId, object_type: CommentObjectType, condition: Condition, _limit: int
    ) -> Sequence[str]:
        self.asked.append((object_type, condition))
        return self.found


async def resolve(store: Store, node: Node, view: View = View.TRACES) -> Node:
    return await Remarks(cast(CommentStore, store)).resolve(PROJECT, view, node)


def said(op: Op, value: str | tuple[str, ...] | None = "a") -> Condition:
    return Condition("comment", op, value)


def often(op: Op, value: float | None) -> Condition:
    return Condition("comment_count", op, value)


ANY: Final = said(Op.IS_NOT_NULL, None)
CASES: Final[list[tuple[Node, Node, list[Condition]]]] = [
    (said(Op.MATCHES), FOUND, [said(Op.MATCHES)]),
    (said(Op.NOT_MATCHES), Not(FOUND), [said(Op.MATCHES)]),
    (said(Op.NE), Not(FOUND), [said(Op.EQ)]),
    (said(Op.IS_NULL, None), Not(FOUND), [ANY]),
    (said(Op.EQ, ""), Not(FOUND), [ANY]),
    (said(Op.NE, ""), Not(Not(FOUND)), [ANY]),
    (said(Op.CONTAINS, ""), And(()), []),
    (said(Op.NOT_CONTAINS, ""), Not(And(())), []),
    (said(Op.ANY_OF, ("a", "")), Or((Not(FOUND), FOUND)), [ANY, said(Op.ANY_OF, ("a",))]),
    (often(Op.GT, 1), FOUND, [often(Op.GT, 1)]),
    (often(Op.EQ, 0), Not(FOUND), [often(Op.NE, 0)]),
    (often(Op.LT, 2), Not(FOUND), [often(Op.GE, 2)]),
    (often(Op.NE, 2), Not(FOUND), [often(Op.EQ, 2)]),
    (often(Op.GE, 0), Not(FOUND), [often(Op.LT, 0)]),
    (often(Op.IS_NULL, None), Or(()), []),
    (often(Op.IS_NOT_NULL, None), And(()), []),
    (And((NAMED, Not(Or((said(Op.EQ),))))), And((NAMED, Not(Or((FOUND,))))), [said(Op.EQ)]),
]


@pytest.mark.parametrize(("node", "expected", "asked"), CASES)
async def test_a_condition_becomes_one_on_ids(node: Node, expected: Node, asked: list[Condition]) -> None:
    store = Store()
    assert await resolve(store, node) == expected
    assert store.asked == [(CommentObjectType.TRACE, condition) for condition in asked]


async def test_parts_are_asked_for_their_own_comments() -> None:
    store = Store()
    assert await resolve(store, Some(Some(said(Op.EQ))), View.SESSIONS) == Some(Some(FOUND))
    assert store.asked == [(CommentObjectType.OBSERVATION, said(Op.EQ))]


async def test_scores_have_a_comment_of_their_own() -> None:
    store = Store()
    assert await resolve(store, said(Op.EQ), View.SCORES) == said(Op.EQ)
    assert store.asked == []


async def test_too_many_are_refused() -> None:
    found = [f"t{number}" for number in range(MAX_OBJECTS)]
    assert await resolve(Store(found), ANY) == Condition("id", Op.ANY_OF, tuple(found))
    with pytest.raises(TooBroadError, match="5000 traces"):
        await resolve(Store([*found, "one more"]), ANY)
