"""What was committed moves from the write-ahead log into the file: beside the writer, so that no commit waits for it.

Left to itself SQLite moves the pages within the commit that finds the log long enough. In a store of millions these
are pages from everywhere, the disk takes up to seconds, and all that was sent meanwhile waits (ADR 0021). Here a thread
with a connection of its own moves them. The log begins anew only once all of it has moved, which beside a busy writer
does not come about: so the writer moves the last few pages of a long log itself, and all of them only if the disk falls
behind.
"""

import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

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
_TOO_LONG: Final = 24_000
"""Pages of a log with which the writer moves all that waits, and leaves the thread alone: 200 MB."""


def is_possible(version: tuple[int, ...]) -> bool:
    """Whether two connections may move pages with this SQLite, and one can ask how many wait."""
    return version >= _FIRST_WITH_NOOP and not is_affected_by_wal_reset(version)


class Checkpointer:
    """Keeps the log of one file short. Failures are not told: the next commit tries again, and meets a full disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_possible = is_possible(sqlite_version())
        self._is_needed = threading.Event()
        self._is_closing = False
        self._thread: threading.Thread | None = None

    def adopt(self, writer: sqlite3.Connection) -> None:
        """Relieve a connection from moving pages within its commits. It stays as it is where SQLite is too old."""
        if self._is_possible:
            writer.execute("PRAGMA wal_autocheckpoint = 0").fetchall()

    def after_commit(self, writer: sqlite3.Connection) -> None:
        """Have pages moved if that is due, and wait for a few at most."""
        if not self._is_possible:
            return
        with suppress(sqlite3.Error):
            _, logged, moved = writer.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
            waiting = logged - moved
            if logged >= _TOO_LONG or (logged >= _LONG and waiting <= _FEW):
                writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            elif logged >= _LONG or waiting >= _MANY:
                self._wake()

    def close(self) -> None:
        """End the thread and wait for it. Idempotent; no commit may follow."""
        self._is_closing = True
        self._is_needed.set()
        if self._thread is not None:
            self._thread.join()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="telemetry-checkpoints", daemon=True)
            self._thread.start()
        self._is_needed.set()

    def _run(self) -> None:
        while self._is_needed.wait() and not self._is_closing:
            self._is_needed.clear()
            with suppress(sqlite3.Error, UnavailableError), closing(open_checkpointer(self._path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
