"""The one import point of SQLite for the whole process.

POSIX locks belong to the process: two SQLite libraries on one file drop each other's locks. So every use goes through
here: pysqlite3 where it has a wheel, because its SQLite is newer, else the standard library's.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from panope.adapters.sqlite.tuning import tune

if TYPE_CHECKING:
    import sqlite3
else:
    is_used_already = "pysqlite3" in sys.modules
    try:
        from pysqlite3 import _sqlite3
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:
        import sqlite3
    else:
        if not is_used_already:
            tune(_sqlite3.__file__)

__all__ = ["FIXED_VERSION", "connect", "is_affected_by_wal_reset", "sqlite3", "sqlite_version"]

FIXED_VERSION: Final = (3, 51, 3)
"""First SQLite whose write-ahead log cannot lose a commit to a racing checkpoint."""
_BACKPORTS: Final = {(3, 44): 6, (3, 50): 7}
"""Older series whose patch releases carry the same repair, from this patch number on."""
_URI_ESCAPES: Final = str.maketrans({"%": "%25", "?": "%3f", "#": "%23"})


def sqlite_version() -> tuple[int, ...]:
    """Version of the SQLite library in use, such as `(3, 53, 4)`."""
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


def is_affected_by_wal_reset(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite can lose a committed write when a checkpoint races a commit."""
    series, patch = version[:2], version[2] if len(version) > 2 else 0
    return version < FIXED_VERSION and patch < _BACKPORTS.get((series[0], series[1]), patch + 1)


def connect(path: Path, *, read_only: bool = False, timeout_s: float = 5.0) -> sqlite3.Connection:
    """Open `path` in autocommit mode; the caller begins its transactions itself.

    The connection may pass between threads, one at a time: nothing guards it against two, see `tuning`. `timeout_s` is
    how long a statement waits for another writer. Pragmas other than that are the caller's. Raises
    `sqlite3.OperationalError` when the file cannot be opened.
    """
    mode = "ro" if read_only else "rwc"
    uri = f"file:{str(path.absolute()).translate(_URI_ESCAPES)}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False)
