"""Reading telemetry from dictionaries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from panope.adapters.memory.evaluate import matches, page
from panope.adapters.memory.fields import FieldReader
from panope.adapters.memory.rows import ProjectRows, Projects
from panope.domain.ids import ProjectId
from panope.domain.merge.codec import read_payload
from panope.domain.previews import keeps_previews, preview_input, preview_output
from panope.domain.projection.store import Stored
from panope.domain.scores import ScoreDataType, ScoreRow
from panope.domain.scoring.aggregates import ScoreGrouping, ScoreTally
from panope.domain.tracing import ObservationRow, Payload, SessionRow, TraceRow
from panope.ports.bounds import ReadBound, too_broad
from panope.ports.telemetry import Observed, Page, Scored, Traced, TraceDetail
from panope.query.ast import ListQuery, Node
from panope.query.fields import View

Entity = TypeVar("Entity")


class MemoryReader:
    """Traces, observations, scores and sessions from dictionaries."""

    _projects: Projects
    _bound: ReadBound

    async def get_trace(self, project_id: ProjectId, trace_id: str) -> TraceDetail | None:
        """One trace with everything that belongs to it."""
        rows = self._projects[project_id]
        stored = rows.traces.get(trace_id)
        if stored is None:
            return None
        observations = sorted(
            (found for found in rows.observations.values() if found.row.trace_id == trace_id),
            key=lambda found: (found.row.start_us, found.row.id),
        )
        scores = sorted(
            (found.row for found in rows.scores.values() if found.row.trace_id == trace_id),
            key=lambda row: (row.timestamp_us, row.id),
        )
        return TraceDetail(
            trace=self._traced(rows, stored, with_payload=True),
            observations=[_observed(rows, found, with_payload=True) for found in observations],
            scores=scores,
        )

    async def list_traces(self, project_id: ProjectId, query: ListQuery) -> Page[Traced]:
        """One page of traces."""
        rows = self._projects[project_id]
        found, total = page(View.TRACES, query, self._visited(rows.traces), FieldReader(rows).trace)
        traced = [self._traced(rows, stored, with_payload=query.with_payload) for stored in found]
        for named in traced if not query.with_ids else ():
            named.observation_ids, named.score_ids = [], []
        return Page(rows=traced, total=total if query.with_total else None)

    async def get_observation(self, project_id: ProjectId, observation_id: str) -> Observed | None:
        """One observation with its payload."""
        rows = self._projects[project_id]
        stored = rows.observations.get(observation_id)
        return _observed(rows, stored, with_payload=True) if stored else None

    async def list_observations(self, project_id: ProjectId, query: ListQuery) -> Page[Observed]:
        """One page of observations."""
        rows = self._projects[project_id]
        found, total = page(View.OBSERVATIONS, query, self._visited(rows.observations), FieldReader(rows).observation)
        observed = [_observed(rows, stored, with_payload=query.with_payload) for stored in found]
        if query.with_previews:
            for one, stored in zip(observed, found, strict=True):
                one.row = _previewed(stored)
        return Page(rows=observed, total=total if query.with_total else None)

    async def get_score(self, project_id: ProjectId, score_id: str) -> Scored | None:
        """One score."""
        rows = self._projects[project_id]
        stored = rows.scores.get(score_id)
        return _scored(rows, stored.row) if stored else None

    async def list_scores(self, project_id: ProjectId, query: ListQuery) -> Page[Scored]:
        """One page of scores."""
        rows = self._projects[project_id]
        found, total = page(View.SCORES, query, self._visited(rows.scores), FieldReader(rows).score)
        return Page(rows=[_scored(rows, stored.row) for stored in found], total=total if query.with_total else None)

    async def get_session(self, project_id: ProjectId, session_id: str) -> SessionRow | None:
        """One session."""
        return self._projects[project_id].sessions.get(session_id)

    async def list_sessions(self, project_id: ProjectId, query: ListQuery) -> Page[SessionRow]:
        """One page of sessions."""
        rows = self._projects[project_id]
        read = FieldReader(rows).session
        found, total = page(View.SESSIONS, query, self._visited(rows.sessions), read)
        values = [read(row, query.sort.field, None) for row in found]
        return Page(rows=found, total=total if query.with_total else None, sorted_by=values)

    async def count_traces(self, project_id: ProjectId, where: Node) -> int:
        """How many traces match."""
        rows = self._projects[project_id]
        read = FieldReader(rows).trace
        return sum(matches(View.TRACES, where, stored, read) for stored in self._visited(rows.traces))

    async def tally_scores(
        self, project_id: ProjectId, where: Node, grouping: ScoreGrouping, limit: int
    ) -> list[ScoreTally]:
        """How often each value was given."""
        rows = self._projects[project_id]
        read = FieldReader(rows).score
        tallies = Counter(
            _tally(stored.row, grouping)
            for stored in self._visited(rows.scores)
            if matches(View.SCORES, where, stored, read)
        )
        if len(tallies) > limit:
            raise too_broad()
        return [msgspec.structs.replace(tally, count=count) for tally, count in tallies.items()]

    async def check(self) -> None:
        """Always there."""

    async def close(self) -> None:
        """Nothing to release."""

    def _visited(self, rows: Mapping[str, Entity]) -> Iterable[Entity]:
        """All rows of a kind: what every list visits here."""
        if len(rows) > self._bound.max_rows:
            raise too_broad()
        return rows.values()

    def _traced(self, rows: ProjectRows, stored: Stored[TraceRow], *, with_payload: bool) -> Traced:
        trace_id = stored.row.id
        observations = [found.row for found in rows.observations.values() if found.row.trace_id == trace_id]
        scores = [
            found.row
            for found in rows.scores.values()
            if found.row.trace_id == trace_id and found.row.data_type != ScoreDataType.CORRECTION
        ]
        return Traced(
            row=stored.row,
            payload=_payload(rows, stored) if with_payload else None,
            observation_ids=[row.id for row in sorted(observations, key=lambda row: (row.start_us, row.id))],
            score_ids=[row.id for row in sorted(scores, key=lambda row: (row.timestamp_us, row.id))],
        )


def _tally(row: ScoreRow, grouping: ScoreGrouping) -> ScoreTally:
    bucket = grouping.bucket
    is_number = row.data_type in (ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN)
    return ScoreTally(
        data_type=row.data_type,
        group=tuple(getattr(row, name) for name in grouping.fields),
        start_us=None if bucket is None else row.timestamp_us // bucket.counted_us * bucket.counted_us,
        value=row.value if is_number else None,
        label=row.string_value if row.data_type == ScoreDataType.CATEGORICAL else None,
        count=1,
    )


def _payload(rows: ProjectRows, stored: Stored[Any]) -> Payload:
    payload = read_payload(stored.parts) if stored.parts else Payload()
    for key, set_id in (("resourceAttributes", payload.resource), ("scope", payload.scope)):
        if set_id is not None and set_id in rows.attribute_sets:
            payload.metadata[key] = msgspec.json.decode(rows.attribute_sets[set_id])
    return payload


def _observed(rows: ProjectRows, stored: Stored[ObservationRow], *, with_payload: bool) -> Observed:
    row = stored.row
    observed = Observed(row=row, payload=_payload(rows, stored) if with_payload else None)
    trace = rows.traces.get(row.trace_id)
    if trace is not None:
        observed.trace_name, observed.release, observed.tags = trace.row.name, trace.row.release, trace.row.tags
        observed.user_id, observed.session_id = trace.row.user_id, trace.row.session_id
        observed.public, observed.bookmarked = trace.row.public, trace.row.bookmarked
    return observed


def _previewed(stored: Stored[ObservationRow]) -> ObservationRow:
    row, parts = stored.row, stored.parts
    if keeps_previews(row) or parts is None:
        return row
    return msgspec.structs.replace(
        row, input_preview=preview_input(parts.input), output_preview=preview_output(parts.output)
    )


def _scored(rows: ProjectRows, row: ScoreRow) -> Scored:
    trace = rows.traces.get(row.trace_id or "")
    if trace is None:
        return Scored(row=row)
    return Scored(
        row=row,
        has_trace=True,
        trace_name=trace.row.name,
        user_id=trace.row.user_id,
        tags=trace.row.tags,
        trace_environment=trace.row.environment,
        trace_session_id=trace.row.session_id,
    )
