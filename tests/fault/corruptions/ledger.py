"""The ledger, attributes, tombstones, the change sequence and the files."""

from collections.abc import Callable

from panope.adapters.sqlite.driver import connect
from tests.fault.corruptions.planting import SqliteTables, Tables, assign, corruption


def _overwrite(name: str) -> Callable[[Tables], None]:
    def plant(tables: Tables) -> None:
        assert isinstance(tables, SqliteTables)
        tables.overwrite_root(name)

    return plant


def _forget_index_entry(tables: Tables) -> None:
    """Write a row while its index is hidden from SQLite."""
    assert isinstance(tables, SqliteTables)
    [(row_type, name, table, page, sql)] = tables.execute("SELECT * FROM sqlite_schema WHERE name = 'trace_by_user'")
    tables.execute("PRAGMA writable_schema = ON")
    tables.execute("DELETE FROM sqlite_schema WHERE name = 'trace_by_user'")
    tables.close()
    tables._connection = connect(tables.path)
    tables.execute("UPDATE trace SET user_id = 'eve' WHERE project = 1 AND id = 't3'")
    tables.execute("PRAGMA writable_schema = ON")
    tables._connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", (row_type, name, table, page, sql))
    tables.close()


LEDGER = [
    corruption(
        "attributes are gone",
        "DELETE FROM attribute_set WHERE project = ONE AND json LIKE '%service%'",
        "attributes-missing",
        of="o1",
        fields="resource",
    ),
    corruption(
        "attributes are changed",
        "UPDATE attribute_set SET json = '{}' WHERE project = ONE AND json LIKE '%service%'",
        "attributes-differ",
    ),
    corruption(
        "a receipt is gone",
        "DELETE FROM ledger WHERE project = ONE AND received_us = 1800000002000000",
        "receipt-missing",
        of="c1",
    ),
    corruption("the ledger is gone", "DELETE FROM ledger WHERE project = ONE", "receipt-missing"),
    corruption(
        "a receipt accepted less",
        "UPDATE ledger SET accepted = 1 WHERE project = ONE AND received_us = 1800000000000000",
        "receipts-too-few",
    ),
    corruption(
        "a receipt cannot be read",
        "UPDATE ledger SET reasons = '{' WHERE project = ONE AND received_us = 1800000000000000",
        "receipt-unreadable",
    ),
    corruption(
        "a receipt rejected more than it has reasons for",
        "UPDATE ledger SET rejected = 9 WHERE project = ONE AND request_id = 'refused'",
        "receipt-implausible",
        of="refused",
        fields="reasons",
    ),
    corruption(
        "a receipt has a status that there is not",
        "UPDATE ledger SET status = 99 WHERE project = ONE AND request_id = 'refused'",
        "receipt-implausible",
        of="refused",
        fields="status",
    ),
    corruption(
        "a receipt accepted less than nothing",
        "UPDATE ledger SET accepted = -1 WHERE project = ONE AND request_id = 'refused'",
        "receipt-implausible",
        of="refused",
        fields="accepted",
    ),
    corruption(
        "an observation came at another time",
        assign("observation", "o3", "created_us = created_us + 1"),
        "receipt-missing",
        of="o3",
    ),
    corruption(
        "an observation came at a time beyond the calendar",
        assign("observation", "o3", "created_us = 9000000000000000000"),
        "value-malformed",
        "receipt-missing",
        of="o3",
        fields="created_us",
    ),
    corruption(
        "a session came at another time", assign("session", "s-a", "created_us = 1"), "receipt-missing", of="s-a"
    ),
    corruption(
        "a deleted trace is back",
        "INSERT INTO tombstone (project, kind, id, cut_us) VALUES (ONE, 'trace', 't4', 1800000000000000)",
        "deleted-row",
        of="t4",
    ),
    corruption(
        "a deleted observation is back",
        "INSERT INTO tombstone (project, kind, id, cut_us) VALUES (ONE, 'observation', 'o5', 1800000000000000)",
        "deleted-row",
        of="o5",
    ),
    corruption(
        "a deleted score is back",
        "INSERT INTO tombstone (project, kind, id, cut_us) VALUES (ONE, 'score', 'c5', 1800000000000000)",
        "deleted-row",
        of="c5",
    ),
    corruption(
        "an observation of a deleted trace is back",
        assign("observation", "o6", "trace_id = 'gone'"),
        "trace-missing",
        "row-differs",
        "totals-differ",
        "deleted-row",
        of="gone",
    ),
]

SEQUENCE = [
    corruption(
        "two rows share a place in the sequence",
        "UPDATE observation SET seq = (SELECT seq FROM trace WHERE project = ONE AND id = 't1') "
        "WHERE project = ONE AND id = 'o1'",
        "stamp-repeated",
        of="o1",
    ),
    corruption("a row is ahead of the sequence", assign("session", "s-a", "seq = 1000000"), "stamp-ahead", of="s-a"),
    corruption("the sequence begins anew", "UPDATE change_sequence SET value = 3", "stamp-ahead", only="sqlite"),
    corruption("the sequence is forgotten", "DELETE FROM change_sequence", "stamp-ahead", only="sqlite"),
    corruption("the sequence is set back", "SELECT setval('change_sequence', 3)", "stamp-ahead", only="postgres"),
    corruption("keys are given out again", "SELECT setval('key_block', 1, false)", "stamp-ahead", only="postgres"),
    corruption(
        "a project is forgotten",
        "DELETE FROM project WHERE id = 'project-one'",
        "project-unknown",
    ),
    corruption(
        "a text is not UTF-8",
        assign("observation", "o3", "name = CAST(x'ff61' AS TEXT)"),
        "store-damaged",
        only="sqlite",
    ),
    corruption(
        "an index entry is stale", _forget_index_entry, "store-damaged", "row-differs", only="sqlite", deep=True
    ),
    corruption("pages of the projects are noise", _overwrite("project"), "store-damaged", only="sqlite"),
    corruption("pages of tombstones are noise", _overwrite("tombstone"), "store-damaged", only="sqlite"),
    corruption("pages of the counter are noise", _overwrite("change_sequence"), "store-damaged", only="sqlite"),
    corruption("pages of an index are noise", _overwrite("session_by_created"), "store-damaged", only="sqlite"),
]
