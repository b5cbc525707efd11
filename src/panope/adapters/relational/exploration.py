"""Reads of the web app: counts with a limit, and the skeleton of a trace."""

from typing import Final

from panope.adapters.relational.listing import ListCompiler
from panope.adapters.relational.pages import count
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.tables import read_detail
from panope.domain.scores import ScoreDataType
from panope.ports.exploration import RowCount, Steps
from panope.query.ast import Node
from panope.query.fields import View

_STEP_COLUMNS: Final = (
    "id parent_id type name start_us end_us completion_start_us level status_message model "
    "input_tokens output_tokens total_tokens total_cost prompt_name prompt_version detail"
).split()
_STEPS: Final = (
    f"SELECT {', '.join(f'o.{name}' for name in _STEP_COLUMNS)} FROM observation o "  # noqa: S608
    "WHERE o.project = ? AND o.trace_id = ? ORDER BY o.start_us, o.id LIMIT ? OFFSET ?"
)
_SCORE_COUNTS: Final = (
    "SELECT s.observation_id, count(*) FROM score s WHERE s.project = ? AND s.trace_id = ? "  # noqa: S608
    f"AND s.observation_id IS NOT NULL AND s.data_type <> '{ScoreDataType.CORRECTION}' GROUP BY s.observation_id"
)


def count_rows(reading: Reading, view: View, where: Node, limit: int) -> RowCount:
    """How many rows match, up to a limit."""
    found = count(reading, ListCompiler(reading.dialect, view), where, limit=limit + 1)
    # The counters, which answer without a limit, know exactly how many rows there are beyond it.
    return RowCount(limit, is_exact=False) if found == limit + 1 else RowCount(found)


def list_steps(reading: Reading, trace_id: str, offset: int, limit: int) -> Steps:
    """One stretch of a trace's observations."""
    scores = dict(map(tuple, reading.session.execute(_SCORE_COUNTS, (reading.project, trace_id))))
    steps = Steps()
    for record in reading.session.execute(_STEPS, (reading.project, trace_id, limit, offset)):
        *values, cost, prompt_name, prompt_version, detail = record
        # Usage is packed away: it is unpacked where it decides.
        is_unpriced = cost is None and detail is not None and bool(read_detail(detail).usage)
        steps.add(*values, cost, is_unpriced, prompt_name, prompt_version, scores.get(record[0], 0))
    return steps
