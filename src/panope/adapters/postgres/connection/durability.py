"""Settings of a server that decide whether what it has committed outlives a power cut."""

from typing import Any, Final

from psycopg import Connection

from panope.domain.errors import UnavailableError

_UNSAFE: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""Setting → the value with which committed transactions, or the whole database, may be lost."""
_FIND: Final = (
    b"SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')"
)


def find_unsafe_settings(connection: Connection[Any]) -> list[str]:
    """Names of the settings with which this session may lose what it has committed."""
    row = connection.execute(_FIND).fetchone()
    assert row is not None
    return [name for (name, unsafe), value in zip(_UNSAFE.items(), row, strict=True) if value == unsafe]


def require_durable(connection: Connection[Any]) -> None:
    """Raise `UnavailableError` unless what this session commits outlives a power cut."""
    unsafe = find_unsafe_settings(connection)
    if unsafe:
        raise UnavailableError(
            f"Postgres may lose acknowledged telemetry in a power cut, with these settings off: {', '.join(unsafe)}. "
            "Turn them on, for the server as well as for this database and its user, or set allow_unsafe_database "
            "and live with it",
            code="database_unsafe",
        )
