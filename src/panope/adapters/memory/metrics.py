"""What a metrics query means, over dictionaries: every other engine must answer as this one does."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from panope.adapters.memory.evaluate import satisfies
from panope.adapters.memory.fields import read_link, read_metadata
from panope.adapters.memory.rows import ProjectRows, Projects
from panope.domain.ids import ProjectId
from panope.domain.projection.store import Stored
from panope.domain.scores import ScoreDataType, ScoreRow
from panope.domain.tracing import Level, ObservationRow, TraceRow
from panope.kit.clock import now_us
from panope.ports.bounds import ReadBound
from panope.ports.metrics import MAX_GROUPS
from panope.query.fields import FieldType
from panope.query.metrics.aggregate import aggregate
from panope.query.metrics.arrange import DimensionValue, MetricsRow
from panope.query.metrics.ast import MetricsQuery, MetricsView
from panope.query.metrics.bounds import too_many_groups, too_many_rows
from panope.query.metrics.registry import FIELDS, TAG, TYPE_DIMENSIONS, VIEWS, dimension_of, metadata_key
from panope.query.metrics.windows import day_of, floor, month_of


class Entry(Struct):
    """One row of a view with everything that its dimensions and measures read."""

    time_us: int
    metadata: str | None
    facts: dict[str, Any]
    """Values of the dimensions and measures by name; None, and for a dimension "", is no value."""


class MemoryMetrics:
    """Implements `MetricsReader` over the dictionaries of a store."""

    def __init__(self, projects: Projects, bound: ReadBound) -> None:
        self._projects = projects
        self._bound = bound

    async def run(self, project_id: ProjectId, query: MetricsQuery) -> list[MetricsRow]:
        """See the port."""
        spec, fields = VIEWS[query.view], FIELDS[query.view]

        def read(entry: Entry, field: str, key: str | None) -> Any:
            if field == "metadata":
                return read_metadata(entry.metadata, key)
            return entry.time_us if field == spec.time else entry.facts[field]

        groups: dict[tuple[DimensionValue, ...], list[Entry]] = defaultdict(list)
        if not query.dimensions and query.granularity is None:
            groups[()] = []
        within = [
            entry for entry in self._entries(project_id, query) if query.from_us <= entry.time_us < query.until_us
        ]
        if len(within) > self._bound.max_rows:
            raise too_many_rows(query, len(within), self._bound.max_rows, now_us())
        for entry in within:
            if satisfies(fields, query.where, entry, read):
                for split in _split(query, entry):
                    dimensions = [_dimension(query.view, name, split) for name in query.dimensions]
                    step = () if query.granularity is None else (floor(split.time_us, query.granularity),)
                    groups[*dimensions, *step].append(split)
        if len(groups) > MAX_GROUPS:
            raise too_many_groups(MAX_GROUPS)
        return [_row(query, key, entries) for key, entries in groups.items()]

    async def close(self) -> None:
        """Nothing is open."""

    def _entries(self, project_id: ProjectId, query: MetricsQuery) -> Iterator[Entry]:
        rows = self._projects[project_id]
        if query.view is MetricsView.TRACES:
            return (_of_trace(rows, stored) for stored in rows.traces.values())
        if query.view is MetricsView.OBSERVATIONS:
            return (_of_observation(rows, stored) for stored in rows.observations.values())
        kinds = _SCORE_KINDS[query.view]
        return (_of_score(rows, stored) for stored in rows.scores.values() if stored.row.data_type in kinds)


_SCORE_KINDS: Final = {
    MetricsView.SCORES_NUMERIC: (ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN),
    MetricsView.SCORES_BOOLEAN: (ScoreDataType.BOOLEAN,),
    MetricsView.SCORES_CATEGORICAL: (ScoreDataType.CATEGORICAL,),
}


def _row(query: MetricsQuery, key: tuple[Any, ...], entries: list[Entry]) -> MetricsRow:
    width = len(query.dimensions)
    values = []
    for metric in query.metrics:
        known = [entry.facts[metric.measure] for entry in entries if entry.facts[metric.measure] is not None]
        values.append(aggregate(metric.aggregation, known, query.bins))
    return MetricsRow(key[:width], key[width] if query.granularity is not None else None, tuple(values))


def _dimension(view: MetricsView, name: str, entry: Entry) -> DimensionValue:
    key, dimension = metadata_key(name), dimension_of(view, name)
    value: Any = entry.facts[name] if key is None else read_metadata(entry.metadata, key)
    if dimension is not None and dimension.type is FieldType.STRING_LIST:
        return tuple(value)
    found: DimensionValue = None if value == "" else value
    return found


def _split(query: MetricsQuery, entry: Entry) -> Iterator[Entry]:
    """An observation once per type of usage or cost, anything once per tag, when a dimension asks for these."""
    if TAG in query.dimensions:
        for tag in sorted(set(entry.facts["tags"])) or [None]:
            tagged = Entry(entry.time_us, entry.metadata, {**entry.facts, TAG: tag})
            yield from _split_by_type(query, tagged)
        return
    yield from _split_by_type(query, entry)


def _split_by_type(query: MetricsQuery, entry: Entry) -> Iterator[Entry]:
    for dimension, measure in TYPE_DIMENSIONS.items():
        if dimension in query.dimensions:
            for name, amount in entry.facts[measure].items():
                yield Entry(entry.time_us, entry.metadata, {**entry.facts, dimension: name, measure: amount})
            return
    yield entry


def _of_trace(rows: ProjectRows, stored: Stored[TraceRow]) -> Entry:
    row = stored.row
    facts = {
        **_named(row, "id name tags user_id session_id release version environment"),
        "timestamp_month": month_of(row.timestamp_us),
        "count": 1,
        "observations_count": row.totals.observation_count,
        "scores_count": sum(score.row.trace_id == row.id for score in rows.scores.values()),
        "unique_user_ids": row.user_id,
        "unique_session_ids": row.session_id,
        "latency": row.latency_us,
        "total_tokens": row.totals.total_tokens,
        "total_cost": row.totals.total_cost,
        "errors": int(row.totals.error_count > 0),
    }
    return Entry(row.timestamp_us, stored.parts.metadata if stored.parts else None, facts)


def _of_observation(rows: ProjectRows, stored: Stored[ObservationRow]) -> Entry:
    row, trace, link = stored.row, _trace_of(rows, stored.row.trace_id), read_link(stored)
    facts = {
        **_named(row, "id trace_id environment type name level version prompt_name prompt_version"),
        **_named(row, "input_tokens output_tokens total_tokens input_cost output_cost total_cost"),
        **_named(row, "agent tool graph_node thread_id finish_reason error_type"),
        **_of_its_trace(trace),
        "release": trace.release if trace else None,
        "parent_observation_id": row.parent_id,
        "provided_model_name": row.model,
        "start_time_month": month_of(row.start_us),
        "is_root_observation": row.parent_id is None or row.is_app_root,
        "count": 1,
        "start_time": row.start_us,
        "latency": _minus(row.end_us, row.start_us),
        "streaming_latency": _minus(row.end_us, row.completion_start_us),
        "time_to_first_token": _minus(row.completion_start_us, row.start_us),
        "tokens_per_second": _per_second(row.total_tokens, _minus(row.end_us, row.start_us)),
        "output_tokens_per_second": _per_second(row.output_tokens, _minus(row.end_us, row.completion_start_us)),
        "count_scores": sum(score.row.observation_id == row.id for score in rows.scores.values()),
        "unique_user_ids": trace.user_id if trace else None,
        "unique_session_ids": trace.session_id if trace else None,
        "usage_by_type": row.detail.usage,
        "cost_by_type": row.detail.cost,
        "errors": int(row.level == Level.ERROR),
        "experiment_id": link.experiment_id if link else None,
        "experiment_name": link.experiment_name if link else None,
        "experiment_dataset_id": link.dataset_id if link else None,
    }
    return Entry(row.start_us, stored.parts.metadata if stored.parts else None, facts)


def _of_score(rows: ProjectRows, stored: Stored[ScoreRow]) -> Entry:
    row, trace = stored.row, _trace_of(rows, stored.row.trace_id)
    found = rows.observations.get(row.observation_id or "")
    observation = found.row if found else None
    facts = {
        **_named(row, "id name environment source data_type config_id trace_id observation_id value string_value"),
        **_of_its_trace(trace),
        "session_id": row.session_id or (trace.session_id if trace else None),
        "timestamp_month": month_of(row.timestamp_us),
        "timestamp_day": day_of(row.timestamp_us),
        "observation_name": observation.name if observation else None,
        "observation_model_name": observation.model if observation else None,
        "observation_prompt_name": observation.prompt_name if observation else None,
        "observation_prompt_version": observation.prompt_version if observation else None,
        "boolean_value": bool(row.value),
        "count": 1,
    }
    return Entry(row.timestamp_us, row.metadata, facts)


def _trace_of(rows: ProjectRows, trace_id: str | None) -> TraceRow | None:
    found = rows.traces.get(trace_id or "")
    return found.row if found else None


def _of_its_trace(trace: TraceRow | None) -> Mapping[str, Any]:
    names = {"trace_name": "name", "user_id": "user_id", "session_id": "session_id"}
    names |= {"trace_release": "release", "trace_version": "version"}
    return {
        "tags": trace.tags if trace else [],
        **{name: getattr(trace, field) if trace else None for name, field in names.items()},
    }


def _named(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _minus(later: int | None, earlier: int | None) -> int | None:
    return None if later is None or earlier is None else later - earlier


def _per_second(units: int, span_us: int | None) -> float | None:
    return units * 1_000_000 / span_us if span_us is not None and span_us > 0 else None
