"""What the web app asks, over dictionaries: every other engine must answer as this one does."""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from panope.adapters.memory.evaluate import matches
from panope.adapters.memory.fields import FieldReader
from panope.adapters.memory.rows import ProjectRows, Projects
from panope.domain.ids import ProjectId
from panope.domain.projection.rollups import lacks_price
from panope.domain.scores import ScoreDataType
from panope.ports.bounds import ReadBound, too_broad
from panope.ports.exploration import RowCount, Steps
from panope.query.ast import Node
from panope.query.fields import View


class MemoryExploration:
    """Implements `TelemetryExploration`."""

    _projects: Projects
    _bound: ReadBound

    async def count_rows(self, project_id: ProjectId, view: View, where: Node, limit: int) -> RowCount:
        """See the port."""
        found = len(self._matching(project_id, view, where))
        return RowCount(found) if found <= limit else RowCount(limit, is_exact=False)

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
