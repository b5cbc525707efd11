"""Experiments and their items, as the newest clients list them: by cursor, in groups of fields."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.datasets.items import DatasetItem
from panope.domain.errors import InvalidError
from panope.domain.experiments.reading import (
    ExperimentQuery,
    ItemDetail,
    ListedExperiment,
    Place,
    TextOperator,
    TextTest,
)
from panope.domain.scores import ScoreRow
from panope.domain.tracing import DEFAULT_ENVIRONMENT, Level
from panope.query.ast import Keyset
from panope.query.cursor import bad_cursor, decode_cursor, encode_cursor
from panope.wire.langfuse.datasets.values import show_value
from panope.wire.langfuse.jsonvalues import encode, show_metadata
from panope.wire.langfuse.paging import DEFAULT_LIMIT, MAX_LIMIT, Params, invalid
from panope.wire.langfuse.scores_v3 import GROUPS as SCORE_GROUPS
from panope.wire.langfuse.scores_v3 import show_score
from panope.wire.langfuse.times import floor_ms, format_optional_time, format_time, parse_time

EXPERIMENT_GROUPS: Final = ("core", "metadata", "scores")
ITEM_GROUPS: Final = ("core", "dataset", "io", "metadata", "itemMetadata", "experimentMetadata", "scores")
_ITEM_DEFAULTS: Final = frozenset({"core", "dataset"})
_MAX_SCORES: Final = 50
_EXPERIMENT_COLUMNS: Final = {"id": "experiment_ids", "name": "names", "datasetId": "dataset_ids"}
_ITEM_COLUMNS: Final = {
    "experimentId": "experiment_ids",
    "experimentName": "names",
    "experimentItemId": "item_ids",
    "datasetId": "dataset_ids",
    "experimentDatasetId": "dataset_ids",
}
_FILTER_OPERATORS: Final = {
    "string": ("=", "contains", "does not contain", "starts with", "ends with"),
    "stringOptions": ("any of", "none of"),
    "null": ("is null", "is not null"),
}
_EQUALITIES: Final = {("string", "="), ("stringOptions", "any of")}
_ALL_SCORE_GROUPS: Final = frozenset(SCORE_GROUPS)


class ExperimentBody(Struct, rename="camel", kw_only=True):
    """An experiment as clients see it; what was not asked for is left out."""

    id: str
    name: str
    description: str | None
    start_time: str
    end_time: str
    item_count: int
    dataset_id: str | None
    metadata: dict[str, Any] | None = None
    scores: list[dict[str, Any]] | None = None


class ExperimentsBody(Struct):
    """A stretch of experiments."""

    data: list[ExperimentBody]
    meta: dict[str, str]


class ExperimentItemBody(Struct, rename="camel", kw_only=True):
    """An item of an experiment as clients see it; what was not asked for is left out."""

    id: str
    trace_id: str
    start_time: str
    end_time: str | None
    level: str
    environment: str
    experiment_id: str
    experiment_name: str
    experiment_item_id: str
    experiment_dataset_id: str | None = None
    experiment_item_version: str | None = None
    input: str | None = None
    output: str | None = None
    expected_output: str | None = None
    metadata: dict[str, Any] | None = None
    experiment_item_metadata: dict[str, Any] | None = None
    experiment_metadata: dict[str, Any] | None = None
    experiment_description: str | None = None
    scores: list[dict[str, Any]] | None = None


class ExperimentItemsBody(Struct):
    """A stretch of items."""

    data: list[ExperimentItemBody]
    meta: dict[str, str]


class ListRequest(Struct, frozen=True, kw_only=True):
    """A stretch of experiments or items as it was asked for."""

    query: ExperimentQuery
    groups: frozenset[str]
    score_limit: int


def read_experiments_request(params: Params) -> ListRequest:
    """Read the query string of a list of experiments."""
    return _read_request(params, EXPERIMENT_GROUPS, frozenset({"core"}), _EXPERIMENT_COLUMNS)


def read_items_request(params: Params) -> ListRequest:
    """Read the query string of a list of items."""
    return _read_request(params, ITEM_GROUPS, _ITEM_DEFAULTS, _ITEM_COLUMNS)


def _read_request(
    params: Params, groups: tuple[str, ...], defaults: frozenset[str], columns: Mapping[str, str]
) -> ListRequest:
    from_us, to_us = params.time("fromStartTime"), params.time("toStartTime")
    if from_us is None:
        raise invalid(("fromStartTime",), "is required: an ISO 8601 time that ends in Z or an offset")
    words = params.words("fields")
    if not set(groups).issuperset(words):
        raise invalid(("fields",), f"must be some of {', '.join(groups)}")
    asked = {columns[name]: params.words(name) for name in columns if params.words(name)}
    query = ExperimentQuery(
        **{**asked, **_read_filter(params.text("filter"), columns)},
        from_us=floor_ms(from_us),
        to_us=None if to_us is None else floor_ms(to_us),
        limit=params.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        after=_read_cursor(params.text("cursor")),
    )
    chosen = (frozenset(words) | {"core"}) if words else defaults
    score_limit = params.integer("scoreLimit", _MAX_SCORES, 0, _MAX_SCORES)
    return ListRequest(query=query, groups=chosen, score_limit=score_limit)


class _Entry(Struct):
    type: str
    column: str
    operator: str
    value: str | list[str]


def _read_filter(text: str | None, columns: Mapping[str, str]) -> dict[str, Any]:
    """Read the filter: values of the query by their name. It replaces the parameter of the same column."""
    if text is None:
        return {}
    try:
        entries = msgspec.convert(msgspec.json.decode(text), list[_Entry])
    except msgspec.ValidationError:
        message = "must be an array of {type, column, operator, value}"
        raise invalid(("filter",), message) from None
    except (msgspec.DecodeError, RecursionError):
        raise InvalidError("Invalid JSON in filter parameter", code="invalid_filter") from None
    found: dict[str, tuple[str, ...] | None] = {}
    tests: list[TextTest] = []
    for index, entry in enumerate(entries):
        name = columns.get(entry.column)
        if name is None:
            raise invalid(("filter", index, "column"), f"must be one of {', '.join(columns)}")
        known, values = found.get(name), _read_values(entry, index)
        if (entry.type, entry.operator) not in _EQUALITIES:
            tests.append(TextTest(column=name, operator=TextOperator(entry.operator), values=values))
            found.setdefault(name, None)
        else:
            found[name] = values if known is None else tuple(value for value in known if value in values)
    return {**found, "tests": tuple(tests)}


def _read_values(entry: _Entry, index: int) -> tuple[str, ...]:
    operators = _FILTER_OPERATORS.get(entry.type)
    if operators is None:
        raise invalid(("filter", index, "type"), f"must be one of {', '.join(_FILTER_OPERATORS)}")
    if entry.operator not in operators:
        raise invalid(("filter", index, "operator"), f"must be one of {', '.join(operators)} for type {entry.type}")
    place, value = ("filter", index, "value"), entry.value
    if entry.type == "stringOptions":
        if not isinstance(value, list) or not value:
            raise invalid(place, "must be an array of text with at least one")
        return tuple(value)
    if not isinstance(value, str) or (entry.type == "null" and value):
        raise invalid(place, 'must be ""' if entry.type == "null" else "must be text")
    return (value,)


def _read_cursor(text: str | None) -> Place | None:
    if text is None:
        return None
    keyset = decode_cursor(text)
    if not isinstance(keyset.value, int) or not -(2**63) <= keyset.value < 2**63 or "\x00" in keyset.id:
        raise bad_cursor()
    return keyset.value, keyset.id


def encode_experiments(
    project_id: str,
    listed: Sequence[ListedExperiment],
    described: Mapping[str, tuple[str | None, str | None]],
    scores: Mapping[str, Sequence[ScoreRow]],
    request: ListRequest,
) -> bytes:
    """Write experiments, and a cursor if there are more. `described` holds descriptions and metadata, JSON text."""
    shown = listed[: request.query.limit]
    return encode(
        {
            "data": [
                _show_experiment(project_id, found, described, scores.get(found.experiment.id, ()), request)
                for found in shown
            ],
            "meta": _meta(shown[-1].place if len(listed) > len(shown) else None),
        }
    )


def _show_experiment(
    project_id: str,
    found: ListedExperiment,
    described: Mapping[str, tuple[str | None, str | None]],
    scores: Sequence[ScoreRow],
    request: ListRequest,
) -> dict[str, Any]:
    experiment = found.experiment
    description, metadata = described.get(experiment.id, (None, None))
    shown: dict[str, Any] = {
        "id": experiment.id,
        "name": experiment.name,
        "description": description,
        "startTime": format_time(found.first_us),
        "endTime": format_time(max(found.end_us, found.last_us)),
        "itemCount": found.items,
        "datasetId": experiment.dataset_id,
    }
    if "metadata" in request.groups:
        shown["metadata"] = _object(metadata)
    if "scores" in request.groups:
        shown["scores"] = _show_scores(project_id, scores, request)
    return shown


def encode_items(
    project_id: str,
    details: Sequence[ItemDetail],
    dataset_items: Mapping[str, DatasetItem],
    described: Mapping[str, tuple[str | None, str | None]],
    request: ListRequest,
) -> bytes:
    """Write items, and a cursor if there are more. `dataset_items` says what spans did not tell, by item."""
    shown = details[: request.query.limit]
    return encode(
        {
            "data": [
                _show_item(
                    project_id,
                    detail,
                    dataset_items.get(detail.item.item_id),
                    described.get(detail.item.experiment_id, (None, None)),
                    request,
                )
                for detail in shown
            ],
            "meta": _meta(shown[-1].item.place if len(details) > len(shown) else None),
        }
    )


def _show_item(
    project_id: str,
    detail: ItemDetail,
    dataset_item: DatasetItem | None,
    described: tuple[str | None, str | None],
    request: ListRequest,
) -> dict[str, Any]:
    item, row, trace, groups = detail.item, detail.observation, detail.trace, request.groups
    told = detail.payload.experiment.get("item")
    told = told if isinstance(told, dict) else {}
    shown: dict[str, Any] = {
        "id": row.id if row is not None else item.observation_id or item.trace_id,
        "traceId": item.trace_id,
        "startTime": format_time(row.start_us if row is not None else item.start_us),
        "endTime": format_optional_time(row.end_us if row is not None else None),
        "level": row.level if row is not None else Level.DEFAULT,
        "environment": row.environment if row else trace.environment if trace else DEFAULT_ENVIRONMENT,
        "experimentId": item.experiment_id,
        "experimentName": item.experiment_name,
        "experimentItemId": item.item_id,
    }
    if "dataset" in groups:
        shown |= {"experimentDatasetId": item.dataset_id, "experimentItemVersion": _version(told.get("version"))}
    if "io" in groups:
        expected = told.get("expected_output")
        if expected is None and dataset_item is not None:
            expected = _raw_text(dataset_item.expected_output)
        shown |= {
            "input": detail.payload.input or None,
            "output": detail.payload.output or None,
            "expectedOutput": expected,
        }
    if "metadata" in groups:
        shown["metadata"] = show_metadata(detail.payload.metadata)
    if "itemMetadata" in groups:
        metadata = told.get("metadata")
        stored = _object(dataset_item.metadata) if dataset_item is not None else None
        shown["experimentItemMetadata"] = show_metadata(metadata) if isinstance(metadata, dict) else stored
    if "experimentMetadata" in groups:
        shown |= {"experimentMetadata": _object(described[1]), "experimentDescription": described[0]}
    if "scores" in groups:
        shown["scores"] = _show_scores(project_id, detail.scores, request)
    return shown


def _show_scores(project_id: str, scores: Sequence[ScoreRow], request: ListRequest) -> list[dict[str, Any]]:
    return [show_score(project_id, score, _ALL_SCORE_GROUPS) for score in scores[: request.score_limit]]


def _version(told: object) -> str | None:
    """The version of an item when it is a time; anything else is no version."""
    try:
        return format_time(parse_time(told)) if isinstance(told, str) else None
    except ValueError:
        return None


def _raw_text(text: str | None) -> str | None:
    """Stored JSON as the text that spans would have told: a string without its quotes."""
    if text is None or text[:1] != '"':
        return text
    return msgspec.json.decode(text, type=str)


def _object(text: str | None) -> Any:
    """JSON text as an object; what is none is wrapped, as metadata always is."""
    if text is None:
        return None
    if text[:1] == "{":
        return show_metadata(msgspec.json.decode(text, type=dict[str, Any]))
    return {"metadata": show_value(text)}


def _meta(place: Place | None) -> dict[str, str]:
    return {} if place is None else {"cursor": encode_cursor(Keyset(*place))}
