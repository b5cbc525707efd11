"""What SQLite is told at the start, seen in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from panope.adapters.sqlite.tuning import tune

WITHOUT_LOCKS = """
import ctypes
from pysqlite3 import _sqlite3
from panope.adapters.sqlite.driver import sqlite3
connection = sqlite3.connect(":memory:")
connection.execute("create table t (a)")
connection.executemany("insert into t values (?)", [(text,) for text in "abc"])
library = ctypes.CDLL(_sqlite3.__file__)
library.sqlite3_memory_used.restype = ctypes.c_int64
print(connection.execute("select count(*) from t").fetchone()[0], library.sqlite3_memory_used())
"""


@pytest.mark.parametrize("before", ["", "import panope.adapters.sqlite.driver"])
def test_sqlite_is_told_before_the_first_connection_and_only_then(before: str) -> None:
    pytest.importorskip("pysqlite3")
    done = subprocess.run([sys.executable, "-c", before + WITHOUT_LOCKS], capture_output=True, text=True, check=True)
    rows, counted = done.stdout.split()
    assert rows == "3"
    assert (counted == "0") is bool(before), "memory is counted by whoever was there first"


def test_a_library_that_cannot_be_reached_is_left_alone(tmp_path: Path) -> None:
    assert not tune(str(tmp_path / "missing.so"))
    empty = tmp_path / "empty.so"
    empty.write_bytes(b"")
    assert not tune(str(empty))
