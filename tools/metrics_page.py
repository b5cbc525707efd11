"""Writes `docs/reference/metrics.md` from the registry of views; part of `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from panope.ports.metrics import MAX_GROUPS
from panope.query.fields import FieldType
from panope.query.metrics.ast import Granularity, MetricsView
from panope.query.metrics.registry import VIEWS, Dimension, Measure, Unit
from panope.query.metrics.validate import MAX_BINS, MAX_DIMENSIONS, MAX_LIMIT, MAX_METRICS, MAX_STEPS
from panope.wire.langfuse.filters import accepted_types
from panope.wire.langfuse.metrics.names import V1, V2, Vocabulary, spell

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "metrics.md"

_INTRODUCTION: Final = """# Metrics

`GET /api/public/metrics` and `GET /api/public/v2/metrics` answer in numbers over all rows of a window of time. Both
take one parameter, `query`, JSON; how to ask the usual questions is in [Reports](../howto/metrics.md).

| Key of `query` | Value |
|---|---|
| `view` | what is counted: one of the views below |
| `metrics` | 1 to {metrics} of `{{"measure", "aggregation"}}` |
| `dimensions` | what to group by, up to {dimensions} of `{{"field"}}`; none: one row |
| `filters` | conditions that all have to hold, as in [Filters](api.md#filters), on the dimensions and the column of \
time; `metadata` takes `stringObject` with a `key` |
| `fromTimestamp`, `toTimestamp` | the window, ISO 8601 with a zone; both ends belong to it |
| `timeDimension` | `{{"granularity"}}`: {granularities} or `auto`; null: no series |
| `orderBy` | `{{"field", "direction"}}`, `asc` or `desc`, of a selected dimension, `time_dimension` or a metric such \
as `p95_latency` |
| `config` | `row_limit`, 1 to {limit}; `bins` of a histogram, 1 to {bins}, 10 unless said otherwise |

`data` of the answer is a list of rows. A row has a key for each dimension, `time_dimension` where there is a series,
and `<aggregation>_<measure>` for each metric. Steps of a minute or an hour are times, longer ones dates: a week by its
Monday, a month by its first day, all in UTC. Text that is missing or empty is null.

Without `orderBy`, rows come by time, then by the first metric, largest first, then by the dimensions; and a series has
no gaps: a step without anything is a row of zeros. With `orderBy` only what there is comes back. Null is last either
way. A series has at most {steps:,} steps, an answer without a limit at most {groups:,} rows.

| Aggregation | Of the values that are there |
|---|---|
| `count` | how many |
| `sum` | the sum, 0 of none; counts and money are exact |
| `avg`, `min`, `max` | null of none |
| `p50`, `p75`, `p90`, `p95`, `p99` | exact quantiles over all of them, interpolated linearly between the two closest |
| `histogram` | `[[from, to, height], …]` in bins of one width |
| `uniq` | how many different ones, exactly |

An observation without a cost takes no part in `avg_totalCost` and the like: unpriced is not zero.

| | `/api/public/metrics` | `/api/public/v2/metrics` |
|---|---|---|
| views | all | all but `traces` |
| rows | all, unless `row_limit` says less | 100, unless `row_limit` says otherwise |
| dimensions marked as rare | like the others | only without `timeDimension`, with `row_limit` and with `orderBy` of a \
metric, `desc` |

A name that does not exist is answered with 400 and those that do. `toolNames`, `calledToolNames`, `toolDefinitions`
and `toolCalls` are neither dimensions nor measures and are such names: lists can be
[asked for them](query-language.md); which tool an observation ran is the dimension `tool`.
`experimentId`, `experimentName` and `experimentDatasetId` are what an observation itself was told: what only a
[request or the metadata of a trace](experiments.md) links to an experiment has none. A window with more rows than one
question may look at is answered with 422, code `query_too_broad`, and with a window that can be asked for; counts and
sums that [time buckets](../adr/{adr}) hold have no such bound.

`GET /api/public/metrics/daily` is the report of the oldest clients: traces, observations, cost and, by model, usage of
each day in UTC, the latest first, in pages.

This page is made from the code: `make docs`.
"""
_ADR: Final = "0014-metrics.md"
_TYPES: Final = {
    FieldType.STRING: "text",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.STRING_LIST: "list of text, grouped by as a whole",
}
_UNITS: Final = {
    Unit.COUNT: "count",
    Unit.DURATION: "milliseconds",
    Unit.MONEY: "US dollars",
    Unit.NUMBER: "number",
    Unit.TEXT: "ids: `count` and `uniq` only",
}
_MEANINGS: Final = {
    "count": "1 of every row",
    "observations_count": "its observations",
    "scores_count": "its scores and those of its observations",
    "unique_user_ids": "user of the trace",
    "unique_session_ids": "session of the trace",
    "latency": "from start to end; of a trace from its first start to its last end",
    "streaming_latency": "from the first token to the end",
    "time_to_first_token": "from the start to the first token",
    "input_tokens": "all types of usage whose name contains `input`",
    "output_tokens": "all types of usage whose name contains `output`",
    "total_tokens": "`total` of the usage",
    "output_tokens_per_second": "output tokens by seconds of streaming",
    "tokens_per_second": "total tokens by seconds of latency",
    "input_cost": "all types of cost whose name contains `input`",
    "output_cost": "all types of cost whose name contains `output`",
    "total_cost": "`total` of the cost",
    "count_scores": "scores of the observation itself",
    "trace_id": "its trace",
    "cost_by_type": "one value per type of cost, `total` being one; needs the dimension `costType`",
    "usage_by_type": "one value per type of usage, `total` being one; needs the dimension `usageType`",
    "value": "the score; of a boolean one 1 or 0",
}
"""What a measure is, by its name; all of them, or `render` fails."""


def render() -> str:
    """The page as it ought to be."""
    introduction = _INTRODUCTION.format(
        metrics=MAX_METRICS,
        dimensions=MAX_DIMENSIONS,
        granularities=", ".join(f"`{granularity}`" for granularity in Granularity),
        limit=MAX_LIMIT,
        bins=MAX_BINS,
        steps=MAX_STEPS,
        groups=MAX_GROUPS,
        adr=_ADR,
    )
    return introduction + "".join(_section(view) for view in MetricsView)


def _section(view: MetricsView) -> str:
    spec = VIEWS[view]
    dimensions = "".join(_dimension_row(view, found) for found in spec.dimensions.values())
    measures = "".join(
        _measure_row(view, found) for found in spec.measures.values() if found.is_public and found.unit in _UNITS
    )
    return (
        f"\n## `{view}`\n\nIts column of time is `{spell(spec.time)}`.\n\n"
        f"| Dimension | Type | Filters | |\n|---|---|---|---|\n{dimensions}\n"
        f"| Measure | Unit | What it is | |\n|---|---|---|---|\n{measures}"
    )


def _dimension_row(view: MetricsView, found: Dimension) -> str:
    filters = ", ".join(f"`{name}`" for name in accepted_types(found.type)) if found.is_filter else ""
    notes = ", ".join([*(["rare"] if found.is_rare else []), *_versions(view, spell(found.name), is_measure=False)])
    return f"| `{spell(found.name)}` | {_TYPES[found.type]} | {filters} | {notes} |\n"


def _measure_row(view: MetricsView, found: Measure) -> str:
    notes = ", ".join(_versions(view, spell(found.name), is_measure=True))
    return f"| `{spell(found.name)}` | {_UNITS[found.unit]} | {_MEANINGS[found.name]} | {notes} |\n"


def _versions(view: MetricsView, name: str, *, is_measure: bool) -> Iterator[str]:
    """A note where only one of the versions that have the view has the name."""
    if view not in V1.views or view not in V2.views:
        return
    words = Vocabulary(V1, view)
    if name not in (words.measures if is_measure else words.dimensions):
        yield "v2 only"
