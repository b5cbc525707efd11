"""Folding the differences of time buckets, so that reading them stays cheap."""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import Connection

from panope.domain.rollups import BucketKey, BucketTotals

_FOLD_AT: Final = 256
"""Rows that this process has appended to one hour."""
_MAX_HOURS: Final = 10_000
_FOLD_LOCK: Final = 0x70616E6F_70650004
_KEY: Final = ", ".join(("project", *BucketKey.__struct_fields__))
_TOTALS: Final = BucketTotals.__struct_fields__
_TRY_LOCK: Final = f"SELECT pg_try_advisory_xact_lock({_FOLD_LOCK})".encode()
_FOLD: Final = f"""
WITH gone AS (
    DELETE FROM bucket_difference WHERE project = $1 AND kind = $2 AND hour_us = $3 RETURNING *
)
INSERT INTO bucket_difference ({_KEY}, {", ".join(_TOTALS)})
SELECT {_KEY}, {", ".join(f"sum({name})" for name in _TOTALS)} FROM gone GROUP BY {_KEY}
HAVING {" OR ".join(f"sum({name}) <> 0" for name in _TOTALS)}
""".encode()  # noqa: S608

Hour = tuple[int, str, int]
"""Project, kind, hour."""


class BucketFolder:
    """Counts what one process appends and folds an hour when there is much of it."""

    def __init__(self) -> None:
        self._appended: dict[Hour, int] = {}

    def note(self, hours: Iterable[Hour]) -> None:
        """Count committed rows by their hour."""
        for hour in hours:
            self._appended[hour] = self._appended.get(hour, 0) + 1

    def fold(self, connection: Connection[Any]) -> None:
        """Fold the hours that are due, each in a transaction of its own."""
        due = [hour for hour, count in self._appended.items() if count >= _FOLD_AT]
        if len(self._appended) > _MAX_HOURS:
            self._appended.clear()
        for hour in due:
            self._appended.pop(hour, None)
            self._fold(connection, hour)

    @staticmethod
    def _fold(connection: Connection[Any], hour: Hour) -> None:
        """Leave it when another process is folding: the sums are right either way."""
        with connection.transaction():
            locked = connection.execute(_TRY_LOCK).fetchone()
            if locked is not None and locked[0]:
                connection.execute(_FOLD, hour)
