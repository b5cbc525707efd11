"""How much work one question may be, so that none of them keeps the others waiting."""

from msgspec import Struct

from panope.domain.errors import TooBroadError


class ReadBound(Struct, frozen=True, kw_only=True):
    """What one call of a `TelemetryReader` may do before it ends with `TooBroadError`.

    Every engine keeps `timeout_s`, but for the memory engine, which has no need to. `max_rows` is kept by the engines
    that can count: memory exactly, SQLite by the steps of its machine, Postgres not at all.
    """

    max_rows: int = 2_000_000
    """Rows that may be visited to find those that are asked for."""
    timeout_s: float = 10.0


def too_broad() -> TooBroadError:
    """The error of a question that exceeds its bound."""
    return TooBroadError(
        "The question has to look at too much to be answered: give it a shorter range of time, or an exact filter "
        "such as a trace, session, user, name or tag",
        code="query_too_broad",
    )
