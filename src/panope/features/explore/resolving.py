"""From an id alone to what it names, over all projects that somebody may see."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from panope.domain.ids import ProjectId, UserId, is_possible_id
from panope.features.explore.rows import list_rows
from panope.ports.people.members import MemberStore
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Condition, ListQuery, Op, Sort
from panope.query.fields import View

_AT_ONCE: Final = 8
"""Projects that are looked through at the same time."""


class MatchKind(StrEnum):
    """What an id names."""

    TRACE = "trace"
    OBSERVATION = "observation"
    SESSION = "session"
    SCORE = "score"


_VIEWS: Final = {
    MatchKind.TRACE: View.TRACES,
    MatchKind.OBSERVATION: View.OBSERVATIONS,
    MatchKind.SESSION: View.SESSIONS,
    MatchKind.SCORE: View.SCORES,
}


class Match(Struct, frozen=True):
    """Something of that id."""

    kind: MatchKind
    project_id: ProjectId
    id: str
    trace_id: str | None
    """The trace that it is or belongs to."""


class Resolving:
    """Looks ids up."""

    def __init__(self, reader: TelemetryReader, members: MemberStore) -> None:
        self._reader = reader
        self._members = members

    async def resolve(self, user_id: UserId, entity_id: str) -> list[Match]:
        """All that has this id, project by project in the order of the user's list."""
        if not is_possible_id(entity_id):
            return []
        projects = [project.id for project in await self._members.list_projects(user_id)]
        found: list[Match] = []
        for start in range(0, len(projects), _AT_ONCE):
            some = projects[start : start + _AT_ONCE]
            for matches in await asyncio.gather(*(self._resolve_in(project_id, entity_id) for project_id in some)):
                found += matches
        return found

    async def _resolve_in(self, project_id: ProjectId, entity_id: str) -> Sequence[Match]:
        query = ListQuery(where=Condition("id", Op.EQ, entity_id), sort=Sort("id"), limit=1, with_ids=False)
        matches = []
        for kind, view in _VIEWS.items():
            for found in await list_rows(self._reader, project_id, view, query):
                row = getattr(found, "row", found)
                trace_id = row.id if kind is MatchKind.TRACE else getattr(row, "trace_id", None)
                matches.append(Match(kind, project_id, entity_id, trace_id))
        return matches
