"""Reads of the web app: counts with a limit, and the skeleton of a trace."""

from typing import Final

from panope.adapters.relational.columns import COLUMNS
from panope.adapters.relational.pages import count_matching, open_list
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Sql
from panope.adapters.relational.steps import step_number
from panope.adapters.relational.tables import read_detail
from panope.domain.scores import ScoreDataType
from panope.ports.exploration import RowCount, Steps, TimeCount
from panope.query.ast import Node
from panope.query.fields import View
from panope.query.grid import Grid
from panope.query.question import TIMES

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
    f"AND s.data_type <> '{ScoreDataType.CORRECTION}' GROUP BY s.observation_id"
)
_IS_ERROR: Final = {
    View.TRACES: "CASE WHEN t.error_count > 0 THEN 1 ELSE 0 END",
    View.OBSERVATIONS: "CASE WHEN o.level = 'ERROR' THEN 1 ELSE 0 END",
}
_MAX_STEPS: Final = 20_000


def count_rows(reading: Reading, view: View, where: Node, limit: int) -> RowCount:
    """How many rows match, up to a limit."""
    found = count_matching(reading, view, where, limit=limit + 1)
    # The counters, which answer without a limit, know exactly how many rows there are beyond it.
    return RowCount(limit, is_exact=False) if found == limit + 1 else RowCount(found)


def count_by_time(reading: Reading, view: View, where: Node, grid: Grid) -> list[TimeCount]:
    """How many rows lie in each step, and how many of them are errors."""
    time = COLUMNS[view][TIMES[view]].sql
    keys = (step_number(time, grid), _IS_ERROR.get(view, "0"))
    compiler = open_list(reading, view, where)
    [records] = reading.find([compiler.tally(reading.project, where, keys, _MAX_STEPS)])
    steps: dict[int, list[int]] = {}
    for step, is_error, rows in records:
        counts = steps.setdefault(int(step), [0, 0])
        counts[0] += int(rows)
        counts[1] += int(rows) if is_error else 0
    return [TimeCount(grid.start(step), *counts) for step, counts in sorted(steps.items())]


def list_steps(reading: Reading, trace_id: str, offset: int, limit: int) -> Steps:
    """One stretch of a trace's observations."""
    named = (reading.project, trace_id)
    counted, listed = reading.session.execute_all([Sql(_SCORE_COUNTS, named), Sql(_STEPS, (*named, limit, offset))])
    scores = dict(map(tuple, counted))
    steps = Steps()
    for record in listed:
        *values, cost, prompt_name, prompt_version, detail = record
        # Usage is packed away: it is unpacked where it decides.
        is_unpriced = cost is None and detail is not None and bool(read_detail(detail).usage)
        steps.add(*values, cost, is_unpriced, prompt_name, prompt_version, scores.get(record[0], 0))
    return steps
