"""Scores: the body, its rules, and the domain event it becomes."""

import re
from collections.abc import Container
from math import isfinite
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.scores import MAX_TEXT_SCORE_CHARS, ScoreDataType, ScoreSource
from panope.wire.jsontext import RepairCode
from panope.wire.langfuse.events.bodies import Opaque, Text
from panope.wire.langfuse.events.refusals import RefusedError
from panope.wire.langfuse.events.sending import (
    MAX_TEXT_CHARS,
    Sending,
    put_environment,
    put_id,
    put_time,
    read_metadata,
)

REST_SOURCES: Final = frozenset({ScoreSource.API, ScoreSource.ANNOTATION})
EVENT_SOURCES: Final = frozenset(ScoreSource)
PUBLIC_SOURCES: Final = frozenset({ScoreSource.API})
"""Of a public key alone: nobody passes a vote off as a verdict."""
CORRECTION_NAME: Final = "output"

_DATA_TYPES: Final = frozenset(ScoreDataType)
_NUMERIC_TYPES: Final = frozenset({ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN})
_REPAIRED_NUMBER: Final = re.compile(r"NaN|-?Infinity|-?[0-9]{19,}|-?[0-9.]+[eE]\+?[0-9]+")

_REFERENCES: Final = {
    "observation_id": "observationId",
    "trace_id": "traceId",
    "session_id": "sessionId",
    "dataset_run_id": "datasetRunId",
    "config_id": "configId",
    "queue_id": "queueId",
    "execution_trace_id": "executionTraceId",
}


class ScoreBody(Struct, rename={**_REFERENCES, "entity_id": "id", "data_type": "dataType"}):
    """Body of `score-create` and of `POST /scores`."""

    entity_id: Text = UNSET
    name: Text = UNSET
    value: float | str | UnsetType | None = UNSET
    data_type: Text = UNSET
    source: Text = UNSET
    trace_id: Text = UNSET
    observation_id: Text = UNSET
    session_id: Text = UNSET
    dataset_run_id: Text = UNSET
    comment: Text = UNSET
    config_id: Text = UNSET
    queue_id: Text = UNSET
    execution_trace_id: Text = UNSET
    timestamp: Text = UNSET
    environment: Any = UNSET
    metadata: Opaque = UNSET


def score_event(body: ScoreBody, sending: Sending, sources: Container[str]) -> TelemetryEvent:
    """Make the event of a score body. Raises `RefusedError`.

    Whether a config allows the score is not looked at here: that needs the config. A score with a config and without a
    data type is left without one.
    """
    values: dict[str, Any] = {}
    derived: dict[str, Any] = {}
    for name, key in _REFERENCES.items():
        put_id(values, name, f"body.{key}", getattr(body, name))
    _check_target(values)
    _put_value(values, derived, body, sending)
    _put_source(values, body, sources)
    values["name"] = CORRECTION_NAME if values.get("data_type") == ScoreDataType.CORRECTION else _read_name(body)
    if body.comment is not UNSET:
        values["comment"] = body.comment
    put_environment(values, body.environment)
    put_time(values, "timestamp", body.timestamp, sending)
    if not values.get("timestamp"):
        derived["timestamp"] = sending.at_us
    return TelemetryEvent(
        kind=EntityKind.SCORE,
        entity_id=sending.entity_id(body.entity_id),
        event_id=sending.event_id,
        at_us=sending.at_us,
        values=values,
        derived=derived,
        metadata=read_metadata(body.metadata, sending),
    )


def _read_name(body: ScoreBody) -> str:
    if body.name is UNSET or not body.name:
        raise _refused("body.name is missing; a score needs one.")
    if len(body.name) > MAX_TEXT_CHARS:
        message = f"body.name is longer than {MAX_TEXT_CHARS} characters; shorten it."
        raise RefusedError("name_too_long", message)
    return body.name


def _check_target(values: dict[str, Any]) -> None:
    if sum(bool(values.get(name)) for name in ("trace_id", "session_id", "dataset_run_id")) != 1:
        raise _refused("A score is on exactly one of traceId, sessionId and datasetRunId.")
    if values.get("observation_id") and not values.get("trace_id"):
        raise _refused("body.observationId needs the traceId of its trace.")


def _put_value(values: dict[str, Any], derived: dict[str, Any], body: ScoreBody, sending: Sending) -> None:
    value = _read_value(body, sending)
    data_type = body.data_type or None
    if data_type is not None and data_type not in _DATA_TYPES:
        raise _refused(f"body.dataType must be one of {', '.join(sorted(_DATA_TYPES))}.")
    is_number = isinstance(value, float)
    if isinstance(data_type, str):
        if is_number != (data_type in _NUMERIC_TYPES):
            raise _refused(f"body.value must be a {'string' if is_number else 'number'} for dataType {data_type}.")
        _check_pairing(data_type, value, values)
        values["data_type"] = data_type
    elif not values.get("config_id"):
        derived["data_type"] = (ScoreDataType.NUMERIC if is_number else ScoreDataType.CATEGORICAL).value
    values["number" if is_number else "text"] = value


def _read_value(body: ScoreBody, sending: Sending) -> float | str:
    """Return the value; a number that the reader had to turn into text is turned back, or refused when it is none."""
    value = body.value
    if value is UNSET or value is None:
        raise _refused("body.value is missing; send a number or a string.")
    if isinstance(value, float):
        return value
    if RepairCode.NUMBER in sending.repairs and _REPAIRED_NUMBER.fullmatch(value):
        number = float(value)
        if not isfinite(number):
            raise _refused("body.value is not a finite number.")
        return number
    return value


def _check_pairing(data_type: str, value: float | str, values: dict[str, Any]) -> None:
    if data_type == ScoreDataType.BOOLEAN and value not in (0, 1):
        raise _refused("body.value must be 0 or 1 for dataType BOOLEAN.")
    if data_type == ScoreDataType.TEXT and not 1 <= len(str(value)) <= MAX_TEXT_SCORE_CHARS:
        raise _refused(f"body.value must have 1 to {MAX_TEXT_SCORE_CHARS} characters for dataType TEXT.")
    if data_type == ScoreDataType.CORRECTION:
        if values.get("config_id"):
            raise _refused("body.configId does not go with dataType CORRECTION.")
        if not values.get("trace_id"):
            raise _refused("A CORRECTION is on a trace or one of its observations.")


def _put_source(values: dict[str, Any], body: ScoreBody, sources: Container[str]) -> None:
    source = body.source
    if source is UNSET or source is None:
        return
    if source not in sources:
        raise _refused("body.source is none that may be sent here; leave it out or send API.")
    if (
        source == ScoreSource.ANNOTATION
        and not values.get("config_id")
        and values.get("data_type") != ScoreDataType.CORRECTION
    ):
        raise _refused("body.source ANNOTATION needs a configId.")
    values["source"] = source


def _refused(message: str) -> RefusedError:
    return RefusedError("bad_score", message)
