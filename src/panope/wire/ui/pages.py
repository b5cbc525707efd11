"""Pages of every list: their rows, where the next one starts, and when they were read."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from panope.query.ast import Keyset
from panope.query.cursor import encode_cursor
from panope.query.question import Listing
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.ui.groups import SessionRowBody, SessionsBody, UserRowBody, UsersBody
from panope.wire.ui.observations import ObservationRowBody, ObservationsBody
from panope.wire.ui.scores import ScoreRowBody, ScoresBody
from panope.wire.ui.traces import TraceRowBody, TracesBody

PAGES: Final[dict[Listing, type[Struct]]] = {
    Listing.TRACES: TracesBody,
    Listing.OBSERVATIONS: ObservationsBody,
    Listing.SESSIONS: SessionsBody,
    Listing.USERS: UsersBody,
    Listing.SCORES: ScoresBody,
}
"""What a page of each list looks like."""
ROWS: Final[dict[Listing, type[Struct]]] = {
    Listing.TRACES: TraceRowBody,
    Listing.OBSERVATIONS: ObservationRowBody,
    Listing.SESSIONS: SessionRowBody,
    Listing.USERS: UserRowBody,
    Listing.SCORES: ScoreRowBody,
}
"""What a row of each list looks like."""


def encode_page(rows: Sequence[Any], place: Keyset | None, as_of_us: int, *, has_more_scores: bool = False) -> bytes:
    """Write a page of any list."""
    body = {"rows": rows, "next": None if place is None else encode_cursor(place), "asOfUs": as_of_us}
    return encode(body | {"hasMoreScores": True} if has_more_scores else body)
