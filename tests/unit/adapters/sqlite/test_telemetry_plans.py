"""Every statement of the engine, asked for its plan: none walks a table, none sorts where an index gives the order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from panope.adapters.relational.listing import ListCompiler
from panope.adapters.relational.session import Record, Sql
from panope.adapters.sqlite import reader as reader_module
from panope.adapters.sqlite import writer as writer_module
from panope.adapters.sqlite.connection import create_schema, open_reader, open_writer
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.driver import sqlite3
from panope.adapters.sqlite.session import SqliteSession
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.ids import ProjectId
from panope.query.ast import And, Condition, Keyset, ListQuery, Node, Not, Op, Some, Sort
from panope.query.fields import View
from tests.support.batches import batch
from tests.support.diagnosis import ask_as_the_doctor
from tests.support.told import observation, score, trace

PROJECT = ProjectId("p1")
NEWEST = Sort("timestamp")
LATEST = Sort("start_time")


def _is(field: str, *values: str) -> Condition:
    return Condition(field, Op.ANY_OF, values) if len(values) > 1 else Condition(field, Op.EQ, values[0])


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_writer(tmp_path / "telemetry.db")
    create_schema(opened)
    yield opened
    opened.close()


def _plan(connection: sqlite3.Connection, sql: Sql) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql.text}", sql.params)]


_ASKED_FOR = "SCAN json_each VIRTUAL TABLE INDEX 1:"
"""The ids that are looked up, which come as one parameter."""
TAG = Condition("tags", Op.ANY_OF, ("red",))
SINCE = Condition("timestamp", Op.GE, 5)
KEYSET = Keyset(5, "x")
T, O, S, N = View.TRACES, View.OBSERVATIONS, View.SCORES, View.SESSIONS  # noqa: E741 - four views in a table

ORDERED: dict[str, tuple[View, Sort, Node, str]] = {
    "newest traces": (T, NEWEST, And(()), "trace_by_timestamp (project=?"),
    "traces since": (T, NEWEST, SINCE, "trace_by_timestamp (project=?"),
    "traces of a user": (T, NEWEST, _is("user_id", "u"), "trace_by_user (project=? AND user_id=?"),
    "traces of a session": (T, NEWEST, _is("session_id", "s"), "trace_by_session (project=? AND session_id=?"),
    "traces by name": (T, NEWEST, _is("name", "n"), "trace_by_name (project=? AND name=?"),
    "traces of an environment": (
        T,
        NEWEST,
        _is("environment", "e"),
        "trace_by_environment (project=? AND environment=?",
    ),
    "traces of two environments": (T, NEWEST, _is("environment", "e", "f"), "trace_by_timestamp (project=?"),
    "traces with a tag": (T, NEWEST, And((TAG, SINCE)), "g USING PRIMARY KEY (project=? AND tag=?"),
    "a user beats name, environment and tag": (
        T,
        NEWEST,
        And((_is("environment", "e"), TAG, _is("name", "n"), _is("user_id", "u"), SINCE)),
        "trace_by_user (project=? AND user_id=?",
    ),
    "traces with an observation of a model": (T, NEWEST, Some(_is("model", "m")), "trace_by_timestamp (project=?"),
    "traces without an observation of a model": (
        T,
        NEWEST,
        Not(Some(_is("model", "m"))),
        "trace_by_timestamp (project=?",
    ),
    "sessions with a trace of a user": (
        N,
        Sort("created_at"),
        Some(_is("user_id", "u")),
        "session_by_created (project=?",
    ),
    "one trace": (T, NEWEST, _is("id", "t"), "sqlite_autoindex_trace_1 (project=? AND id=?)"),
    "latest observations": (O, LATEST, And(()), "observation_by_start (project=?"),
    "latest observations of a type": (O, LATEST, _is("type", "TOOL"), "observation_by_start (project=?"),
    "observations of a trace": (O, LATEST, _is("trace_id", "t"), "observation_by_trace (project=? AND trace_id=?"),
    "newest scores": (S, NEWEST, And(()), "score_by_timestamp (project=?"),
    "scores by name": (S, NEWEST, _is("name", "n"), "score_by_name (project=? AND name=?"),
    "scores of a trace": (S, NEWEST, _is("trace_id", "t"), "score_by_trace (project=? AND trace_id=?"),
    "scores of an observation": (
        S,
        NEWEST,
        _is("observation_id", "o"),
        "score_by_observation (project=? AND observation_id=?",
    ),
    "scores of a session": (S, NEWEST, _is("session_id", "s"), "score_by_session (project=? AND session_id=?"),
    "scores of a run": (S, NEWEST, _is("dataset_run_id", "r"), "score_by_run (project=? AND dataset_run_id=?"),
    "newest sessions": (N, Sort("created_at"), And(()), "session_by_created (project=?"),
}


@pytest.mark.parametrize("is_bounded", [True, False])
@pytest.mark.parametrize("name", ORDERED)
@pytest.mark.parametrize("is_descending", [True, False])
def test_a_page_comes_in_the_order_of_its_index(
    connection: sqlite3.Connection, name: str, *, is_descending: bool, is_bounded: bool
) -> None:
    view, sort, where, index = ORDERED[name]
    if is_bounded:
        where = And((where, Condition(sort.field, Op.GE, 3), Condition(sort.field, Op.LE, 9)))
    sort = Sort(sort.field, is_descending)
    compiler = ListCompiler(SqliteDialect(), view)
    plan = _plan(connection, compiler.keys(1, ListQuery(where=where, sort=sort, after=KEYSET)))
    assert index in plan[0], plan
    assert ("id)<(?,?)" if is_descending else "id)>(?,?)") in plan[0] or name == "one trace", plan
    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")], plan


FEW: dict[str, tuple[View, Sort, Node, str]] = {
    "observations of some traces": (
        O,
        LATEST,
        _is("trace_id", "t", "u"),
        "observation_by_trace (project=? AND trace_id=?",
    ),
    "traces of some users": (T, NEWEST, _is("user_id", "t", "u"), "trace_by_user (project=? AND user_id=?"),
    "observations of a user": (O, LATEST, _is("user_id", "u"), "trace_by_user (project=? AND user_id=?"),
    "observations of a session": (O, LATEST, _is("session_id", "s"), "trace_by_session (project=? AND session_id=?"),
    "scores of a user": (S, NEWEST, _is("user_id", "u"), "trace_by_user (project=? AND user_id=?"),
}


@pytest.mark.parametrize("name", FEW)
def test_few_rows_are_sorted_rather_than_the_project_walked(connection: sqlite3.Connection, name: str) -> None:
    view, sort, where, index = FEW[name]
    plan = _plan(connection, ListCompiler(SqliteDialect(), view).keys(1, ListQuery(where=where, sort=sort)))
    assert index in plan[0], plan
    assert plan[-1] == "USE TEMP B-TREE FOR ORDER BY"


def test_parts_are_found_by_their_whole(connection: sqlite3.Connection) -> None:
    """Not by the index of what they are asked for, which would walk those of all wholes."""
    where = Some(And((_is("user_id", "u"), _is("name", "n"), Some(_is("model", "m")))))
    plan = _plan(connection, ListCompiler(SqliteDialect(), N).keys(1, ListQuery(where=where, sort=Sort("created_at"))))
    assert any("trace_by_session (project=? AND session_id=?" in step for step in plan), plan
    assert any("observation_by_trace (project=? AND trace_id=?" in step for step in plan), plan


@pytest.mark.parametrize("where", [And(()), _is("environment", "e"), _is("environment", "e", "f")])
def test_totals_without_other_filters_come_from_the_counters(connection: sqlite3.Connection, where: Node) -> None:
    for view in (View.TRACES, View.OBSERVATIONS):
        plan = _plan(connection, ListCompiler(SqliteDialect(), view).count(1, where))
        assert len(plan) == 1
        assert plan[0].startswith("SEARCH b USING PRIMARY KEY (project=? AND kind=? AND hour_us=?")


class Watched(SqliteSession):
    """Asks for the plan of every statement that it runs."""

    plans: dict[str, list[str]]

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self._explain(sql, params)
        return super().execute(sql, params)

    def executemany(self, sql: str, rows: Sequence[Sequence[object]]) -> None:  # type: ignore[override]
        self._explain(sql, rows[0])
        super().executemany(sql, rows)

    def _explain(self, sql: str, params: Sequence[object]) -> None:
        rows = self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
        self.plans[sql] = [row[3] for row in rows]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Plans of all statements, by statement."""
    plans: dict[str, list[str]] = {}
    monkeypatch.setattr(Watched, "plans", plans, raising=False)
    monkeypatch.setattr(writer_module, "SqliteSession", Watched)
    monkeypatch.setattr(reader_module, "SqliteReadSession", Watched)
    return plans


async def _exercise(telemetry: SqliteTelemetry) -> None:
    writer, reader = telemetry.writer, telemetry.reader
    story = [
        trace("t1", 1, name="n", user_id="u", session_id="s", tags=["red"], input="hi"),
        observation("o1", 1, trace_id="t1", input="hi"),
        observation("o2", 2, trace_id="t1", output="ho", model="m", usage={"total": 1}),
        score("s1", 3, trace_id="t1", name="q", number=1),
    ]
    await writer.apply(batch(PROJECT, story))
    await writer.apply(batch(PROJECT, [observation("o1", 4, trace_id="t2", is_update=True, end_time=5)]))
    await writer.apply(batch(PROJECT, [trace("t1", 5, is_update=True, session_id="s2", tags=["blue"])]))
    await writer.delete_scores(PROJECT, ["s1"], at_us=1)
    await reader.get_trace(PROJECT, "t1")
    await reader.get_observation(PROJECT, "o1")
    await reader.get_score(PROJECT, "s1")
    await reader.get_session(PROJECT, "s")
    await reader.list_traces(PROJECT, ListQuery(sort=NEWEST, with_payload=True, with_total=True))
    await reader.list_observations(PROJECT, ListQuery(sort=LATEST, with_payload=True, with_total=True))
    await reader.list_scores(PROJECT, ListQuery(sort=NEWEST))
    await reader.list_sessions(PROJECT, ListQuery(sort=Sort("created_at")))
    await reader.list_receipts(PROJECT, 10)
    await reader.list_unpriced_models(PROJECT, 0)
    await writer.delete_traces(PROJECT, ["t1"], at_us=1)
    await writer.apply(batch(PROJECT, story))


async def test_no_statement_walks_a_table_or_sorts(tmp_path: Path, watched: dict[str, list[str]]) -> None:
    telemetry = SqliteTelemetry.open(tmp_path / "telemetry.db")
    await _exercise(telemetry)
    await telemetry.close()
    assert len(watched) > 40, "the story reaches most statements"
    assert {sql.split()[0] for sql in watched} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    bad = {
        sql: plan
        for sql, plan in watched.items()
        for step in plan
        if (step.startswith("SCAN") and "CONSTANT ROW" not in step and step != _ASKED_FOR)
        or "TEMP B-TREE FOR ORDER" in step
    }
    assert not bad
    looked_up = [plan[1] for plan in watched.values() if _ASKED_FOR in plan]
    assert len(looked_up) >= 4
    assert all("_autoindex_" in step and "(project=? AND id=?)" in step for step in looked_up), looked_up
    assert not [sql for sql in watched if "%" in sql], "Postgres would read it as a parameter"


def test_a_deep_page_walks_the_index_alone(connection: sqlite3.Connection) -> None:
    sql = ListCompiler(SqliteDialect(), View.TRACES).keys(1, ListQuery(sort=NEWEST, offset=100_000))
    assert "COVERING INDEX" in _plan(connection, sql)[0]


def test_a_reader_cannot_write(tmp_path: Path, connection: sqlite3.Connection) -> None:
    reader = open_reader(tmp_path / "telemetry.db")
    with pytest.raises(sqlite3.OperationalError):
        reader.execute("INSERT INTO project (id) VALUES ('p')")
    reader.close()


async def test_the_doctor_walks_indexes_and_no_table(tmp_path: Path, watched: dict[str, list[str]]) -> None:
    telemetry = SqliteTelemetry.open(tmp_path / "telemetry.db")
    await telemetry.writer.apply(batch(PROJECT, [observation("o1", 1, trace_id="t1", parent_id="away")]))
    watched.clear()
    await ask_as_the_doctor(telemetry.reader, PROJECT)
    await telemetry.close()
    assert len(watched) > 12
    steps = [step for plan in watched.values() for step in plan if not step.startswith("SCAN n")]  # of a bounded query
    assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE FOR ORDER" in step]
    for index in ("ledger_by_received", "trace_by_timestamp", "observation_by_start"):
        assert any(index in step for step in steps), index


async def test_operations_are_found_by_their_indexes(connection: sqlite3.Connection, tmp_path: Path) -> None:
    telemetry = SqliteTelemetry(tmp_path / "telemetry.db")
    statements = {
        telemetry.operations.due_sql: ((1,), "operation_open"),
        telemetry.operations.recent_sql: ((1, 1), "operation_by_created (project=?"),
    }
    for sql, (params, index) in statements.items():
        plan = _plan(connection, Sql(sql, params))
        assert any(index in step for step in plan), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan
    await telemetry.close()
