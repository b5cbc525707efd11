"""What failures of the database mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import errors

from panope.domain.errors import UnavailableError
from panope.ports.bounds import too_broad
from panope.query.metrics.aggregate import beyond_numbers

_UNAVAILABLE_CLASSES: Final = frozenset({"08", "40", "53", "55", "57", "58"})
"""SQL states: connection, rollback, resources, locks, operator's intervention, system."""
_RACES: Final = (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation)
_UNPREPARED: Final = (
    errors.InvalidSqlStatementName,
    errors.DuplicatePreparedStatement,
    errors.FeatureNotSupported,
)
"""A pooler gave our prepared statements to another server process, or a migration changed what they answer."""


def is_unavailable(error: psycopg.Error) -> bool:
    """Whether trying again later may help: the server, the network or a lock, not the statement."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate[:2] in _UNAVAILABLE_CLASSES or isinstance(error, errors.ReadOnlySqlTransaction)


def is_race(error: psycopg.Error) -> bool:
    """Whether another transaction came between, so that running again may succeed at once."""
    return isinstance(error, _RACES)


def is_unprepared(error: psycopg.Error) -> bool:
    """Whether the connection's prepared statements are of no use."""
    return isinstance(error, _UNPREPARED)


def is_lost(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether the connection is of no more use. Never raises."""
    return connection.closed or connection.broken


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn failures of the server into `UnavailableError`; let the rest pass."""
    try:
        yield
    except psycopg.Error as error:
        if not is_unavailable(error):
            raise
        if isinstance(error, errors.DiskFull):
            raise UnavailableError(
                "The disk of the telemetry database is full, nothing of this was kept: make room, then send again",
                code="disk_full",
            ) from error
        raise UnavailableError(
            f"The telemetry database cannot be used now ({type(error).__name__}): check it, then send again",
            code="store_unavailable",
        ) from error


@contextmanager
def question_errors() -> Iterator[None]:
    """The same for reads, and a question that takes too long is too broad: asking again would not help."""
    with storage_errors():
        try:
            yield
        except errors.QueryCanceled as error:
            raise too_broad() from error
        except errors.NumericValueOutOfRange as error:
            raise beyond_numbers() from error
