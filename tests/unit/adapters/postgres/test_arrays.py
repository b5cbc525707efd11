"""Columns of values as arrays, read back by the server; and what the types of the columns are."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from panope.adapters.postgres.arrays import Array, register_arrays, to_arrays, type_of
from tests.support.engines import telemetry_database

VALUES: dict[str, list[Any]] = {
    "int2": [0, 1, -1, 32767],
    "int4": [2**31 - 1, -(2**31)],
    "int8": [2**63 - 1, -(2**63), 0],
    "float8": [0.1, -1e300, 5, 0],
    "text": ["", "a", "NULL", 'quo"te, {brace} \\ ', "ümläut 🧑‍💻", "x" * 100_000],
    "bytea": [b"", b"\x00\xff", b"y" * 100_000],
}


@pytest.fixture(scope="module")
def connection(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(telemetry_database(request), autocommit=True, cursor_factory=psycopg.RawCursor) as opened:
        register_arrays(opened)
        yield opened


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("shape", ["full", "with nulls", "nothing but nulls", "one"])
def test_an_array_arrives_as_it_was_given(connection: psycopg.Connection[Any], kind: str, shape: str) -> None:
    full = VALUES[kind]
    values = {
        "full": full,
        "with nulls": [None, *full, None],
        "nothing but nulls": [None, None],
        "one": full[:1],
    }[shape]
    found = connection.execute("SELECT $1", (Array(kind, values),), binary=True).fetchone()
    assert found == (values,)


def test_every_column_of_the_schema_has_the_type_that_it_is_sent_with(connection: psycopg.Connection[Any]) -> None:
    columns = connection.execute(
        "SELECT c.relname, a.attname, t.typname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_type t ON t.oid = a.atttypid WHERE c.relkind = 'r' AND a.attnum > 0 "
        "AND c.relnamespace = 'public'::regnamespace AND a.attname NOT IN ('seq', 'xid', 'number', 'version_num')"
    ).fetchall()
    assert len(columns) > 100
    wrong = [(table, column, kind) for table, column, kind in columns if type_of(column) != kind]
    assert wrong == []


def test_every_text_column_compares_by_code_points(connection: psycopg.Connection[Any]) -> None:
    columns = connection.execute(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_collation l ON l.oid = a.attcollation WHERE c.relkind = 'r' AND l.collname <> 'C' "
        "AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'telemetry_revision' AND a.attnum > 0"
    ).fetchall()
    assert columns == []


def test_rows_are_turned_on_their_side(connection: psycopg.Connection[Any]) -> None:
    arrays = to_arrays(("key", "name"), [(1, "a"), (2, None)])
    found = connection.execute("SELECT * FROM unnest($1, $2) ORDER BY 1", arrays, binary=True).fetchall()
    assert found == [(1, "a"), (2, None)]
