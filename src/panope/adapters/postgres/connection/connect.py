"""How everything connects to Postgres."""

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from panope.domain.errors import InvalidError, UnavailableError

_DEFAULTS: Final[dict[str, str | int]] = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 10_000,  # milliseconds until a silent peer counts as gone
    "application_name": "panope",
}


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection that a transaction pooler may stand behind.

    Nothing is prepared unless `KeptPlans` allows it, and no session state is kept.
    Raises `psycopg.OperationalError` when the server does not let us in.
    """
    given = conninfo_to_dict(url)
    missing = {name: value for name, value in _DEFAULTS.items() if name not in given}
    return psycopg.connect(make_conninfo(url, **missing), autocommit=autocommit, prepare_threshold=None)


def connect_or_explain(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """The same with autocommit, for a command line: raises `UnavailableError` with what the server said."""
    try:
        return connect(url, autocommit=True)
    except psycopg.ProgrammingError:
        raise InvalidError(
            "The database URL is not one that Postgres understands", code="invalid_database_url"
        ) from None
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines() or ["no answer"]
        raise UnavailableError(f"Postgres cannot be reached: {said[0]}", code="database_unreachable") from None
