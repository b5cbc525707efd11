"""A score config: what scores of one name have to be like, agreed before they are given."""

import math
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from msgspec import Struct

from panope.domain.errors import Issue
from panope.domain.ids import ScoreConfigId
from panope.domain.scores import ScoreDataType

MAX_NAME_CHARS: Final = 35
MAX_CATEGORIES: Final = 500
MAX_LABEL_CHARS: Final = 500
MAX_DESCRIPTION_CHARS: Final = 5_000
MAX_CONFIGS: Final = 10_000
"""Of one project: configs are never deleted, and a program that makes one per run would fill every list."""

_NUMBERED: Final = frozenset({ScoreDataType.NUMERIC.value, ScoreDataType.BOOLEAN.value})
_NAME_SIGNS: Final = frozenset(" _.()-")


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"
    """Neither: the score describes and does not judge, or nobody has said."""


class ScoreCategory(Struct, frozen=True):
    """One possible value."""

    label: str
    value: float


BOOLEAN_CATEGORIES: Final = (ScoreCategory("True", 1), ScoreCategory("False", 0))


class ScoreConfig(Struct, frozen=True, kw_only=True):
    """What scores of one name have to be like. Unique within its project by `id`; names may repeat."""

    id: ScoreConfigId
    name: str
    data_type: str
    is_archived: bool = False
    min_value: float | None = None
    max_value: float | None = None
    categories: tuple[ScoreCategory, ...] | None = None
    """Of CATEGORICAL and BOOLEAN; None for the others."""
    description: str | None = None
    direction: str = Direction.NONE
    created_us: int = 0
    updated_us: int = 0


def directions_of(configs: Iterable[ScoreConfig]) -> dict[str, Direction]:
    """Which way is better of the numeric and boolean scores of each name that has a config.

    Of several configs of a name the newest counts, an archived one only where there is no other.
    """
    numbered = [config for config in configs if config.data_type in _NUMBERED]
    numbered.sort(key=lambda config: (not config.is_archived, config.created_us, config.id))
    return {config.name: Direction(config.direction) for config in numbered}


def check_config(config: ScoreConfig) -> Iterator[Issue]:
    """Everything that is wrong with a config, by the names that clients use."""
    yield from _check_texts(config)
    if config.data_type != ScoreDataType.NUMERIC and (config.min_value, config.max_value) != (None, None):
        yield Issue(("minValue",), "minValue and maxValue go with dataType NUMERIC alone: leave them out")
    yield from _check_range(config)
    if config.data_type == ScoreDataType.CATEGORICAL:
        yield from _check_categories(config.categories or ())
    elif config.data_type == ScoreDataType.BOOLEAN:
        if config.categories != BOOLEAN_CATEGORIES:
            yield Issue(("categories",), "cannot be chosen for dataType BOOLEAN, which has True and False")
    elif config.categories is not None:
        yield Issue(("categories",), f"do not go with dataType {config.data_type}: leave them out")


def _check_texts(config: ScoreConfig) -> Iterator[Issue]:
    if not is_config_name(config.name):
        signs = "letters, digits, spaces and _ . ( ) -"
        yield Issue(("name",), f"must have 1 to {MAX_NAME_CHARS} characters, of {signs} alone")
    if config.description is not None and len(config.description) > MAX_DESCRIPTION_CHARS:
        yield Issue(("description",), f"must have at most {MAX_DESCRIPTION_CHARS} characters")


def is_config_name(name: str) -> bool:
    """Whether a config can have this name."""
    fits = 0 < len(name) <= MAX_NAME_CHARS and not name.isspace()
    return fits and all(sign.isalnum() or sign in _NAME_SIGNS for sign in name)


def _check_range(config: ScoreConfig) -> Iterator[Issue]:
    for name, bound in (("minValue", config.min_value), ("maxValue", config.max_value)):
        if bound is not None and not math.isfinite(bound):
            yield Issue((name,), "must be a finite number")
    if config.min_value is not None and config.max_value is not None and not config.min_value < config.max_value:
        yield Issue(("maxValue",), "must be greater than minValue")


def _check_categories(categories: tuple[ScoreCategory, ...]) -> Iterator[Issue]:
    place = ("categories",)
    if not 1 <= len(categories) <= MAX_CATEGORIES:
        yield Issue(place, f"must be 1 to {MAX_CATEGORIES} for dataType CATEGORICAL, each with a label and a value")
    if any(not 1 <= len(category.label) <= MAX_LABEL_CHARS for category in categories):
        yield Issue(place, f"must each have a label of 1 to {MAX_LABEL_CHARS} characters")
    if any(not math.isfinite(category.value) for category in categories):
        yield Issue(place, "must each have a finite number as value")
    if len({category.label for category in categories}) < len(categories):
        yield Issue(place, "must each have a label of their own")
    if len({category.value for category in categories}) < len(categories):
        yield Issue(place, "must each have a value of their own")
