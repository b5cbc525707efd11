"""What a score is: a judgement of a trace, an observation, a session or a dataset run."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from panope.domain.tracing import DEFAULT_ENVIRONMENT

MAX_TEXT_SCORE_CHARS: Final = 500
"""Of a TEXT."""


class ScoreDataType(StrEnum):
    """How a score's value is to be read."""

    NUMERIC = "NUMERIC"
    CATEGORICAL = "CATEGORICAL"
    BOOLEAN = "BOOLEAN"
    TEXT = "TEXT"
    CORRECTION = "CORRECTION"


class ScoreSource(StrEnum):
    """Who judged."""

    API = "API"
    EVAL = "EVAL"
    ANNOTATION = "ANNOTATION"


class ScoreRow(Struct, kw_only=True):
    """One score. `value` is 0 for CATEGORICAL, TEXT and CORRECTION, whose content is in `string_value`."""

    id: str
    name: str
    value: float = 0.0
    string_value: str | None = None
    """The label; "True"/"False" for BOOLEAN; None for NUMERIC."""
    data_type: str = ScoreDataType.NUMERIC
    source: str = ScoreSource.API
    timestamp_us: int
    trace_id: str | None = None
    observation_id: str | None = None
    session_id: str | None = None
    dataset_run_id: str | None = None
    environment: str = DEFAULT_ENVIRONMENT
    comment: str | None = None
    config_id: str | None = None
    queue_id: str | None = None
    author_user_id: str | None = None
    execution_trace_id: str | None = None
    metadata: str | None = None
    """JSON object text, keys sorted."""
    created_us: int = 0
    updated_us: int = 0
