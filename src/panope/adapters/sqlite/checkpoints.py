"""What was committed moves from the write-ahead log into the file: beside the writer, so that few commits wait for it.

Left to itself SQLite moves the pages within the commit that finds the log long enough. In a store of millions these
are pages from everywhere, the disk takes up to seconds, and all that was sent meanwhile waits (ADR 0021). Here a thread
with a connection of its own moves them. The log begins anew only once all of it has moved and is synced, which beside a
busy writer does not come about: so the writer ends a long log itself when little is left, and holds back those who send
when the disk falls behind.
"""

import ctypes
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import structlog

from panope.adapters.sqlite.connection import open_checkpointer
from panope.adapters.sqlite.driver import is_affected_by_wal_reset, sqlite3, sqlite_version
from panope.domain.errors import UnavailableError

_FIRST_WITH_NOOP: Final = (3, 51)
"""First SQLite that tells how much waits in the log without moving it."""
_MANY: Final = 2_000
"""Pages that wait in the log until the thread moves them: 16 MB."""
_LONG: Final = 6_000
"""Pages of a log that should begin anew: 48 MB, below the size that a log keeps on the disk."""
_FEW: Final = 500
"""Pages that the writer moves itself, once the log is long."""
_TOO_MANY: Final = 8_000
"""Pages that wait until the writer waits for the thread and moves the rest: 64 MB."""
_TOO_LONG: Final = 24_000
"""Pages of a log with which it does so however few wait: 200 MB."""
_IO_ERROR: Final = 10
"""Primary result code IOERR. That it was a sync, pysqlite3 does not tell; a disk without room is another code."""

_log = structlog.get_logger("panope.telemetry")


def is_possible(version: tuple[int, ...]) -> bool:
    """Whether two connections may move pages with this SQLite, and one can ask how many wait."""
    return version >= _FIRST_WITH_NOOP and not is_affected_by_wal_reset(version)


class Checkpointer:
    """Keeps the log of one file short. What fails is tried again after the next commit, but for the disk: `check`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_possible = is_possible(sqlite_version())
        self._is_needed = threading.Event()
        self._moving = threading.Lock()
        self._is_closing = False
        self._thread: threading.Thread | None = None
        self._has_lost = False

    def adopt(self, writer: sqlite3.Connection) -> None:
        """Relieve a connection from moving pages within its commits. It stays as it is where SQLite is too old."""
        if self._is_possible:
            writer.execute("PRAGMA wal_autocheckpoint = 0").fetchall()

    def check(self) -> None:
        """Raise `UnavailableError` for ever after the disk has failed while pages moved.

        When a sync fails, it tells once that it lost pages, not which. They are still in the log, and after a new start
        all of it is moved again; until then the log must neither grow nor end.
        """
        if self._has_lost:
            raise UnavailableError(
                "The disk lost what it was told to keep; the log of the telemetry store still has it: "
                "check the disk, start the server again, then send again",
                code="disk_failed",
            )

    def after_commit(self, writer: sqlite3.Connection) -> None:
        """Have pages moved if that is due. Whatever goes wrong, what was committed is committed: nothing is raised."""
        if self._is_possible:
            self._try(lambda: self._look(writer))

    def close(self, writer: sqlite3.Connection | None) -> None:
        """End the thread, wait for it, and close the writer, which ends the log. Idempotent; no commit may follow."""
        self._is_closing = True
        self._is_needed.set()
        if self._thread is not None:
            self._thread.join()
        if writer is not None:
            _abandon(writer) if self._has_lost else writer.close()

    def _look(self, writer: sqlite3.Connection) -> None:
        _, logged, moved = writer.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        waiting = logged - moved
        if logged >= _TOO_LONG or waiting >= _TOO_MANY:
            self._is_needed.clear()
            with self._moving:
                self._move(writer)
        elif logged >= _LONG and waiting <= _FEW:
            self._move(writer)
        elif logged >= _LONG or waiting >= _MANY:
            self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="telemetry-checkpoints", daemon=True)
            thread.start()
            self._thread = thread
        self._is_needed.set()

    def _run(self) -> None:
        while self._is_needed.wait() and not self._is_closing:
            self._is_needed.clear()
            with self._moving:
                self._try(self._move_beside)

    def _move_beside(self) -> None:
        with closing(open_checkpointer(self._path)) as connection:
            self._move(connection)

    def _move(self, connection: sqlite3.Connection) -> None:
        """As far as readers let it; not at all while somebody else does, nor after the disk has failed."""
        if not self._has_lost:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - see `after_commit`
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == _IO_ERROR and not self._has_lost:
                self._has_lost = True
                _log.error(
                    "the disk failed beneath the telemetry store: nothing is taken until the server starts again"
                )


def _abandon(connection: sqlite3.Connection) -> None:
    """Never close it: the last connection that closes ends the log."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
