from collections.abc import Iterator
from pathlib import Path

import pytest

from panope.adapters.relational.changes import ChangeSetWriter
from panope.adapters.relational.store import RelationalRowStore
from panope.adapters.relational.tables import OBSERVATIONS
from panope.adapters.sqlite.connection import create_schema, open_writer
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.session import SqliteSession
from panope.domain.merge.state import Fragment, Rank, Stamp, State
from panope.domain.projection.store import ChangeSet, Extremes, SessionFirst, Written
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow

STAMP = Stamp(Rank.SENT, 1, is_update=False, event_id="e")
STATE = State([Fragment(STAMP, {"input": "in"})])
OTHER = State([Fragment(STAMP, {"input": "in" * 500, "output": "out"}, whole={"a": 1})])


@pytest.fixture
def session(tmp_path: Path) -> Iterator[SqliteSession]:
    connection = open_writer(tmp_path / "telemetry.db")
    create_schema(connection)
    yield SqliteSession(connection)
    connection.close()


def _store(session: SqliteSession) -> RelationalRowStore:
    return RelationalRowStore(session, SqliteDialect(), 1)


def _write(session: SqliteSession, changes: ChangeSet) -> None:
    ChangeSetWriter(session, SqliteDialect(), 1, _store(session)).write(changes)


def _observation(number: int, **values: object) -> ObservationRow:
    row = ObservationRow(id=f"o{number:04}", trace_id="t1", type="SPAN", start_us=number)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _observations(session: SqliteSession, count: int) -> None:
    rows = [Written(_observation(number, end_us=1000 - number), STATE, is_new=True) for number in range(count)]
    _write(session, ChangeSet(observations=rows))


def test_rows_and_states_come_back_as_they_were_written(session: SqliteSession) -> None:
    trace = TraceRow(id="t1", timestamp_us=1, tags=["a"], session_id="s")
    score = ScoreRow(id="c1", name="q", timestamp_us=1, trace_id="t1")
    place = SessionRow(id="s", created_us=1, first_trace_id="t1")
    changes = ChangeSet(
        traces=[Written(trace, None, is_new=True)],
        observations=[Written(_observation(1), OTHER, is_new=True)],
        scores=[Written(score, STATE, is_new=True)],
        sessions=[place],
    )
    _write(session, changes)
    store = _store(session)
    stored = store.load_traces(["t1", "none"])
    assert list(stored) == ["t1"]
    assert stored["t1"].row == trace
    assert stored["t1"].parts is None
    assert store.load_observations(["o0001"])["o0001"].state() == OTHER
    assert store.load_scores(["c1"])["c1"].row == score
    assert store.load_scores(["c1"])["c1"].state() == STATE
    assert store.load_sessions(["s"]) == {"s": place}
    assert store.find_score_ids("t1") == ["c1"]


def test_more_ids_than_fit_one_statement_are_all_found(session: SqliteSession) -> None:
    _observations(session, 1203)
    assert len(_store(session).load_observations([f"o{number:04}" for number in range(1300)])) == 1203
    assert len(_store(session).find_observation_ids("t1")) == 1203


@pytest.mark.parametrize("left_out", [0, 3, 250])
def test_extremes_leave_rows_out(session: SqliteSession, left_out: int) -> None:
    _observations(session, 300)
    without = {f"o{number:04}" for number in range(left_out)}
    assert _store(session).find_extremes("t1", without) == Extremes(
        first_start_us=left_out,
        first_observation_id=f"o{left_out:04}",
        first_environment="default",
        last_end_us=1000 - left_out,
    )


@pytest.mark.parametrize("count", [2, 250])
def test_extremes_of_nothing_are_nothing(session: SqliteSession, count: int) -> None:
    _observations(session, count)
    assert _store(session).find_extremes("t1", {f"o{number:04}" for number in range(count)}) == Extremes()
    assert _store(session).find_extremes("other", set()) == Extremes()


def test_the_first_trace_of_a_session_may_lie_behind_many_left_out(session: SqliteSession) -> None:
    traces = [TraceRow(id=f"t{number:03}", timestamp_us=number, session_id="s") for number in range(50)]
    _write(session, ChangeSet(traces=[Written(row, None, is_new=True) for row in traces]))
    left_out = {f"t{number:03}" for number in range(49)}
    first = _store(session).find_session_first("s", left_out)
    assert first == SessionFirst(timestamp_us=49, trace_id="t049", environment="default")
    assert _store(session).find_session_first("s", {*left_out, "t049"}) is None


def test_a_row_that_moves_to_another_trace_is_found_there_alone(session: SqliteSession) -> None:
    _observations(session, 2)
    moved = _observation(1, trace_id="t2", name="moved")
    _write(session, ChangeSet(observations=[Written(moved, STATE, is_new=False, state_changed=False)]))
    store = _store(session)
    assert store.find_observation_ids("t1") == ["o0000"]
    assert store.find_observation_ids("t2") == ["o0001"]
    assert store.load_observations(["o0001"])["o0001"].row.name == "moved"


def test_a_row_whose_state_did_not_change_keeps_its_payload(session: SqliteSession) -> None:
    _observations(session, 1)
    still = Written(_observation(0, level="ERROR"), OTHER, is_new=False, state_changed=False)
    _write(session, ChangeSet(observations=[still]))
    stored = _store(session).load_observations(["o0000"])["o0000"]
    assert stored.row.level == "ERROR"
    assert stored.state() == STATE
    _write(session, ChangeSet(observations=[Written(_observation(0), OTHER, is_new=False)]))
    assert _store(session).load_observations(["o0000"])["o0000"].state() == OTHER


def test_a_trace_may_gain_and_lose_its_state(session: SqliteSession) -> None:
    row = TraceRow(id="t1", timestamp_us=1)
    _write(session, ChangeSet(traces=[Written(row, None, is_new=True)]))
    _write(session, ChangeSet(traces=[Written(row, STATE, is_new=False)]))
    assert _store(session).load_traces(["t1"])["t1"].state() == STATE
    _write(session, ChangeSet(traces=[Written(row, None, is_new=False)]))
    assert _store(session).load_traces(["t1"])["t1"].parts is None


def test_buckets_add_up_and_go_when_empty(session: SqliteSession) -> None:
    key = BucketKey(kind="trace", hour_us=0, environment="prod")
    for change in (BucketTotals(count=2, total_cost=5), BucketTotals(count=1, total_cost=-2)):
        _write(session, ChangeSet(buckets={key: change}))
    assert session.execute("SELECT count, total_cost FROM bucket WHERE kind = 'trace'") == [(3, 3)]
    _write(session, ChangeSet(buckets={key: BucketTotals(count=-3, total_cost=-3)}))
    assert session.execute("SELECT count(*) FROM bucket") == [(0,)]


def test_of_two_cuts_the_later_stands(session: SqliteSession) -> None:
    for cut in (5, 9, 7):
        _write(session, ChangeSet(cuts={("trace", "t1"): cut}))
    assert _store(session).load_cuts("trace", ["t1", "t2"]) == {"t1": 9}
    assert _store(session).load_cuts("score", ["t1"]) == {}


def test_removed_rows_take_their_payloads_along(session: SqliteSession) -> None:
    _observations(session, 3)
    _write(session, ChangeSet(removed_observations=["o0001", "none"]))
    assert session.execute("SELECT id FROM observation ORDER BY id") == [("o0000",), ("o0002",)]
    assert session.execute("SELECT count(*) FROM observation_payload") == [(2,)]
    assert _store(session).places(OBSERVATIONS, ["o0001"]) == {}


def test_a_row_that_should_be_there_and_is_not_is_an_error(session: SqliteSession) -> None:
    with pytest.raises(KeyError):
        _write(session, ChangeSet(observations=[Written(_observation(1), STATE, is_new=False)]))
