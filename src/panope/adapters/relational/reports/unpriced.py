"""Models whose usage has no price: how often from the time buckets, how much and when from as few rows as can tell."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Dialect, Record, Sql
from panope.domain.rollups import HOUR_US
from panope.ports.telemetry import UnpricedModel

MOST_ROWS: Final = 100_000
"""Observations that are looked at, a fraction of a second: a bucket counts tokens with a price and without together."""

_BUCKETS: Final = (
    "SELECT b.model, b.hour_us, sum(b.unpriced_count), sum(CASE WHEN b.count > b.unpriced_count THEN 1 ELSE 0 END), "
    "sum(b.total_tokens) FROM bucket b WHERE b.project = ? AND b.kind = 'observation' AND b.hour_us >= ? "
    "AND b.unpriced_count > 0 AND b.model <> '' GROUP BY b.model, b.hour_us"
)
_SIZES: Final = (
    "SELECT b.hour_us, sum(b.count) FROM bucket b WHERE b.project = ? AND b.kind = 'observation' "
    "AND b.hour_us >= ? GROUP BY b.hour_us"
)
# What has no usage has no tokens: of the rest, those without a cost are those without a price.
_HOUR: Final = (
    "SELECT o.model, sum(o.total_tokens), max(o.start_us) FROM observation o WHERE {} = ? AND o.start_us >= ? "
    "AND o.start_us < ? AND o.total_cost IS NULL AND o.total_tokens > 0 AND o.model <> '' GROUP BY o.model"
)

_Tokens = dict[int, int | None]
"""By hour; None where priced ones are among them."""


def list_unpriced_models(reading: Reading, since_us: int) -> list[UnpricedModel]:
    """Models whose usage has no price: whole hours from `since_us` on."""
    uses: defaultdict[str, int] = defaultdict(int)
    tokens: defaultdict[str, _Tokens] = defaultdict(dict)
    for model, hour_us, count, mixed, total in reading.session.execute(_BUCKETS, (reading.project, since_us)):
        uses[model] += int(count)
        tokens[model][hour_us] = None if mixed else int(total)
    last_us = {model: max(hours) for model, hours in tokens.items()}
    unclear = {hour_us for hours in tokens.values() for hour_us, total in hours.items() if total is None}
    for hour_us, records in _look_at(reading, sorted(unclear.union(last_us.values()), reverse=True)):
        found = {model: (int(total), newest_us) for model, total, newest_us in records}
        for model, hours in tokens.items():
            if hour_us in hours:
                hours[hour_us], newest_us = found.get(model, (0, hour_us))
                last_us[model] = max(last_us[model], newest_us)
    unpriced = [
        UnpricedModel(model=model, uses=uses[model], total_tokens=_add(hours), last_us=last_us[model])
        for model, hours in tokens.items()
    ]
    return sorted(unpriced, key=lambda found: (-found.uses, found.model))


def select_hour(dialect: Dialect, project: int, hour_us: int) -> Sql:
    """By model: tokens and newest start of the unpriced observations of an hour."""
    return Sql(_HOUR.format(dialect.walked_project.format("o")), (project, hour_us, hour_us + HOUR_US))


def _look_at(reading: Reading, hours: list[int]) -> Iterator[tuple[int, list[Record]]]:
    """The unpriced observations by model of each of these hours, the newest first, that there is room for."""
    if not hours:
        return
    sizes = dict(map(tuple, reading.session.execute(_SIZES, (reading.project, hours[-1]))))
    walked, left = [], MOST_ROWS
    for hour_us in hours:
        if sizes[hour_us] <= left:
            walked.append(hour_us)
            left -= int(sizes[hour_us])
    statements = [select_hour(reading.dialect, reading.project, hour_us) for hour_us in walked]
    found = reading.session.execute_all(statements) if statements else []
    yield from zip(walked, found, strict=True)


def _add(hours: _Tokens) -> int | None:
    totals = [total for total in hours.values() if total is not None]
    return sum(totals) if len(totals) == len(hours) else None
