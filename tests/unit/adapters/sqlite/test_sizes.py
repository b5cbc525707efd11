"""How large tables are, from a sample of their rows."""

from collections.abc import Iterator

import pytest

from panope.adapters.sqlite.diagnosis.sizes import estimate_tables
from panope.adapters.sqlite.driver import sqlite3

ROWS = 40


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A file in memory with one table whose numbers are dense and one whose numbers lie far apart."""
    opened = sqlite3.connect(":memory:")
    for name, apart in (("dense", 1), ("sparse", 1 << 16)):
        opened.execute(f"CREATE TABLE {name} (key INTEGER PRIMARY KEY, body BLOB)")
        rows = [(apart * number, bytes(1000)) for number in range(1, ROWS + 1)]
        opened.executemany(f"INSERT INTO {name} VALUES (?, ?)", rows)
    yield opened
    opened.close()


def test_rows_are_counted_however_far_apart_their_numbers_are(connection: sqlite3.Connection) -> None:
    found = {size.name: size for size in estimate_tables(connection)}
    assert found["dense"].rows == found["sparse"].rows == ROWS
    assert found["dense"].bytes == pytest.approx(found["sparse"].bytes, rel=0.1)
