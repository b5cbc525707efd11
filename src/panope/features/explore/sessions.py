"""Opening one session: what it adds up to, and its traces one after the other."""

from msgspec import Struct

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, is_possible_id
from panope.domain.review.comments import CommentObjectType
from panope.domain.tracing import SessionRow
from panope.features.explore.lists import Listed, ListedSession, ListedTrace, Lists, cut
from panope.kit.clock import Clock
from panope.ports.comments import CommentStore
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Condition, Keyset, ListQuery, Op, Sort
from panope.query.fields import View
from panope.query.validate import validate_query

_IN_ORDER = Sort("timestamp", descending=False)


class OpenedSession(Struct, frozen=True, kw_only=True):
    """A session without its traces."""

    listed: ListedSession
    has_more_scores: bool
    """Than it carries."""
    comment_count: int
    """On the session itself."""
    as_of_us: int


class SessionOpening:
    """Opens sessions, whatever environment they are of. Raises `NotFoundError` for what is not in the project."""

    def __init__(self, reader: TelemetryReader, lists: Lists, comments: CommentStore, clock: Clock) -> None:
        self._reader = reader
        self._lists = lists
        self._comments = comments
        self._clock = clock

    async def open_session(self, project_id: ProjectId, session_id: str) -> OpenedSession:
        """The header of a session."""
        as_of_us = self._clock()
        (listed,), is_cut = await self._lists.sessions(project_id, [await self._find(project_id, session_id)])
        comments = await self._comments.count_by_object(project_id, CommentObjectType.SESSION, [session_id])
        return OpenedSession(
            listed=listed, has_more_scores=is_cut, comment_count=comments.get(session_id, 0), as_of_us=as_of_us
        )

    async def list_turns(
        self, project_id: ProjectId, session_id: str, *, after: Keyset | None, limit: int
    ) -> Listed[ListedTrace]:
        """One page of its traces, the first by time first."""
        as_of_us = self._clock()
        await self._find(project_id, session_id)
        query = ListQuery(
            where=Condition("session_id", Op.EQ, session_id),
            sort=_IN_ORDER,
            limit=limit + 1,
            after=after,
            with_ids=False,
        )
        validate_query(View.TRACES, query)
        found = (await self._reader.list_traces(project_id, query)).rows
        shown, following = cut(found, limit, _IN_ORDER)
        scores = await self._lists.scores_of(project_id, "trace_id", [traced.row.id for traced in shown])
        rows = [ListedTrace(traced.row, scores.of(traced.row.id)) for traced in shown]
        return Listed(rows, following, as_of_us, scores.is_cut)

    async def _find(self, project_id: ProjectId, session_id: str) -> SessionRow:
        found = await self._reader.get_session(project_id, session_id) if is_possible_id(session_id) else None
        if found is None:
            raise NotFoundError("Session not found: its traces may not have arrived yet, or they were deleted")
        return found
