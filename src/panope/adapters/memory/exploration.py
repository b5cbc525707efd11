"""What the web app asks, over dictionaries: every other engine must answer as this one does."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal

from panope.adapters.memory.evaluate import matches, order
from panope.adapters.memory.fields import FieldReader, last_us, span_us
from panope.adapters.memory.rows import ProjectRows, Projects
from panope.domain.ids import ProjectId
from panope.domain.projection.rollups import lacks_price
from panope.domain.scores import ScoreDataType
from panope.domain.tracing import Level, TraceRow
from panope.ports.bounds import ReadBound, too_broad
from panope.ports.exploration import (
    Asked,
    Changes,
    RowCount,
    Steps,
    TimeCount,
    TraceGroup,
    TraceParts,
    ValueCount,
    read_place,
)
from panope.query.ast import Keyset, Node, Sort
from panope.query.fields import PARTS, View
from panope.query.grid import Grid
from panope.query.question import TIMES


class MemoryExploration:
    """Implements `TelemetryExploration`."""

    _projects: Projects
    _bound: ReadBound

    async def count_rows(self, project_id: ProjectId, view: View, where: Node, limit: int) -> RowCount:
        """See the port."""
        found = len(self._matching(project_id, view, where))
        return RowCount(found) if found <= limit else RowCount(limit, is_exact=False)

    async def count_values(
        self, project_id: ProjectId, view: View, where: Node, asked: Asked, *, newest: int, limit: int
    ) -> list[ValueCount]:
        """See the port."""
        _, read = _entities(self._projects[project_id], view)
        found = order(self._matching(project_id, view, where), Sort(TIMES[view]), read)[:newest]
        counts: Counter[Any] = Counter()
        for entity in found:
            wholes = read(entity, PARTS[view].value, None) if asked.of_parts else [(entity, read)]
            values = {value for part, read_part in wholes for value in _values(read_part(part, asked.field, asked.key))}
            counts.update(value for value in values if value is not None and value != "")
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return [ValueCount(value, count) for value, count in ordered[:limit]]

    async def count_by_time(self, project_id: ProjectId, view: View, where: Node, grid: Grid) -> list[TimeCount]:
        """See the port."""
        _, read = _entities(self._projects[project_id], view)
        counts: Counter[int] = Counter()
        errors: Counter[int] = Counter()
        for entity in self._matching(project_id, view, where):
            step = grid.number(read(entity, TIMES[view], None))
            counts[step] += 1
            errors[step] += view in (View.TRACES, View.OBSERVATIONS) and read(entity, "level", None) == Level.ERROR
        return [TimeCount(grid.start(step), counts[step], errors[step]) for step in sorted(counts)]

    async def group_traces(
        self,
        project_id: ProjectId,
        where: Node,
        by: Literal["user_id", "session_id"],
        *,
        sort: Sort,
        after: Keyset | None = None,
        limit: int,
    ) -> list[TraceGroup]:
        """See the port."""
        traces: dict[str, list[TraceRow]] = {}
        for stored in self._matching(project_id, View.TRACES, where):
            if getattr(stored.row, by):
                traces.setdefault(getattr(stored.row, by), []).append(stored.row)
        groups = [_group(name, rows) for name, rows in traces.items()]
        groups.sort(key=lambda group: (getattr(group, sort.field), group.id), reverse=sort.descending)
        if after is not None:
            there = (after.value, after.id)
            groups = [
                group
                for group in groups
                if ((getattr(group, sort.field), group.id) < there) == sort.descending
                and (getattr(group, sort.field), group.id) != there
            ]
        return groups[:limit]

    async def list_last_traces(self, project_id: ProjectId, session_ids: Sequence[str]) -> list[TraceRow]:
        """See the port."""
        last: dict[str, TraceRow] = {}
        for stored in self._projects[project_id].traces.values():
            row, name = stored.row, stored.row.session_id
            if name is None or name not in session_ids:
                continue
            known = last.get(name)
            if known is None or (row.timestamp_us, row.id) > (known.timestamp_us, known.id):
                last[name] = row
        return list(last.values())

    async def read_changes(
        self, project_id: ProjectId, after: str | None, *, since_us: int, watched: Sequence[str], limit: int
    ) -> Changes:
        """See the port."""
        rows = self._projects[project_id]
        start = read_place(after)
        if start is None or start > rows.written:
            return Changes(str(rows.written))
        recent = {
            trace_id
            for trace_id, place in rows.changed.items()
            if place > start and trace_id in rows.traces and rows.traces[trace_id].row.timestamp_us >= since_us
        }
        seen = {
            trace_id
            for trace_id in watched
            if max(rows.changed.get(trace_id, 0), rows.changed_within.get(trace_id, 0)) > start
        }
        return Changes(str(rows.written), [*sorted(recent)[:limit], *sorted(seen - recent)])

    async def list_parts(self, project_id: ProjectId, trace_ids: Sequence[str]) -> dict[str, TraceParts]:
        """See the port."""
        models: dict[str, set[str]] = {}
        tools: dict[str, set[str]] = {}
        for stored in self._projects[project_id].observations.values():
            row = stored.row
            for name, found in ((row.model, models), (row.tool, tools)):
                if name and row.trace_id in trace_ids:
                    found.setdefault(row.trace_id, set()).add(name)
        return {
            trace_id: TraceParts(sorted(models.get(trace_id, ())), sorted(tools.get(trace_id, ())))
            for trace_id in models.keys() | tools.keys()
        }

    async def list_steps(self, project_id: ProjectId, trace_id: str, *, offset: int, limit: int) -> Steps:
        """See the port."""
        rows = self._projects[project_id]
        scores = Counter(
            score.row.observation_id
            for score in rows.scores.values()
            if score.row.trace_id == trace_id and score.row.data_type != ScoreDataType.CORRECTION
        )
        found = [stored.row for stored in rows.observations.values() if stored.row.trace_id == trace_id]
        steps = Steps()
        for row in sorted(found, key=lambda row: (row.start_us, row.id))[offset : offset + limit]:
            special = {
                "status_message": row.detail.status_message,
                "is_unpriced": lacks_price(row),
                "score_count": scores[row.id],
            }
            steps.add(*(special[name] if name in special else getattr(row, name) for name in Steps.__struct_fields__))
        return steps

    def _matching(self, project_id: ProjectId, view: View, where: Node) -> list[Any]:
        rows = self._projects[project_id]
        entities, read = _entities(rows, view)
        if len(entities) > self._bound.max_rows:
            raise too_broad()
        return [entity for entity in entities if matches(view, where, entity, read)]


def _group(name: str, rows: list[TraceRow]) -> TraceGroup:
    totals = [row.totals for row in rows]
    users = {row.user_id for row in rows if row.user_id}
    summed = "observation_count open_count unpriced_count input_tokens output_tokens total_tokens total_cost".split()
    return TraceGroup(
        id=name,
        first_us=min(row.timestamp_us for row in rows),
        last_us=max(map(last_us, rows)),
        span_us=span_us(rows),
        active_us=sum(row.latency_us for row in rows),
        trace_count=len(rows),
        error_count=sum(found.error_count > 0 for found in totals),
        session_count=len({row.session_id for row in rows if row.session_id}),
        user_count=len(users),
        user_id=min(users, default=None),
        **{field: sum(getattr(found, field) for found in totals) for field in summed},
    )


def _values(value: Any) -> Collection[Any]:
    """The values that a field holds: several in a list or a set."""
    return value if isinstance(value, list | set) else [value]


def _entities(rows: ProjectRows, view: View) -> tuple[Collection[Any], Callable[[Any, str, str | None], Any]]:
    """What a view lists, and how its fields are read."""
    fields = FieldReader(rows)
    match view:
        case View.TRACES:
            return rows.traces.values(), fields.trace
        case View.OBSERVATIONS:
            return rows.observations.values(), fields.observation
        case View.SCORES:
            return rows.scores.values(), fields.score
        case View.SESSIONS:
            return rows.sessions.values(), fields.session
