"""How often each value of a score was given."""

from typing import Final

from panope.adapters.relational.pages import open_list
from panope.adapters.relational.payloads import Reading
from panope.domain.scoring.aggregates import GroupField, ScoreGrouping, ScoreTally
from panope.ports.bounds import too_broad
from panope.query.ast import Node
from panope.query.fields import View

_VALUE: Final = "CASE WHEN s.data_type IN ('NUMERIC', 'BOOLEAN') THEN s.value END"
_LABEL: Final = "CASE WHEN s.data_type = 'CATEGORICAL' THEN s.string_value END"
_COLUMNS: Final = {name: f"s.{name}" for name in GroupField}


def tally_scores(reading: Reading, where: Node, grouping: ScoreGrouping, limit: int) -> list[ScoreTally]:
    """Tallies in no particular order; `TooBroadError` beyond the limit."""
    keys = ["s.data_type", _VALUE, _LABEL, *(_COLUMNS[name] for name in grouping.fields)]
    if grouping.bucket is not None:
        length_us = grouping.bucket.counted_us
        keys.append(f"s.timestamp_us / {length_us} * {length_us}")
    sql = open_list(reading, View.SCORES, where).tally(reading.project, where, keys, limit + 1)
    records = reading.session.execute(sql.text, sql.params)
    if len(records) > limit:
        raise too_broad()
    end = 3 + len(grouping.fields)
    return [
        ScoreTally(
            data_type=record[0],
            value=None if record[1] is None else float(record[1]),
            label=record[2],
            group=tuple(record[3:end]),
            start_us=record[end] if grouping.bucket is not None else None,
            count=record[-1],
        )
        for record in records
    ]
