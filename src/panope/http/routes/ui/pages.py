"""One page of any list, its rows as the web app shows them."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import UNSET, Struct

from panope.domain.ids import ProjectId
from panope.domain.tracing import Payload
from panope.features.explore.lists import NO_MORE, Lists, More
from panope.query.ast import Keyset
from panope.query.question import Listing, Question
from panope.wire.ui.groups import show_session, show_user
from panope.wire.ui.observations import show_observation
from panope.wire.ui.scores import show_scored
from panope.wire.ui.traces import show_trace


class ShownPage(Struct, frozen=True):
    """One page."""

    rows: list[tuple[Any, Payload | None]]
    """Bodies of rows, with their payloads where these were asked for."""
    next: Keyset | None
    as_of_us: int
    has_more_scores: bool = False


_Show = Callable[[Lists, ProjectId, Question, More], Awaitable[ShownPage]]


async def read_page(lists: Lists, project_id: ProjectId, question: Question, more: More = NO_MORE) -> ShownPage:
    """The page that a question asks for."""
    return await _PAGES[question.listing](lists, project_id, question, more)


async def _traces(lists: Lists, project_id: ProjectId, question: Question, more: More) -> ShownPage:
    page = await lists.list_traces(project_id, question, more)
    rows = [
        (show_trace(found.row, found.scores, page.as_of_us, found.parts if more.parts else UNSET), found.payload)
        for found in page.rows
    ]
    return ShownPage(rows, page.next, page.as_of_us, page.has_more_scores)


async def _observations(lists: Lists, project_id: ProjectId, question: Question, more: More) -> ShownPage:
    page = await lists.list_observations(project_id, question, more)
    rows = [(show_observation(found.observed, found.scores), found.observed.payload) for found in page.rows]
    return ShownPage(rows, page.next, page.as_of_us, page.has_more_scores)


async def _sessions(lists: Lists, project_id: ProjectId, question: Question, _more: More) -> ShownPage:
    page = await lists.list_sessions(project_id, question)
    shown = [show_session(found.row, found.traces, found.last, found.scores) for found in page.rows]
    return ShownPage([(row, None) for row in shown], page.next, page.as_of_us, page.has_more_scores)


async def _users(lists: Lists, project_id: ProjectId, question: Question, _more: More) -> ShownPage:
    page = await lists.list_users(project_id, question)
    return ShownPage([(show_user(found), None) for found in page.rows], page.next, page.as_of_us)


async def _scores(lists: Lists, project_id: ProjectId, question: Question, _more: More) -> ShownPage:
    page = await lists.list_scores(project_id, question)
    return ShownPage([(show_scored(found), None) for found in page.rows], page.next, page.as_of_us)


_PAGES: Final[dict[Listing, _Show]] = {
    Listing.TRACES: _traces,
    Listing.OBSERVATIONS: _observations,
    Listing.SESSIONS: _sessions,
    Listing.USERS: _users,
    Listing.SCORES: _scores,
}
