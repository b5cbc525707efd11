"""Reading scores, sessions and receipts."""

from typing import Any, Final

from panope.adapters.relational.pages import find_with_total, open_page, page_keys, page_places
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record
from panope.adapters.relational.tables import (
    FROM_CLIENTS,
    RECEIPTS,
    SCORES,
    SESSIONS,
    read_receipt,
    read_score,
    read_session,
    read_tags,
)
from panope.domain.ledger import Receipt
from panope.domain.tracing import SessionRow
from panope.ports.telemetry import Page, Scored
from panope.query.ast import ListQuery
from panope.query.fields import View

_WIDTH: Final = len(SCORES.columns)
_SELECT: Final = (
    f"SELECT s.key, {SCORES.select()}, t.key, t.name, t.user_id, t.tags, t.environment, t.session_id FROM score s "  # noqa: S608
    "LEFT JOIN trace t ON t.project = s.project AND t.id = s.trace_id WHERE "
)
_SELECT_SESSION: Final = f"SELECT n.key, {SESSIONS.select()} FROM session n WHERE "  # noqa: S608


def get_score(reading: Reading, score_id: str) -> Scored | None:
    """One score."""
    found = reading.session.execute(f"{_SELECT}s.project = ? AND s.id = ?", (reading.project, score_id))
    return _scored(found[0]) if found else None


def list_scores(reading: Reading, query: ListQuery) -> Page[Scored]:
    """One page of scores."""
    compiler = open_page(reading, View.SCORES, query.where)
    keys = page_keys(reading, compiler, query)
    (records,), total = find_with_total(reading, compiler, query, reading.among(_SELECT, "s.key", keys))
    rows = {record[0]: _scored(record) for record in records}
    return Page(rows=[rows[key] for key in keys], total=total)


def get_session(reading: Reading, session_id: str) -> SessionRow | None:
    """One session."""
    found = reading.session.execute(f"{_SELECT_SESSION}n.project = ? AND n.id = ?", (reading.project, session_id))
    return read_session(found[0][1:]) if found else None


def list_sessions(reading: Reading, query: ListQuery) -> Page[SessionRow]:
    """One page of sessions."""
    compiler = open_page(reading, View.SESSIONS, query.where)
    places = page_places(reading, compiler, query, with_values=True)
    keys = [place[0] for place in places]
    values = [_plain(place[1]) for place in places if len(place) > 1]
    (records,), total = find_with_total(reading, compiler, query, reading.among(_SELECT_SESSION, "n.key", keys))
    rows = {record[0]: read_session(record[1:]) for record in records}
    return Page(rows=[rows[key] for key in keys], total=total, sorted_by=values or None)


def list_receipts(reading: Reading, limit: int) -> list[Receipt]:
    """The newest receipts."""
    sql = (
        f"SELECT {RECEIPTS.select()} FROM ledger l WHERE l.project = ? AND {FROM_CLIENTS} "  # noqa: S608
        "ORDER BY l.received_us DESC, l.key DESC LIMIT ?"
    )
    return [read_receipt(record) for record in reading.session.execute(sql, (reading.project, limit))]


def _plain(value: Any) -> str | int | None:
    """A value of a sort; sums of whole numbers come as decimals or floats."""
    return value if value is None or isinstance(value, str) else int(value)


def _scored(record: Record) -> Scored:
    trace_key, name, user_id, tags, environment, session_id = record[1 + _WIDTH :]
    return Scored(
        row=read_score(record[1 : 1 + _WIDTH]),
        has_trace=trace_key is not None,
        trace_name=name,
        user_id=user_id,
        tags=read_tags(tags),
        trace_environment=environment,
        trace_session_id=session_id,
    )
