"""How far the indexes of texts have come."""

from collections.abc import Sequence
from typing import Any, Final

from panope.adapters.relational.session import Dialect, Session, Sql
from panope.ports.texts.index import TextIndexState

SOURCES: Final = ("trace", "observation")
"""Tables whose texts are indexed."""
DROPPING: Final = "dropping"
"""Owner of an index that goes: nobody takes its lease, nobody who had it can write."""
_DESCRIBE: Final = """
SELECT
    j.id,
    (SELECT coalesce(sum(s.row_count), 0) FROM text_segment s WHERE s.project = i.project),
    (SELECT count(*) FROM text_segment s WHERE s.project = i.project),
    (SELECT coalesce(sum(s.byte_count), 0) FROM text_segment s WHERE s.project = i.project),
    (SELECT {now} - min(c.noted_us) FROM text_change c WHERE c.project = i.project AND c.is_gone = 0),
    i.project,
    coalesce(i.owner, '') = '{dropping}'
FROM text_index i JOIN project j ON j.number = i.project
"""
_WAITING: Final = """
SELECT coalesce(sum(CASE WHEN c.last_key < m.key THEN c.last_key ELSE m.key END - c.first_key + 1), 0)
FROM text_change c CROSS JOIN (SELECT coalesce(max(r.key), -1) AS key FROM {source} r) m
WHERE c.project = ? AND c.source = ? AND c.is_gone = 0 AND c.first_key <= m.key
"""


def describe_indexes(session: Session, dialect: Dialect, project: int | None = None) -> list[TextIndexState]:
    """Of all projects by id, or of one."""
    sql = _DESCRIBE.format(now=dialect.now_us, dropping=DROPPING)
    if project is None:
        return [_state(session, record) for record in session.execute(sql + "ORDER BY j.id")]
    return [_state(session, record) for record in session.execute(sql + "WHERE i.project = ?", (project,))]


def _state(session: Session, record: Sequence[Any]) -> TextIndexState:
    project_id, rows, segments, size, lag_us, project, is_going = record
    counts = session.execute_all([Sql(_WAITING.format(source=source), (project, source)) for source in SOURCES])
    waiting = sum(int(count) for [(count,)] in counts)
    return TextIndexState(
        project_id=project_id,
        waiting_rows=waiting,
        lag_us=int(lag_us or 0) if waiting else 0,
        rows=int(rows),
        segments=int(segments),
        bytes=int(size),
        is_going=bool(is_going),
    )
