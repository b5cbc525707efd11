"""Where a text stands in the inputs and outputs of a trace."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

from msgspec import Struct

from panope.domain.ids import ProjectId
from panope.domain.tracing import Payload
from panope.features.explore.rows import place_of
from panope.features.explore.traces import Side
from panope.ports.telemetry import Observed, TelemetryReader, Traced
from panope.query.ast import Condition, Keyset, ListQuery, Op, Sort

_AT_ONCE: Final = 25
"""Observations whose payloads are held at the same time."""
_AROUND: Final = 60
"""Characters that a snippet shows on either side."""
MAX_HITS: Final = 2_000


class Hit(Struct, frozen=True):
    """One text in which it stands."""

    observation_id: str | None
    """None: the trace itself."""
    side: Side
    snippet: str
    """One line around the first place."""


class TraceSearch:
    """Searches one trace, capitals or not."""

    def __init__(self, reader: TelemetryReader) -> None:
        self._reader = reader

    async def search(self, project_id: ProjectId, traced: Traced, text: str) -> AsyncIterator[Hit]:
        """Hits as they are found, those of the trace first, then by the start of the observations."""
        wanted = re.compile(re.escape(text), re.IGNORECASE)
        for hit in _find(wanted, None, traced.payload):
            yield hit
        sort, after = Sort("start_time", descending=False), None
        while True:
            found = await self._page(project_id, traced.row.id, sort, after)
            for hit in await asyncio.to_thread(_find_all, wanted, found):
                yield hit
            if len(found) < _AT_ONCE:
                return
            after = place_of(found[-1], sort)

    async def _page(self, project_id: ProjectId, trace_id: str, sort: Sort, after: Keyset | None) -> Sequence[Observed]:
        query = ListQuery(
            where=Condition("trace_id", Op.EQ, trace_id), sort=sort, limit=_AT_ONCE, after=after, with_payload=True
        )
        return (await self._reader.list_observations(project_id, query)).rows


def _find_all(wanted: re.Pattern[str], found: Sequence[Observed]) -> list[Hit]:
    return [hit for observed in found for hit in _find(wanted, observed.row.id, observed.payload)]


def _find(wanted: re.Pattern[str], observation_id: str | None, payload: Payload | None) -> Iterator[Hit]:
    for side in Side:
        text = side.of(payload) if payload is not None else None
        match = wanted.search(text) if text else None
        if text and match:
            snippet = text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
            yield Hit(observation_id, side, " ".join(snippet.split()))
