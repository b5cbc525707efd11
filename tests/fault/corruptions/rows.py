"""Observations and scores whose columns are not what was sent."""

from collections.abc import Callable

import msgspec

from panope.adapters.relational.tables import OBSERVATIONS, read_observation, write_observation
from panope.domain.tracing import ObservationRow
from tests.fault.corruptions.planting import Tables, assign, corruption, key_of


def _rewrite(entity: str, change: Callable[[ObservationRow], None]) -> Callable[[Tables], None]:
    """Change an observation's row and write its columns as panope would."""

    def plant(tables: Tables) -> None:
        [record] = tables.execute(f"SELECT {OBSERVATIONS.select()} FROM observation o WHERE o.key = {_key(entity)}")
        row = read_observation(record)
        change(row)
        tables.update("observation", entity, dict(zip(OBSERVATIONS.columns, write_observation(row), strict=True)))

    return plant


def _key(entity: str) -> str:
    return key_of("observation", entity)


def _cut_detail(tables: Tables) -> None:
    [(detail,)] = tables.execute(f"SELECT detail FROM observation WHERE key = {_key('o1')}")
    tables.update("observation", "o1", {"detail": detail[: len(detail) // 2]})


def _raise_cost(row: ObservationRow) -> None:
    assert row.input_cost is not None
    assert row.total_cost is not None
    row.input_cost += 7
    row.total_cost += 7
    cost = {**row.detail.cost, "input": row.input_cost, "total": row.total_cost}
    row.detail = msgspec.structs.replace(row.detail, cost=cost)


def _raise_usage(row: ObservationRow) -> None:
    row.detail = msgspec.structs.replace(row.detail, usage={**row.detail.usage, "output": 11})


ROWS = [
    corruption(
        "an observation has another name",
        assign("observation", "o3", "name = 'x'"),
        "row-differs",
        of="o3",
        fields="name",
    ),
    corruption(
        "an observation has no name", assign("observation", "o3", "name = NULL"), "row-differs", of="o3", fields="name"
    ),
    corruption(
        "an input preview is cut",
        assign("observation", "o1", "input_preview = 'what'"),
        "row-differs",
        of="o1",
        fields="input_preview",
    ),
    corruption(
        "an output preview is gone",
        assign("observation", "o1", "output_preview = NULL"),
        "row-differs",
        of="o1",
        fields="output_preview",
    ),
    corruption(
        "an observation ends earlier",
        assign("observation", "o5", "end_us = end_us - 1"),
        "row-differs",
        "totals-differ",
        of="o5",
        fields="end_us",
    ),
    corruption(
        "the first token came at another time",
        assign("observation", "o1", "completion_start_us = completion_start_us + 1"),
        "row-differs",
        of="o1",
        fields="completion_start_us",
    ),
    corruption(
        "an observation starts another day",
        assign("observation", "o3", "start_us = start_us + 86400000000"),
        "row-differs",
        "totals-differ",
        "bucket-differs",
        of="o3",
    ),
    corruption(
        "an observation has another level",
        assign("observation", "o6", "level = 'ERROR'"),
        "row-differs",
        "totals-differ",
        "bucket-differs",
        of="o6",
        fields="level",
    ),
    corruption(
        "an observation has a level that there is not",
        assign("observation", "o6", "level = 'LOUD'"),
        "value-malformed",
        "row-differs",
        "totals-differ",
        of="o6",
        fields="level",
    ),
    corruption(
        "an observation has a type that there is not",
        assign("observation", "o2", "type = 'HAMMER'"),
        "value-malformed",
        "row-differs",
        "bucket-differs",
        of="o2",
        fields="type",
    ),
    corruption(
        "a status message is changed",
        assign("observation", "o2", "status_message = 'fine'"),
        "row-differs",
        of="o2",
        fields="detail.status_message",
    ),
    corruption(
        "a prompt has another version",
        assign("observation", "o1", "prompt_version = 3"),
        "row-differs",
        of="o1",
        fields="prompt_version",
    ),
    corruption(
        "tokens are counted twice",
        assign("observation", "o1", "input_tokens = 80"),
        "row-differs",
        "totals-differ",
        "bucket-differs",
        of="o1",
        fields="input_tokens",
    ),
    corruption(
        "usage in the detail is changed",
        _rewrite("o1", _raise_usage),
        "row-differs",
        of="o1",
    ),
    corruption(
        "a given cost is changed",
        assign("observation", "o2", "total_cost = 1"),
        "row-differs",
        "totals-differ",
        "bucket-differs",
        of="o2",
        fields="total_cost",
    ),
    corruption(
        "a computed cost is changed",
        _rewrite("o1", _raise_cost),
        "cost-differs",
        "totals-differ",
        "bucket-differs",
        of="o1",
        fields="cost",
    ),
    corruption("the price model is forgotten", assign("observation", "o1", "model_id = NULL"), "row-differs", of="o1"),
    corruption(
        "an observation is priced by a model that did not match",
        assign("observation", "o3", "model_id = 'model-1'"),
        "row-differs",
        of="o3",
        fields="model_id",
    ),
    corruption("the detail is cut", _cut_detail, "row-unreadable", of="o1"),
    corruption(
        "an observation lies in another trace",
        assign("observation", "o3", "trace_id = 't1'"),
        "row-differs",
        "totals-differ",
        of="o3",
        fields="trace_id",
    ),
    corruption(
        "an observation lies in no trace",
        assign("observation", "o3", "trace_id = 'nowhere'"),
        "trace-missing",
        "row-differs",
        "totals-differ",
        of="nowhere",
    ),
    corruption(
        "an observation has another environment",
        assign("observation", "o2", "environment = 'production'"),
        "row-differs",
        "bucket-differs",
        of="o2",
        fields="environment",
    ),
    corruption(
        "a child stands as root",
        assign("observation", "o2", "is_app_root = 1"),
        "row-differs",
        "totals-differ",
        of="o2",
        fields="is_app_root",
    ),
    corruption(
        "an observation lost its row",
        "DELETE FROM observation WHERE project = ONE AND id = 'o6'",
        "state-orphaned",
        "totals-differ",
        "bucket-differs",
    ),
    corruption(
        "an observation is of a project that there is not",
        assign("observation", "o6", "project = 99"),
        "project-unknown",
        "trace-missing",
        "totals-differ",
        "bucket-differs",
        "receipt-missing",
        of="o6",
    ),
    corruption(
        "an observation was changed years ahead",
        assign("observation", "o6", "updated_us = 1900000000000000"),
        "value-malformed",
        of="o6",
        fields="updated_us",
    ),
]

SCORES = [
    corruption(
        "a score has another value", assign("score", "c1", "value = 0.6"), "row-differs", of="c1", fields="value"
    ),
    corruption(
        "a score has another label",
        assign("score", "c3", "string_value = 'harsh'"),
        "row-differs",
        of="c3",
        fields="string_value",
    ),
    corruption(
        "a score has a type that there is not",
        assign("score", "c1", "data_type = 'FUZZY'"),
        "value-malformed",
        "row-differs",
        of="c1",
        fields="data_type",
    ),
    corruption(
        "a score has a source that there is not",
        assign("score", "c1", "source = 'GUESS'"),
        "value-malformed",
        "row-differs",
        of="c1",
        fields="source",
    ),
    corruption(
        "a boolean is two",
        assign("score", "c4", "value = 2"),
        "value-malformed",
        "row-differs",
        of="c4",
        fields="value",
    ),
    corruption(
        "a score is infinite", assign("score", "c1", "value = INFINITE"), "value-malformed", "row-differs", of="c1"
    ),
    corruption(
        "a score judges another trace",
        assign("score", "c1", "trace_id = 't2'"),
        "row-differs",
        of="c1",
        fields="trace_id",
    ),
    corruption(
        "a score has other metadata",
        assign("score", "c1", "metadata = NULL"),
        "row-differs",
        of="c1",
        fields="metadata",
    ),
]
