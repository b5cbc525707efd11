"""Values of the query fields, read from the rows of a project."""

from collections.abc import Callable
from typing import Any

import msgspec

from panope.adapters.memory.rows import ProjectRows
from panope.domain.experiments.links import ExperimentLink, link_observation
from panope.domain.merge.codec import StateParts
from panope.domain.projection.store import Stored
from panope.domain.scores import ScoreDataType, ScoreRow
from panope.domain.text.quoting import unquote
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow, TraceTotals
from panope.query.fields import View

_MICROSECONDS = 1_000_000
_IN_PAYLOAD = ("metadata", "input", "output")
_AMOUNTS = ("usage", "cost")
_OF_SCORES = ("has_score", "scores_avg", "score_categories", "score_booleans")


def read_metadata(metadata: str | None, key: str | None) -> str | None:
    """Text of the value at a top-level key: what a string says, anything else as compact JSON; None when missing."""
    value = msgspec.json.decode(metadata).get(key) if metadata else None
    if isinstance(value, str):
        return unquote(value)
    return None if value is None else msgspec.json.encode(value).decode()


def _read_payload(parts: StateParts | None, field: str, key: str | None) -> str | None:
    if parts is None:
        return None
    return read_metadata(parts.metadata, key) if field == "metadata" else getattr(parts, field)


def _of_scores(scores: list[ScoreRow], field: str, name: str | None) -> Any:
    if field == "has_score":
        return bool(scores)
    named = [score for score in scores if score.name == name]
    if field == "score_categories":
        return {score.string_value for score in named if score.data_type == ScoreDataType.CATEGORICAL}
    if field == "score_booleans":
        return {bool(score.value) for score in named if score.data_type == ScoreDataType.BOOLEAN}
    numbers = [score.value for score in named if score.data_type in (ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN)]
    return sum(numbers) / len(numbers) if numbers else None


class FieldReader:
    """Reads any field of any view over one project's rows."""

    def __init__(self, rows: ProjectRows) -> None:
        self._rows = rows

    def trace(self, stored: Stored[TraceRow], field: str, key: str | None) -> Any:
        """Field of the view `traces`."""
        row = stored.row
        if field in _IN_PAYLOAD:
            return _read_payload(stored.parts, field, key)
        if field in _OF_SCORES:
            return self._of_scores("trace_id", row.id, field, key)
        if field in _AMOUNTS:
            return _total_of_key(self._observations_of({row.id}), field, key)
        if field == View.OBSERVATIONS:
            return self._parts(self._rows.observations, "trace_id", row.id, self.observation)
        computed = _TRACE_VALUES.get(field)
        if computed:
            return computed(row)
        return getattr(row if hasattr(row, field) else row.totals, field)

    def observation(self, stored: Stored[ObservationRow], field: str, key: str | None) -> Any:
        """Field of the view `observations`."""
        row = stored.row
        if field in _IN_PAYLOAD:
            return _read_payload(stored.parts, field, key)
        if field in _OF_SCORES:
            return self._of_scores("observation_id", row.id, field, key)
        if field in _AMOUNTS:
            return getattr(row.detail, field).get(key)
        if field in _FROM_TRACE:
            trace = self._rows.traces.get(row.trace_id)
            return getattr(trace.row, _FROM_TRACE[field]) if trace else ([] if field == "tags" else None)
        if field in _FROM_LINK:
            return _FROM_LINK[field](read_link(stored))
        computed = _OBSERVATION_VALUES.get(field)
        return computed(row) if computed else getattr(row, field)

    def score(self, stored: Stored[ScoreRow], field: str, key: str | None) -> Any:
        """Field of the view `scores`."""
        row = stored.row
        if field == "metadata":
            return read_metadata(row.metadata, key)
        if field in ("timestamp", "updated_at"):
            return row.timestamp_us if field == "timestamp" else row.updated_us
        if field == "boolean_value":
            return bool(row.value) if row.data_type == ScoreDataType.BOOLEAN else None
        if field == "evaluator_id":
            return None  # no score comes from an evaluator of this server
        if field in _SCORE_FROM_TRACE:
            trace = self._rows.traces.get(row.trace_id or "")
            return getattr(trace.row, _SCORE_FROM_TRACE[field]) if trace else ([] if field == "trace_tags" else None)
        return getattr(row, field)

    def session(self, row: SessionRow, field: str, key: str | None) -> Any:
        """Field of the view `sessions`."""
        if field == View.TRACES:
            return self._parts(self._rows.traces, "session_id", row.id, self.trace)
        if field in _OF_SCORES:
            return self._of_scores("session_id", row.id, field, key)
        if field in _AMOUNTS:
            ids = {stored.row.id for stored in self._rows.traces.values() if stored.row.session_id == row.id}
            return _total_of_key(self._observations_of(ids), field, key)
        if field in _SESSION_TIMES:
            return getattr(row, _SESSION_TIMES[field])
        if hasattr(row, field):
            return getattr(row, field)
        traces = [stored.row for stored, _ in self._parts(self._rows.traces, "session_id", row.id)]
        of_traces = _OF_TRACES.get(field)
        return of_traces(traces) if of_traces else _total(field, [trace.totals for trace in traces])

    def _observations_of(self, trace_ids: set[str]) -> list[ObservationRow]:
        return [stored.row for stored in self._rows.observations.values() if stored.row.trace_id in trace_ids]

    def _of_scores(self, link: str, owner_id: str, field: str, key: str | None) -> Any:
        return _of_scores([s.row for s in self._rows.scores.values() if getattr(s.row, link) == owner_id], field, key)

    @staticmethod
    def _parts(rows: dict[str, Stored[Any]], link: str, whole_id: str, read: Any = None) -> list[tuple[Any, Any]]:
        """What `Some` asks: each part with the function that reads it."""
        return [(stored, read) for stored in rows.values() if getattr(stored.row, link) == whole_id]


def _total_of_key(observations: list[ObservationRow], field: str, key: str | None) -> int | None:
    """Of all observations that have units or cost of that type; None without any."""
    amounts = [amounts[key] for row in observations if key in (amounts := getattr(row.detail, field))]
    return sum(amounts) if amounts else None


_FROM_TRACE = {
    "user_id": "user_id",
    "session_id": "session_id",
    "trace_name": "name",
    "trace_environment": "environment",
    "tags": "tags",
    "release": "release",
}
_SCORE_FROM_TRACE = {
    "trace_name": "name",
    "user_id": "user_id",
    "trace_tags": "tags",
    "trace_environment": "environment",
    "trace_session_id": "session_id",
}


_SESSION_TIMES = {"created_at": "created_us", "timestamp": "first_timestamp_us"}


def span_us(traces: list[TraceRow]) -> int:
    """From the first start to the last end, as far as they are known."""
    starts = (row.timestamp_us if row.totals.first_start_us is None else row.totals.first_start_us for row in traces)
    return max(map(last_us, traces)) - min(starts)


def last_us(row: TraceRow) -> int:
    """When a trace ended, as far as is known."""
    return row.timestamp_us if row.totals.last_end_us is None else row.totals.last_end_us


_OF_TRACES: dict[str, Callable[[list[TraceRow]], int]] = {
    "latency": span_us,
    "last_activity": lambda traces: max(map(last_us, traces)),
}


def _total(field: str, totals: list[TraceTotals]) -> int | None:
    """Of a session, over its traces."""
    ends = [found.last_end_us for found in totals if found.last_end_us is not None]
    if field == "end_time":
        return max(ends, default=None)
    return sum(int(getattr(found, field)) for found in totals)


_FROM_LINK: dict[str, Callable[[ExperimentLink | None], Any]] = {
    "experiment_id": lambda link: link and link.experiment_id,
    "experiment_name": lambda link: link and link.experiment_name,
    "experiment_dataset_id": lambda link: link and link.dataset_id,
    "is_experiment_item_root": lambda link: link is not None and link.is_item_root,
}


def read_link(stored: Stored[ObservationRow]) -> ExperimentLink | None:
    """What an observation says of its place in an experiment."""
    state = stored.state()
    return None if state is None else link_observation(stored.row, state)


def _latency(row: ObservationRow) -> int | None:
    return None if row.end_us is None else row.end_us - row.start_us


def _first_token(row: ObservationRow) -> int | None:
    return None if row.completion_start_us is None else row.completion_start_us - row.start_us


def _tokens_per_second(row: ObservationRow) -> float | None:
    latency = _latency(row)
    return row.total_tokens * _MICROSECONDS / latency if latency else None


_OBSERVATION_VALUES: dict[str, Callable[[ObservationRow], Any]] = {
    "start_time": lambda row: row.start_us,
    "end_time": lambda row: row.end_us,
    "updated_at": lambda row: row.updated_us,
    "status_message": lambda row: row.detail.status_message,
    "tools_available": lambda row: row.detail.tools_available,
    "tools_called": lambda row: row.detail.tools_called,
    "tool_definition_count": lambda row: len(row.detail.tools_available),
    "tool_call_count": lambda row: len(row.detail.tools_called),
    "latency": _latency,
    "time_to_first_token": _first_token,
    "tokens_per_second": _tokens_per_second,
    "is_root": lambda row: row.parent_id is None or row.is_app_root,
    "has_parent": lambda row: row.parent_id is not None,
}


def _worst_level(row: TraceRow) -> str | None:
    counts = {
        "ERROR": row.totals.error_count,
        "WARNING": row.totals.warning_count,
        "DEFAULT": row.totals.default_count,
        "DEBUG": row.totals.debug_count,
    }
    return next((level for level, count in counts.items() if count), None)


_TRACE_VALUES: dict[str, Callable[[TraceRow], Any]] = {
    "timestamp": lambda row: row.timestamp_us,
    "updated_at": lambda row: row.updated_us,
    "end_time": lambda row: row.totals.last_end_us,
    "latency": lambda row: row.latency_us,
    "incomplete": lambda row: row.is_incomplete,
    "level": _worst_level,
}
