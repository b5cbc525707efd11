"""Scores in the web app."""

from typing import Any

import msgspec
from msgspec import Struct

from panope.domain.scores import ScoreRow
from panope.ports.telemetry import Scored


class ScoreChipBody(Struct, rename="camel", kw_only=True):
    """A score as a row of a list shows it."""

    id: str
    name: str
    data_type: str
    value: float
    """0 for CATEGORICAL and TEXT, whose content is in `stringValue`."""
    string_value: str | None


class ScoreBody(ScoreChipBody, rename="camel", kw_only=True):
    """A score with where it comes from."""

    timestamp_us: int
    source: str
    trace_id: str | None
    observation_id: str | None
    session_id: str | None
    dataset_run_id: str | None
    environment: str
    comment: str | None
    config_id: str | None
    queue_id: str | None
    author_user_id: str | None
    execution_trace_id: str | None
    metadata: dict[str, Any]


class ScoreRowBody(ScoreBody, rename="camel", kw_only=True):
    """A score as a list shows it; what it takes from its trace is null when that is not there."""

    trace_name: str | None
    user_id: str | None
    tags: list[str]


class ScoresBody(Struct, rename="camel", kw_only=True):
    """A page of scores."""

    rows: list[ScoreRowBody]
    next: str | None
    as_of_us: int


def show_scored(scored: Scored) -> ScoreRowBody:
    """Show a score in a list."""
    return ScoreRowBody(
        **score_values(scored.row), trace_name=scored.trace_name, user_id=scored.user_id, tags=scored.tags
    )


def show_chip(row: ScoreRow) -> ScoreChipBody:
    """Show a score in a row."""
    return ScoreChipBody(
        id=row.id, name=row.name, data_type=row.data_type, value=row.value, string_value=row.string_value
    )


def show_score(row: ScoreRow) -> ScoreBody:
    """Show a score in full."""
    return ScoreBody(**score_values(row))


def score_values(row: ScoreRow) -> dict[str, Any]:
    """The fields of a `ScoreBody`."""
    values = {name: getattr(row, name) for name in ScoreBody.__struct_fields__ if name != "metadata"}
    return values | {"metadata": msgspec.json.decode(row.metadata) if row.metadata else {}}
