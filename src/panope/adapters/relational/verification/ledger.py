"""Streaming receipts and arrivals, and looking through the change sequence."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from panope.adapters.relational.session import Dialect
from panope.adapters.relational.tables import OBSERVATIONS, RECEIPTS, SCORES, SESSIONS, TRACES, read_receipt
from panope.adapters.relational.verification.session import StreamSession, attempt, scope
from panope.ports.verification import Arrivals, Project, StampedRow, StoredReceipt

_STAMPED: Final = (TRACES, OBSERVATIONS, SCORES, SESSIONS)
_RECEIVED_AT: Final = 1 + RECEIPTS.columns.index("received_us")
_ALL_STAMPS: Final = " UNION ALL ".join([f"SELECT seq FROM {table.name}" for table in _STAMPED])  # noqa: S608
_REPEATED: Final = f"SELECT u.seq FROM ({_ALL_STAMPS}) u GROUP BY u.seq HAVING count(*) > 1 ORDER BY u.seq LIMIT ?"  # noqa: S608


class RelationalLedger:
    """Implements `StoredLedger` but for `stamps_ahead`, which is the engine's."""

    _session: StreamSession
    _dialect: Dialect

    def receipts(self, within: Project) -> Iterator[StoredReceipt]:
        """See the port."""
        where, params = scope("l", within)
        sql = f"SELECT l.project, {RECEIPTS.select()} FROM ledger l{where} ORDER BY l.project, l.received_us"  # noqa: S608
        for record in self._session.stream(sql, params):
            receipt = attempt(read_receipt, record[1:])
            yield StoredReceipt(project=record[0], received_us=record[_RECEIVED_AT], receipt=receipt)

    def last_receipt_us(self) -> int:
        """See the port."""
        return int(self._session.execute("SELECT coalesce(max(received_us), 0) FROM ledger")[0][0])

    def arrivals(self, within: Project) -> Iterator[Arrivals]:
        """See the port."""
        selects = []
        everything: list[object] = []
        for table in _STAMPED:
            where, params = scope(table.alias, within)
            alias = table.alias
            selects.append(
                f"SELECT {alias}.project, {alias}.created_us, '{table.name}' AS kind, {alias}.id "  # noqa: S608
                f"FROM {table.name} {alias}{where}"
            )
            everything += params
        sql = (
            f"SELECT u.project, u.created_us, u.kind, count(*), min(u.id) FROM ({' UNION ALL '.join(selects)}) u "  # noqa: S608
            "GROUP BY u.project, u.created_us, u.kind ORDER BY u.project, u.created_us, u.kind"
        )
        for (project, created_us), records in groupby(self._session.stream(sql, everything), lambda found: found[:2]):
            listed = list(records)
            counts = {kind: int(count) for _, _, kind, count, _ in listed}
            yield Arrivals(project=project, created_us=created_us, counts=counts, example=listed[0][4])

    def repeated_stamps(self, limit: int) -> list[StampedRow]:
        """See the port."""
        repeated = [record[0] for record in self._session.execute(_REPEATED, (min(limit, self._dialect.max_values),))]
        if not repeated:
            return []
        matches = self._dialect.is_in("a.seq", repeated)
        found = []
        for table in _STAMPED:
            sql = f"SELECT a.project, a.id, a.seq FROM {table.name} a WHERE {matches.text} ORDER BY a.seq LIMIT ?"  # noqa: S608
            found += self._stamped(table.name, sql, (*matches.params, limit))
        return sorted(found, key=lambda row: row.number)[:limit]

    def _beyond(self, column: str, last: int, limit: int) -> list[StampedRow]:
        """Rows whose number in a column is beyond the last one given out."""
        found: list[StampedRow] = []
        for table in _STAMPED:
            sql = f"SELECT a.project, a.id, a.{column} FROM {table.name} a WHERE a.{column} > ? LIMIT ?"  # noqa: S608
            found += self._stamped(table.name, sql, (last, limit - len(found)))
        return found

    def _stamped(self, table: str, sql: str, params: tuple[object, ...]) -> list[StampedRow]:
        return [
            StampedRow(project=project, table=table, id=entity_id, number=number)
            for project, entity_id, number in self._session.execute(sql, params)
        ]
