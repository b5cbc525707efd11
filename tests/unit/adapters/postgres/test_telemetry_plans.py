"""Plans of the statements on tables of some size, with their statistics: pages and rows are found by an index."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest

from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.session import PostgresSession, number_marks
from panope.adapters.relational.listing import ListCompiler
from panope.adapters.relational.payloads import AttributeSets, Reading
from panope.adapters.relational.reports import diagnosis, unpriced
from panope.adapters.relational.session import Record, Sql
from panope.domain.events import TelemetryEvent
from panope.domain.merge import codec
from panope.domain.merge.codec import StateParts
from panope.domain.merge.lift import lift
from panope.query.ast import And, Condition, Keyset, ListQuery, Node, Op, Some, Sort
from panope.query.fields import View
from tests.support.engines import telemetry_database
from tests.support.postgres import find_installations
from tests.support.told import observation, score, trace
from tests.unit.adapters.exploration_cases import CASES

VERSIONS = [installation.version for installation in find_installations()] or [None]
NEWEST = Sort("timestamp")
LATEST = Sort("start_time")
TRACES = 10_000

_FILL = """
SELECT setval('key_block', 1000);
INSERT INTO project (number, id) VALUES (1, 'p'), (2, 'q');
INSERT INTO trace (key, project, id, timestamp_us, name, user_id, session_id, environment, public, bookmarked,
    has_state, observation_count, root_count, input_tokens, output_tokens, total_tokens, input_cost, output_cost,
    total_cost, error_count, warning_count, default_count, debug_count, created_us, updated_us)
SELECT n, 1 + n % 2, 'trace-' || n, n::bigint * 1000000, 'name ' || n % 20, 'user ' || n % 500, 'session ' || n % 2000,
    (ARRAY['production', 'staging'])[1 + (n % 100) / 90], 0, 0, 1, 4, 1, 9, 9, 18, 9, 9, 18, 0, 0, 4, 0, n, n
FROM generate_series(1, {traces}) AS n;
INSERT INTO trace_tag SELECT project, 'rare ' || key % 500, timestamp_us, id FROM trace;
INSERT INTO trace_tag SELECT project, 'common', timestamp_us, id FROM trace WHERE key % 20 < 10;
INSERT INTO trace_payload SELECT key, '\\x{trace}' FROM trace;
INSERT INTO observation (key, project, id, trace_id, type, start_us, level, environment, input_tokens, output_tokens,
    total_tokens, is_app_root, clock_skew, created_us, updated_us)
SELECT key * 10 + n, project, id || '-' || n, id, 'SPAN', timestamp_us + n, 'DEFAULT', environment, 1, 1, 2, 0, 0,
    key, key
FROM trace, generate_series(1, 4) AS n;
INSERT INTO observation_payload SELECT key, '\\x{observation}' FROM observation;
INSERT INTO score (key, project, id, name, value, data_type, source, timestamp_us, trace_id, observation_id,
    session_id, dataset_run_id, environment, state, created_us, updated_us)
SELECT key, project, 'score-' || key, 'score ' || key % 20, 1, 'NUMERIC', 'API', timestamp_us, id, id || '-1',
    session_id, 'run ' || key % 500, environment, '\\x{score}', key, key
FROM trace;
INSERT INTO session SELECT min(key), project, session_id, 0, pg_current_xact_id(), min(timestamp_us), 'production', 5,
    min(timestamp_us), min(id)
FROM trace GROUP BY project, session_id;
INSERT INTO bucket_difference
SELECT 1, (ARRAY['trace', 'observation'])[1 + n % 2], n::bigint * 3600000000, 'production', 'n', '', 1, 0, 0, 0, 0, 0, 0
FROM generate_series(1, {traces}) AS n;
INSERT INTO ledger (project, request_id, received_us, protocol, body_bytes, accepted, rejected, reasons, repairs,
    status)
SELECT 1, 'r', n, 'langfuse', 1, 1, 0, '{{}}', '{{}}', 207 FROM generate_series(1, {traces}) AS n;
"""


def _state(event: TelemetryEvent) -> StateParts:
    return codec.encode(lift(event))


FILL = _FILL.format(
    traces=TRACES,
    trace=_state(trace("t")).skeleton.hex(),
    observation=_state(observation("o")).skeleton.hex(),
    score=PostgresDialect().pack_state(_state(score("s", name="q", number=1))).hex(),
)


@pytest.fixture(scope="module", params=VERSIONS)
def filled(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection[Any]]:
    """Some thousands of rows of two projects, with statistics."""
    if request.param is None:
        pytest.skip("no Postgres")
    with psycopg.connect(telemetry_database(request, request.param), autocommit=True) as connection:
        connection.execute(FILL)  # type: ignore[arg-type]
        connection.execute("SET default_statistics_target = 200")  # looks at every row: the same statistics each time
        connection.execute("VACUUM ANALYZE")
        connection.cursor_factory = psycopg.RawCursor
        yield connection


class Plan:
    """One plan, flattened."""

    def __init__(self, connection: psycopg.Connection[Any], sql: Sql) -> None:
        found = connection.execute(b"EXPLAIN (FORMAT JSON) " + number_marks(sql.text), sql.params).fetchone()
        assert found is not None
        self.text = json.dumps(found[0], indent=1)
        self.steps = list(_flatten(found[0][0]["Plan"]))

    def indexes(self) -> set[str]:
        return {step["Index Name"] for step in self.steps if "Index Name" in step}

    def kinds(self) -> set[str]:
        return {step["Node Type"] for step in self.steps}


def _flatten(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for child in step.get("Plans", []):
        yield from _flatten(child)


def _is(field: str, *values: str) -> Condition:
    return Condition(field, Op.ANY_OF, values) if len(values) > 1 else Condition(field, Op.EQ, values[0])


def _keys(connection: psycopg.Connection[Any], view: View, query: ListQuery) -> Plan:
    return Plan(connection, ListCompiler(PostgresDialect(), view).keys(1, query))


RARE_TAG = Condition("tags", Op.ANY_OF, ("rare 8",))
TAG = Condition("tags", Op.ANY_OF, ("common",))
SINCE = Condition("timestamp", Op.GE, 5_000_000)
T, O, S, N = View.TRACES, View.OBSERVATIONS, View.SCORES, View.SESSIONS  # noqa: E741 - four views in a table

ORDERED: dict[str, tuple[View, Sort, Node, str]] = {
    "newest traces": (T, NEWEST, And(()), "trace_by_timestamp"),
    "traces since": (T, NEWEST, SINCE, "trace_by_timestamp"),
    "traces of a quiet environment": (T, NEWEST, _is("environment", "staging"), "trace_by_environment"),
    "traces of a busy environment": (T, NEWEST, _is("environment", "production"), "trace_by_timestamp"),
    "traces by name": (T, NEWEST, _is("name", "name 6"), "trace_by_name"),
    "traces with a tag": (T, NEWEST, And((TAG, SINCE)), "trace_tag_by_tag"),
    "traces with an observation of a type": (T, NEWEST, Some(_is("type", "SPAN")), "trace_by_timestamp"),
    "latest observations": (O, LATEST, And(()), "observation_by_start"),
    "latest observations of a type": (O, LATEST, _is("type", "SPAN"), "observation_by_start"),
    "newest scores": (S, NEWEST, And(()), "score_by_timestamp"),
    "scores by name": (S, NEWEST, _is("name", "score 6"), "score_by_name"),
    "newest sessions": (N, Sort("created_at"), And(()), "session_by_created"),
}


@pytest.mark.parametrize("name", ORDERED)
@pytest.mark.parametrize("is_descending", [True, False])
def test_a_page_comes_in_the_order_of_its_index(
    filled: psycopg.Connection[Any], name: str, *, is_descending: bool
) -> None:
    view, sort, where, index = ORDERED[name]
    for after in (None, Keyset(7_000_000_000, "x")):
        plan = _keys(filled, view, ListQuery(where=where, sort=Sort(sort.field, is_descending), after=after))
        assert index in plan.indexes(), plan.text
        assert not plan.kinds() & {"Sort", "Incremental Sort", "Seq Scan"}, plan.text


FEW: dict[str, tuple[View, Sort, Node, str]] = {
    "one trace": (T, NEWEST, _is("id", "trace-8"), "trace_id_project_key"),
    "traces with a rare tag": (T, NEWEST, And((RARE_TAG, SINCE)), "trace_tag_by_tag"),
    "traces of a user": (T, NEWEST, _is("user_id", "user 8"), "trace_by_user"),
    "traces of some users": (T, NEWEST, _is("user_id", "user 8", "user 10"), "trace_by_user"),
    "traces of a session": (T, NEWEST, _is("session_id", "session 8"), "trace_by_session"),
    "observations of a trace": (O, LATEST, _is("trace_id", "trace-8"), "observation_by_trace"),
    "observations of some traces": (O, LATEST, _is("trace_id", "trace-8", "trace-10"), "observation_by_trace"),
    "observations of a session": (O, LATEST, _is("session_id", "session 8"), "trace_by_session"),
    "observations of a user": (O, LATEST, _is("user_id", "user 8"), "trace_by_user"),
    "scores of a trace": (S, NEWEST, _is("trace_id", "trace-8"), "score_by_trace"),
    "scores of an observation": (S, NEWEST, _is("observation_id", "trace-8-1"), "score_by_observation"),
    "scores of a session": (S, NEWEST, _is("session_id", "session 8"), "score_by_session"),
    "scores of a run": (S, NEWEST, _is("dataset_run_id", "run 8"), "score_by_run"),
    "a user beats name, environment and tag": (
        T,
        NEWEST,
        And((_is("environment", "production"), TAG, _is("name", "name 8"), _is("user_id", "user 8"), SINCE)),
        "trace_by_user",
    ),
}


@pytest.mark.parametrize("name", FEW)
def test_few_rows_are_found_by_their_index(filled: psycopg.Connection[Any], name: str) -> None:
    view, sort, where, index = FEW[name]
    plan = _keys(filled, view, ListQuery(where=where, sort=sort))
    assert index in plan.indexes(), plan.text
    assert "Seq Scan" not in plan.kinds(), plan.text
    assert not plan.indexes() & {"trace_by_timestamp", "observation_by_start", "score_by_timestamp"}, plan.text


@pytest.mark.parametrize("text", ["x" * 199, "x" * 200, "x" * 900])
def test_a_long_name_is_found_by_what_the_index_holds_of_it(filled: psycopg.Connection[Any], text: str) -> None:
    plan = _keys(filled, T, ListQuery(where=_is("name", text), sort=NEWEST))
    assert plan.indexes() == {"trace_by_name"}, plan.text


_WHOLE_OBSERVATION = (
    "SELECT o.key FROM observation o LEFT JOIN trace t ON t.project = o.project AND t.id = o.trace_id "
    "LEFT JOIN observation_payload p ON p.key = o.key WHERE o.project = ? AND o.id = ?"
)
POINTS = {
    "trace with payload": (
        "SELECT t.key FROM trace t LEFT JOIN trace_payload p ON p.key = t.key WHERE t.project = ? AND t.id = ?",
        (1, "trace-8"),
    ),
    "observation with trace and payload": (_WHOLE_OBSERVATION, (1, "observation-8")),
    "observations of a trace": (
        "SELECT o.key FROM observation o WHERE o.project = ? AND o.trace_id = ? ORDER BY o.start_us, o.id",
        (1, "trace-8"),
    ),
    "rows of a page": ("SELECT t.key FROM trace t WHERE t.key = ANY(?)", (list(range(50)),)),
    "receipts": (
        "SELECT l.key FROM ledger l WHERE l.project = ? ORDER BY l.received_us DESC, l.key DESC LIMIT 9",
        (1,),
    ),
    "an hour of buckets": (
        "SELECT sum(b.count) FROM bucket b WHERE b.project = ? AND b.kind = ? AND b.hour_us = ?",
        (1, "trace", 36_000_000_000),
    ),
    "an hour of unpriced models": unpriced.select_hour(PostgresDialect(), 1, 7_200_000_000),
}


@pytest.mark.parametrize("name", POINTS)
def test_a_point_read_uses_indexes_only(filled: psycopg.Connection[Any], name: str) -> None:
    plan = Plan(filled, Sql(*POINTS[name]))
    assert "Seq Scan" not in plan.kinds(), plan.text
    assert plan.indexes(), plan.text


class Explaining(PostgresSession):
    """Keeps the plan of every statement that it runs."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection)
        self.plans: list[Plan] = []
        self._server = connection

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self.plans.append(Plan(self._server, Sql(sql, tuple(params))))
        return super().execute(sql, params)

    def execute_all(self, statements: Sequence[Sql]) -> list[list[Record]]:
        return [self.execute(statement.text, statement.params) for statement in statements]


ASKED: dict[str, tuple[Callable[[Reading], object], str]] = {
    "ledger": (lambda reading: diagnosis.summarize_ledger(reading, 9_000, 100), "ledger_by_received"),
    "roots": (lambda reading: diagnosis.find_rootless_traces(reading, 5_000_000, 10**9, 100), "trace_by_timestamp"),
    "times": (lambda reading: diagnosis.sample_client_times(reading, 100), "observation_by_start"),
    "sizes": (diagnosis.measure_project, "observation_by_start"),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_doctor_walks_indexes_and_no_table(filled: psycopg.Connection[Any], name: str) -> None:
    ask, index = ASKED[name]
    session = Explaining(filled)
    ask(Reading(session, PostgresDialect(), 1, AttributeSets()))
    plans = [plan for plan in session.plans if "bucket" not in plan.text]
    assert plans
    assert index in set.union(*(plan.indexes() for plan in plans))
    for plan in plans:
        assert "Seq Scan" not in plan.kinds(), plan.text


@pytest.mark.parametrize("name", CASES)
def test_what_the_web_app_asks_is_found_by_indexes(filled: psycopg.Connection[Any], name: str) -> None:
    ask, indexes = CASES[name]
    session = Explaining(filled)
    ask(Reading(session, PostgresDialect(), 1, AttributeSets()))
    found = set.union(*(plan.indexes() for plan in session.plans))
    assert indexes <= found, "\n".join(plan.text for plan in session.plans)
    for plan in session.plans:
        assert "Seq Scan" not in plan.kinds(), plan.text
