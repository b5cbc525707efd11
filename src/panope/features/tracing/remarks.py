"""Conditions on comments, which the catalog keeps: they become conditions on the ids of what was commented on."""

from typing import Final

from panope.domain.errors import TooBroadError
from panope.domain.ids import ProjectId
from panope.domain.review.comments import CommentObjectType
from panope.ports.comments import CommentStore
from panope.query.ast import And, Condition, Node, Not, Op, Or, Some
from panope.query.comparing import COMPARISONS
from panope.query.fields import APART, PARTS, View

MAX_OBJECTS: Final = 5_000
"""So many ids one condition may stand for."""

_TYPES: Final = {
    View.TRACES: CommentObjectType.TRACE,
    View.OBSERVATIONS: CommentObjectType.OBSERVATION,
    View.SESSIONS: CommentObjectType.SESSION,
}
_TEXT_OPPOSITES: Final = {
    Op.NE: Op.EQ,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.NOT_MATCHES: Op.MATCHES,
    Op.NONE_OF: Op.ANY_OF,
    Op.IS_NULL: Op.IS_NOT_NULL,
}
_COUNT_OPPOSITES: Final = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.LE: Op.GT,
    Op.GT: Op.LE,
    Op.GE: Op.LT,
}
_ALL: Final = And(())
_NONE: Final = Or(())


class Remarks:
    """Replaces what a query asks of comments."""

    def __init__(self, comments: CommentStore) -> None:
        self._comments = comments

    async def resolve(self, project_id: ProjectId, view: View, node: Node) -> Node:
        """The same conditions without any on comments; a tree that has none comes back as it is.

        Raises `TooBroadError` when a condition finds more than `MAX_OBJECTS` commented objects.
        """
        if isinstance(node, Condition):
            return await self._replace(project_id, view, node) if node.field in APART[view] else node
        if isinstance(node, Not):
            return Not(await self.resolve(project_id, view, node.node))
        if isinstance(node, Some):
            part = PARTS.get(view)
            return node if part is None else Some(await self.resolve(project_id, part, node.node))
        nodes = tuple([await self.resolve(project_id, view, child) for child in node.nodes])
        return And(nodes) if isinstance(node, And) else Or(nodes)

    async def _replace(self, project_id: ProjectId, view: View, condition: Condition) -> Node:
        if condition.field == "comment_count":
            return await self._count(project_id, view, condition)
        opposite = _TEXT_OPPOSITES.get(condition.op)
        if opposite is not None:
            return Not(await self._replace(project_id, view, Condition("comment", opposite, condition.value)))
        value = condition.value
        if condition.op is Op.ANY_OF and isinstance(value, tuple) and "" in value:
            others = Condition("comment", Op.ANY_OF, tuple(text for text in value if text))
            return Or((await self._replace(project_id, view, _WITHOUT), await self._replace(project_id, view, others)))
        if value == "":  # no comment is empty, and none reads as an empty one
            return Not(await self._find(project_id, view, _WITH)) if condition.op is Op.EQ else _ALL
        return await self._find(project_id, view, condition)

    async def _count(self, project_id: ProjectId, view: View, condition: Condition) -> Node:
        op, value = condition.op, condition.value
        if not isinstance(value, int | float):
            return _NONE if op is Op.IS_NULL else _ALL
        if not COMPARISONS[op](0, value):
            return await self._find(project_id, view, condition)
        return Not(await self._find(project_id, view, Condition("comment_count", _COUNT_OPPOSITES[op], value)))

    async def _find(self, project_id: ProjectId, view: View, condition: Condition) -> Condition:
        """A condition that nothing without comments satisfies, as one on ids."""
        found = await self._comments.find_objects(project_id, _TYPES[view], condition, MAX_OBJECTS + 1)
        if len(found) > MAX_OBJECTS:
            raise TooBroadError(
                f"More than {MAX_OBJECTS} {view} have such comments, which is too many to ask for at once: look for "
                "a longer text",
                code="too_many_comments",
            )
        return Condition("id", Op.ANY_OF, tuple(found))


_WITH: Final = Condition("comment", Op.IS_NOT_NULL)
_WITHOUT: Final = Condition("comment", Op.EQ, "")
