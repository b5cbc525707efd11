"""The telemetry writer of one file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from panope.adapters.relational.transaction import Known, WriteJob, WriteTransaction
from panope.adapters.relational.writer import RelationalWriter
from panope.adapters.sqlite.checkpoints import Checkpointer
from panope.adapters.sqlite.connection import open_writer, storage_errors
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import sqlite3
from panope.adapters.sqlite.session import SqliteSession
from panope.kit.batching import Limits, OnCommit


class SqliteTelemetryWriter(RelationalWriter):
    """Implements `TelemetryWriter` on one file, whose only writer it must be."""

    def __init__(self, path: Path, *, limits: Limits | None = None, on_commit: OnCommit | None = None) -> None:
        super().__init__(SqliteCommitter(path), limits=limits, on_commit=on_commit)


class SqliteCommitter:
    """Implements `Committer`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._dialect = SqliteDialect()
        self._known = Known()
        self._connection: sqlite3.Connection | None = None
        self._checkpointer = Checkpointer(path)

    def commit(self, jobs: Sequence[WriteJob]) -> list[Any]:
        """See the protocol."""
        self._checkpointer.check()
        with storage_errors():
            connection = self._connection or self._connect()
            try:
                connection.execute("BEGIN IMMEDIATE")
                transaction = WriteTransaction(SqliteSession(connection), self._dialect, self._known)
                answers = transaction.run(jobs)
                connection.execute("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise
            transaction.remember()
            self._checkpointer.after_commit(connection)
            return answers

    def close(self) -> None:
        """See the protocol."""
        connection, self._connection = self._connection, None
        self._checkpointer.close(connection)

    def _connect(self) -> sqlite3.Connection:
        self._connection = open_writer(self._path)
        self._checkpointer.adopt(self._connection)
        return self._connection

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        """SQLite has rolled back by itself after some errors; a connection that cannot is replaced."""
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            self._connection = None
