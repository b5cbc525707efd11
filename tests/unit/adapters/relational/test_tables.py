from typing import Any

import pytest

from panope.adapters.relational import tables
from panope.domain.ledger import Receipt
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationDetail, ObservationRow, SessionRow, TraceRow, TraceTotals

TRACE = TraceRow(
    id="t1",
    timestamp_us=1,
    name="n",
    user_id="u",
    session_id="s",
    environment="prod",
    release="r",
    version="v",
    public=True,
    bookmarked=False,
    tags=["a", 'b"'],
    has_state=True,
    input_preview="in",
    totals=TraceTotals(observation_count=3, first_start_us=5, last_end_us=9, total_cost=7, debug_count=1),
    created_us=10,
    updated_us=11,
)
OBSERVATION = ObservationRow(
    id="o1",
    trace_id="t1",
    type="GENERATION",
    start_us=1,
    end_us=2,
    model="m",
    prompt_version=3,
    total_cost=0,
    retry_number=2,
    is_app_root=True,
    detail=ObservationDetail(
        status_message="bad", usage={"input": 2**62}, model_parameters={"t": [0.5, None, {"k": True}]}
    ),
)
SCORE = ScoreRow(id="c1", name="q", value=0.25, timestamp_us=4, trace_id="t1", metadata='{"a":1}', comment="")
SESSION = SessionRow(id="s1", created_us=5, trace_count=2, first_timestamp_us=1, first_trace_id="t1")
RECEIPT = Receipt(request_id="r", received_us=1, protocol="legacy", reasons={"bad_time": 2}, sdk_name="python")


@pytest.mark.parametrize(
    ("kind", "row", "table"),
    [
        ("trace", TRACE, tables.TRACES),
        ("trace", TraceRow(id="t2", timestamp_us=0), tables.TRACES),
        ("observation", OBSERVATION, tables.OBSERVATIONS),
        ("observation", ObservationRow(id="o", trace_id="t", type="SPAN", start_us=0), tables.OBSERVATIONS),
        ("score", SCORE, tables.SCORES),
        ("session", SESSION, tables.SESSIONS),
        ("receipt", RECEIPT, tables.RECEIPTS),
    ],
)
def test_a_row_comes_back_from_its_record_unchanged(kind: str, row: Any, table: tables.Table) -> None:
    record = getattr(tables, f"write_{kind}")(row)
    assert len(record) == len(table.columns)
    assert not [value for value in record if isinstance(value, bool | list | dict)], "plain values only"
    assert getattr(tables, f"read_{kind}")(record) == row


def test_writing_an_observation_does_not_change_it() -> None:
    tables.write_observation(OBSERVATION)
    assert OBSERVATION.detail.status_message == "bad"
