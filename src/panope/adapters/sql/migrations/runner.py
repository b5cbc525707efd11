"""Bringing a plane's schema up to date, and saying where it stands.

Alembic is imported only when there is something to migrate: it costs a server a quarter of a second at start.
"""

import re
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct
from sqlalchemy import Connection

from panope.domain.errors import UnsupportedError

_DIRECTORY: Final = Path(__file__).parent
_REVISION_FILE: Final = re.compile(r"r(\d{4})_\w+\.py")


class Plane(StrEnum):
    """What is migrated apart from the other."""

    CATALOG = "catalog"
    TELEMETRY = "telemetry"

    @property
    def version_table(self) -> str:
        """The table that holds the revision."""
        return f"{self.value}_revision"


class PlaneStatus(Struct, frozen=True, kw_only=True):
    """Where a plane's schema stands. Revisions are four digits, in rising order."""

    plane: Plane
    current: str | None
    """None: nothing there yet."""
    pending: tuple[str, ...]
    """What `upgrade` would run, in this order."""

    @property
    def is_current(self) -> bool:
        """Whether nothing is pending."""
        return not self.pending


class MigrationTarget(Protocol):
    """A database as the runner needs it; each engine has one."""

    @property
    def telemetry_schema(self) -> str:
        """The script of the engine's first telemetry revision."""

    def recorded_revision(self, plane: Plane) -> str | None:
        """The revision that the database says it has; None when it has none. Creates nothing."""

    def exclusive_transaction(self) -> AbstractContextManager[Connection]:
        """Begin a transaction as the only migrator, others wait; commit at the end, roll all back on an error."""


def known_revisions(plane: Plane) -> tuple[str, ...]:
    """All revisions that this build brings, oldest first."""
    matches = (_REVISION_FILE.fullmatch(path.name) for path in (_DIRECTORY / plane.value).iterdir())
    return tuple(sorted(match[1] for match in matches if match))


def status(target: MigrationTarget, plane: Plane) -> PlaneStatus:
    """Say where the plane stands. Raises `UnsupportedError` when a newer panope has been at it."""
    known = known_revisions(plane)
    current = target.recorded_revision(plane)
    if current is not None and current not in known:
        raise UnsupportedError(
            f"The {plane.value} schema is at revision {current} and this panope knows {known[-1]} at most: "
            "a newer panope has upgraded it, so run that version or newer",
            code="schema_too_new",
        )
    pending = known if current is None else known[known.index(current) + 1 :]
    return PlaneStatus(plane=plane, current=current, pending=pending)


def upgrade(target: MigrationTarget, plane: Plane) -> PlaneStatus:
    """Run what is pending, all or nothing; return what was there before. Safe from several processes at once."""
    before = status(target, plane)
    if before.pending:
        with target.exclusive_transaction() as connection:
            from panope.adapters.sql.migrations.execute import run_revisions  # noqa: PLC0415 - brings Alembic

            run_revisions(connection, plane.value, plane.version_table, target.telemetry_schema)
    return before
