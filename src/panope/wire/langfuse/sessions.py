"""Sessions as the public API lists and shows them."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from panope.domain.tracing import SessionRow
from panope.ports.telemetry import Page, Traced
from panope.query.ast import ListQuery, Sort
from panope.query.fields import View
from panope.wire.langfuse.filters import between, combine, one_of
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import PageNumber, Params, page_meta, read_page
from panope.wire.langfuse.querytext.parameter import read_q
from panope.wire.langfuse.times import format_time
from panope.wire.langfuse.traces import show_trace


class SessionListRequest(Struct, frozen=True, kw_only=True):
    """One page of sessions as it was asked for."""

    query: ListQuery
    page: PageNumber


def read_list_request(params: Params, now_us: int) -> SessionListRequest:
    """Read the query string of a list of sessions, newest first."""
    page = read_page(params)
    plain = [
        *between("created_at", params.time("fromTimestamp"), params.time("toTimestamp")),
        *one_of("environment", params.words("environment")),
    ]
    query = ListQuery(
        where=combine(View.SESSIONS, plain, None, read_q(View.SESSIONS, params, now_us)),
        sort=Sort("created_at"),
        limit=page.limit,
        offset=page.offset,
        with_total=True,
    )
    return SessionListRequest(query=query, page=page)


def encode_list(project_id: str, page: Page[SessionRow], request: SessionListRequest) -> bytes:
    """Write one page of sessions."""
    rows = [_show_session(project_id, row) for row in page.rows]
    return encode({"data": rows, "meta": page_meta(request.page, page.total or 0)})


def encode_detail(project_id: str, session: SessionRow, traces: Sequence[Traced]) -> bytes:
    """Write one session with all of its traces."""
    shown = _show_session(project_id, session)
    shown["traces"] = [show_trace(project_id, traced.row, traced.payload) for traced in traces]
    return encode(shown)


def _show_session(project_id: str, row: SessionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "createdAt": format_time(row.created_us),
        "projectId": project_id,
        "environment": row.environment,
    }
