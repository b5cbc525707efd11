"""The telemetry plane on one SQLite file."""

from contextlib import closing
from pathlib import Path
from typing import Any

from panope.adapters.relational.operations import RelationalOperations
from panope.adapters.relational.text.building import Patience
from panope.adapters.relational.text.index import RelationalTextIndex
from panope.adapters.sqlite.connection import create_schema, open_writer, storage_errors
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.metrics import SqliteMetricsReader
from panope.adapters.sqlite.reader import SqliteTelemetryReader
from panope.adapters.sqlite.writer import SqliteTelemetryWriter
from panope.kit.batching import Limits, OnCommit
from panope.ports.bounds import ReadBound


class SqliteTelemetry:
    """Writer, readers and operations of one file. No other process may write to it meanwhile."""

    def __init__(
        self,
        path: Path,
        *,
        reader_threads: int = 4,
        bound: ReadBound | None = None,
        limits: Limits | None = None,
        on_commit: OnCommit | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.writer = SqliteTelemetryWriter(path, limits=limits, on_commit=on_commit)
        self.reader = SqliteTelemetryReader(path, threads=reader_threads, bound=bound)
        self.metrics = SqliteMetricsReader(path, bound=bound)
        self.texts = RelationalTextIndex(self.writer, self.reader.run, SqliteDialect(), patience)
        self.operations = RelationalOperations(self.writer, self.reader.run, SqliteDialect())

    @classmethod
    def open(cls, path: Path, **options: Any) -> "SqliteTelemetry":
        """Open the file, creating it and its tables when they are not there; `options` are those of the class."""
        with closing(open_writer(path)) as connection, storage_errors():
            create_schema(connection)
        return cls(path, **options)

    async def close(self) -> None:
        """Finish what is queued and release everything. Idempotent."""
        await self.writer.close()
        await self.reader.close()
        await self.metrics.close()
