"""`panope verify`: what it prints and how it leaves."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from panope.adapters.sqlite.driver import connect
from panope.features.verification.findings import ADVICE, FindingKind
from tests.unit.cli.conftest import Run

Execute = Callable[[str], None]
_SESSION = (
    "INSERT INTO session (key, project, id, seq, created_us, environment, trace_count, first_timestamp_us, "
    "first_trace_id) VALUES ({key}, 1, '{id}', {key}, 5, 'default', 1, 5, 't')"
)
_RECEIPT = (
    "INSERT INTO ledger (project, request_id, received_us, protocol, body_bytes, accepted, rejected, reasons, repairs, "
    "status) VALUES (1, 'r', 5, 'langfuse', 0, 9, 0, '{}', '{}', 207)"
)


@pytest.fixture
def execute(run: Run, tmp_path: Path) -> Execute:
    """An empty store in ./store with one project, and a way to write into it."""
    assert run("db", "upgrade", "--data-dir", "store").status == 0

    def write(sql: str) -> None:
        with closing(connect(tmp_path / "store" / "telemetry.db")) as connection:
            connection.execute(sql)

    write("INSERT INTO project (number, id) VALUES (1, 'p1')")
    write(_RECEIPT)
    write("UPDATE change_sequence SET value = 100")
    return write


def test_an_empty_store_is_clean(run: Run, execute: Execute) -> None:
    shown = run("verify", "--data-dir", "store")
    assert (shown.status, shown.err) == (0, "")
    assert "SQLite in" in shown.out
    assert "  0 observations\n" in shown.out
    assert "telemetry.db by quick_check and foreign_key_check\n" in shown.out
    assert "catalog.db by quick_check and foreign_key_check\n" in shown.out
    assert "Not checked: indexes against their tables: run again with --deep.\n" in shown.out
    assert shown.out.endswith("Nothing is wrong.\n")


def test_what_is_wrong_is_shown_with_what_to_do(run: Run, execute: Execute) -> None:
    for number in range(3):
        execute(_SESSION.format(key=number + 1, id=f"s{number}"))
    shown = run("verify", "--data-dir", "store", "--limit", "2", "--deep")
    assert (shown.status, shown.err) == (1, "")
    advice = ADVICE[FindingKind.SESSION_EMPTY]
    assert shown.out.endswith(
        "\nsession-empty: 3\n"
        f"  {advice.means}\n"
        f"  {advice.do}\n"
        "    project p1, session s0\n"
        "    project p1, session s1\n"
        "    … and 1 more; --limit shows them\n"
    )


def test_a_program_reads_the_same_as_json(run: Run, execute: Execute) -> None:
    execute(_SESSION.format(key=1, id="s"))
    shown = run("verify", "--data-dir", "store", "--json")
    answer = json.loads(shown.out)
    assert shown.status == 1
    assert answer["clean"] is False
    assert answer["checked"]["sessions"] == 1
    [finding] = answer["findings"]
    assert (finding["kind"], finding["count"]) == ("session-empty", 1)
    assert finding["examples"] == [{"project": "p1", "entity": "session", "id": "s", "fields": [], "note": None}]


def test_ids_reach_the_terminal_as_text_alone(run: Run, execute: Execute) -> None:
    execute(_SESSION.format(key=1, id="\x1b[2Jgone\n"))
    shown = run("verify", "--data-dir", "store")
    assert "project p1, session \\x1b[2Jgone\\n\n" in shown.out


def test_a_bucket_is_named_by_its_hour_and_not_by_what_was_sent(run: Run, execute: Execute) -> None:
    execute(
        "INSERT INTO bucket (project, kind, hour_us, environment, name, model, count, error_count, unpriced_count, "
        "input_tokens, output_tokens, total_tokens, total_cost) "
        "VALUES (1, 'observation', 1795978800000000, 'SECRET-1', 'SECRET-2', 'SECRET-3', 1, 0, 0, 0, 0, 0, 0)"
    )
    text, json_text = run("verify", "--data-dir", "store"), run("verify", "--data-dir", "store", "--json")
    assert "    project p1, observation bucket 2026-11-29T19:00:00Z: count\n" in text.out
    assert "SECRET" not in text.out + text.err + json_text.out + json_text.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data-dir", "nowhere"), "No telemetry is kept there (SQLite in "),
        (("--data-dir", "store", "--project", "p9"), "The project p9 has no telemetry here"),
        (("--database-url", "postgresql://nobody@127.0.0.1:1/none"), "Postgres cannot be reached"),
    ],
)
def test_what_cannot_be_checked_is_said_and_is_another_status(
    run: Run, execute: Execute, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    shown = run("verify", *arguments)
    assert (shown.status, shown.out) == (2, "")
    assert said in shown.err
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_no_database_cannot_be_checked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "telemetry.db").write_bytes(b"not a database" * 1000)
    shown = run("verify", "--data-dir", "store")
    assert shown.status == 2
    assert "cannot be read as a SQLite database" in shown.err


def test_an_old_schema_is_not_upgraded(run: Run, execute: Execute) -> None:
    execute("DELETE FROM telemetry_revision")
    shown = run("verify", "--data-dir", "store")
    assert shown.status == 2
    assert "No telemetry is kept there" in shown.err


@pytest.mark.parametrize("is_emptied", [False, True])
def test_without_its_catalog_a_store_is_not_whole(
    run: Run, execute: Execute, tmp_path: Path, *, is_emptied: bool
) -> None:
    (tmp_path / "store" / "catalog.db").unlink()
    if is_emptied:
        (tmp_path / "store" / "catalog.db").touch()
    shown = run("verify", "--data-dir", "store")
    failure = "catalog.db: it is gone or empty; put it back from a backup"
    assert shown.status == 2
    assert "Not checked: costs against price models: the catalog cannot be opened.\n" in shown.out
    assert shown.out.endswith(f"Could not be checked: {failure}\nNothing wrong was found.\n")
    answer = json.loads(run("verify", "--data-dir", "store", "--json").out)
    assert (answer["clean"], answer["failures"], answer["findings"]) == (False, [failure], [])


def test_progress_is_shown_on_a_terminal_alone(run: Run, execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("verify", "--data-dir", "store").err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = run("verify", "--data-dir", "store")
    assert "trace totals" in shown.err
    assert shown.out.endswith("Nothing is wrong.\n")


def test_every_kind_of_finding_has_advice() -> None:
    assert set(ADVICE) == set(FindingKind)
