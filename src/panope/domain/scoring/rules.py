"""Whether a score keeps to its config, and what it takes from it."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from msgspec import Struct

from panope.domain.scores import MAX_TEXT_SCORE_CHARS, ScoreDataType
from panope.domain.scoring.configs import ScoreConfig

MAX_FREE_NAME_CHARS: Final = 200
"""Of a score without config."""
_NUMERIC: Final = frozenset({ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN})
_FREE: Final = frozenset(ScoreDataType) - {ScoreDataType.CORRECTION}


class Breach(Struct, frozen=True):
    """How a score breaks its config."""

    code: str
    """Stable snake_case reason, counted in the ledger."""
    message: str
    status: int = 400
    """404 when there is no such config."""


def judge_score(config: ScoreConfig | None, values: Mapping[str, Any]) -> Breach | dict[str, Any]:
    """What a score with a config id takes from its config, or how it breaks it.

    `values` are those of its event; `config` is the one that it names, None when the project has none of that id. What
    is taken: the name, the data type, and the number of a category.
    """
    if config is None:
        message = "body.configId names no score config of this project; see GET /api/public/score-configs."
        return Breach("unknown_score_config", message, 404)
    if config.is_archived:
        return Breach("archived_score_config", "body.configId names an archived score config: choose one in use.")
    data_type = values.get("data_type")
    if data_type is not None and data_type != config.data_type:
        return Breach("score_breaks_type", f"body.dataType must be {config.data_type}, as its score config says.")
    breach = _judge_value(config, values.get("number"), values.get("text"))
    if breach is not None:
        return breach
    taken: dict[str, Any] = {"name": config.name, "data_type": str(config.data_type)}
    if config.data_type == ScoreDataType.CATEGORICAL:
        taken["number"] = _value_of(config, values["text"])
    return taken


def judge_free_score(name: str | None, data_type: str | None, values: Mapping[str, Any]) -> Breach | dict[str, Any]:
    """Likewise, of a score without config: what it is stored as, or why it cannot be. `values` as above."""
    if not name or len(name) > MAX_FREE_NAME_CHARS or not name.isprintable():
        return Breach("bad_score", f"body.name must be one line of 1 to {MAX_FREE_NAME_CHARS} characters.")
    if data_type not in _FREE:
        return Breach("bad_score", f"body.dataType must be one of {', '.join(sorted(_FREE))}.")
    number, text = values.get("number"), values.get("text")
    if data_type in _NUMERIC:
        if number is None or not isfinite(number):
            return Breach("bad_score", f"body.value must be a number for dataType {data_type}.")
        if data_type == ScoreDataType.BOOLEAN and number not in (0, 1):
            return Breach("bad_score", "body.value must be 0 or 1 for dataType BOOLEAN.")
    elif text is None or not 1 <= len(text) <= MAX_TEXT_SCORE_CHARS:
        return Breach("bad_score", f"body.value must be a text of 1 to {MAX_TEXT_SCORE_CHARS} characters.")
    return {"name": name, "data_type": str(data_type)}


def _judge_value(config: ScoreConfig, number: float | None, text: str | None) -> Breach | None:
    data_type = config.data_type
    if data_type in _NUMERIC:
        if number is None:
            return Breach("score_breaks_type", f"body.value must be a number: its score config is {data_type}.")
        return _judge_number(config, number)
    if text is None:
        return Breach("score_breaks_type", f"body.value must be a string: its score config is {data_type}.")
    if data_type == ScoreDataType.CATEGORICAL and _value_of(config, text) is None:
        return Breach("score_breaks_categories", "body.value must be the label of a category of its score config.")
    if data_type == ScoreDataType.TEXT and not 1 <= len(text) <= MAX_TEXT_SCORE_CHARS:
        message = f"body.value must have 1 to {MAX_TEXT_SCORE_CHARS} characters for dataType TEXT."
        return Breach("score_breaks_type", message)
    return None


def _judge_number(config: ScoreConfig, number: float) -> Breach | None:
    if config.data_type == ScoreDataType.BOOLEAN and number not in (0, 1):
        return Breach("score_breaks_type", "body.value must be 0 or 1: its score config is BOOLEAN.")
    if config.min_value is not None and number < config.min_value:
        return Breach("score_breaks_range", f"body.value must be at least {config.min_value:g}, as its config says.")
    if config.max_value is not None and number > config.max_value:
        return Breach("score_breaks_range", f"body.value must be at most {config.max_value:g}, as its config says.")
    return None


def _value_of(config: ScoreConfig, label: str) -> float | None:
    return next((category.value for category in config.categories or () if category.label == label), None)
