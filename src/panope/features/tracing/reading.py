"""Use cases that read traces, observations and sessions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from msgspec.structs import replace

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import PromptLink
from panope.domain.tracing import SessionRow
from panope.features.tracing.remarks import Remarks
from panope.ports.telemetry import Observed, Page, TelemetryReader, Traced, TraceDetail
from panope.query.ast import Condition, Keyset, ListQuery, Op, Sort
from panope.query.fields import View
from panope.query.validate import validate_query

_SESSION_PAGE: Final = 500


class PromptIds(Protocol):
    """What tracing asks of prompts."""

    async def find(self, project_id: ProjectId, links: Iterable[PromptLink]) -> Mapping[PromptLink, PromptId | None]:
        """The id of each link's version, None where the project has none such."""


class TraceReading:
    """Reads of one engine.

    Methods that look for one entity take the ids that its name may stand for, the likeliest first, and raise
    NotFoundError when none of them exists. Queries are validated here; engines get only what they can answer.
    """

    def __init__(self, reader: TelemetryReader, prompts: PromptIds, remarks: Remarks) -> None:
        self._reader = reader
        self._prompts = prompts
        self._remarks = remarks

    async def get_trace(self, project_id: ProjectId, trace_ids: Sequence[str]) -> TraceDetail:
        """One trace with everything that belongs to it."""
        for trace_id in trace_ids:
            found = await self._reader.get_trace(project_id, trace_id)
            if found is not None:
                await self._link(project_id, found.observations)
                return found
        raise _not_found(f"Trace {trace_ids[0]}" if trace_ids else "Trace")

    async def list_traces(self, project_id: ProjectId, query: ListQuery) -> Page[Traced]:
        """One page of traces."""
        query = await self._resolve(project_id, View.TRACES, query)
        return await self._reader.list_traces(project_id, query)

    async def get_observation(self, project_id: ProjectId, observation_ids: Sequence[str]) -> Observed:
        """One observation with its payload."""
        for observation_id in observation_ids:
            found = await self._reader.get_observation(project_id, observation_id)
            if found is not None:
                await self._link(project_id, [found])
                return found
        raise _not_found("Observation")

    async def list_observations(self, project_id: ProjectId, query: ListQuery) -> Page[Observed]:
        """One page of observations."""
        query = await self._resolve(project_id, View.OBSERVATIONS, query)
        page = await self._reader.list_observations(project_id, query)
        await self._link(project_id, page.rows)
        return page

    async def get_session(
        self,
        project_id: ProjectId,
        session_ids: Sequence[str],
    ) -> tuple[SessionRow, list[Traced]]:
        """One session with all of its traces and their payloads, oldest first."""
        for session_id in session_ids:
            found = await self._reader.get_session(project_id, session_id)
            if found is not None:
                return found, await self._list_session_traces(project_id, session_id)
        raise _not_found("Session")

    async def list_sessions(self, project_id: ProjectId, query: ListQuery) -> Page[SessionRow]:
        """One page of sessions."""
        query = await self._resolve(project_id, View.SESSIONS, query)
        return await self._reader.list_sessions(project_id, query)

    async def _resolve(self, project_id: ProjectId, view: View, query: ListQuery) -> ListQuery:
        """A valid query that asks telemetry alone."""
        query = replace(query, where=await self._remarks.resolve(project_id, view, query.where))
        validate_query(view, query)
        return query

    async def _link(self, project_id: ProjectId, observed: Sequence[Observed]) -> None:
        """Fill in the prompts that observations name."""
        links = [(one, link) for one in observed if (link := _link_of(one)) is not None]
        ids = await self._prompts.find(project_id, [link for _, link in links]) if links else {}
        for one, link in links:
            one.prompt_id = ids[link]

    async def _list_session_traces(self, project_id: ProjectId, session_id: str) -> list[Traced]:
        traces: list[Traced] = []
        after: Keyset | None = None
        while True:
            query = ListQuery(
                where=Condition("session_id", Op.EQ, session_id),
                sort=Sort("timestamp", descending=False),
                limit=_SESSION_PAGE,
                after=after,
                with_payload=True,
                with_ids=False,
            )
            rows = (await self._reader.list_traces(project_id, query)).rows
            traces.extend(rows)
            if len(rows) < _SESSION_PAGE:
                return traces
            after = Keyset(rows[-1].row.timestamp_us, rows[-1].row.id)


def _link_of(observed: Observed) -> PromptLink | None:
    name, version = observed.row.prompt_name, observed.row.prompt_version
    return None if name is None or version is None else PromptLink(name, version)


def _not_found(what: str) -> NotFoundError:
    return NotFoundError(f"{what} not found within authorized project")
