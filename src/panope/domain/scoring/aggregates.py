"""Many scores summed up: exactly, whatever engine counted them and in whatever order."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import isqrt, sqrt
from typing import Final

from msgspec import Struct, field

from panope.domain.rollups import DAY_US, HOUR_US
from panope.domain.scores import ScoreDataType

MAX_CATEGORIES_SHOWN: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MEASURED: Final = frozenset({ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN})


class GroupField(StrEnum):
    """What scores can be told apart by, besides their data type, by which they always are."""

    NAME = "name"
    SOURCE = "source"
    CONFIG_ID = "config_id"
    ENVIRONMENT = "environment"


class TimeBucket(StrEnum):
    """Stretches of time, in UTC; a week begins on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def counted_us(self) -> int:
        """Length of the stretches that engines count by; `start_of` puts them together."""
        return HOUR_US if self is TimeBucket.HOUR else DAY_US


class ScoreGrouping(Struct, frozen=True):
    """Which scores are summed up together."""

    fields: tuple[GroupField, ...] = (GroupField.NAME,)
    bucket: TimeBucket | None = None


class ScoreTally(Struct, frozen=True):
    """How often one value was given in one group."""

    data_type: str
    group: tuple[str | None, ...]
    """Values of the grouping's fields, in their order."""
    start_us: int | None
    """Start of the hour or day; None without a bucket."""
    value: float | None
    """Of NUMERIC and BOOLEAN."""
    label: str | None
    """Of CATEGORICAL."""
    count: int


class Measures(Struct, frozen=True, kw_only=True):
    """Numbers of a group, each as exact as a double can say it."""

    mean: float
    least: float
    greatest: float
    deviation: float | None
    """Of the sample, so None of a single score."""
    percentiles: tuple[float, ...]
    """Between the two nearest scores by proportion, in the order asked for."""


class ScoreAggregate(Struct, kw_only=True):
    """Scores of one group."""

    data_type: str
    group: tuple[str | None, ...]
    start_us: int | None
    count: int = 0
    measures: Measures | None = None
    """Of NUMERIC and BOOLEAN, where the mean is the share of True."""
    booleans: tuple[int, int] | None = None
    """How many are True and False, of BOOLEAN."""
    categories: list[tuple[str, int]] = field(default_factory=list)
    """Labels with their counts, the most frequent first, of CATEGORICAL; at most `MAX_CATEGORIES_SHOWN`."""
    category_count: int = 0
    """How many different labels there are."""


def sum_up(
    tallies: Iterable[ScoreTally], bucket: TimeBucket | None, percentiles: Sequence[Fraction]
) -> list[ScoreAggregate]:
    """Groups by (time, group, data type), missing values last. `percentiles` are between 0 and 100."""
    values: dict[_Place, Counter[float]] = defaultdict(Counter)
    labels: dict[_Place, Counter[str]] = defaultdict(Counter)
    found: dict[_Place, ScoreAggregate] = {}
    for tally in tallies:
        start_us = None if tally.start_us is None or bucket is None else start_of(tally.start_us, bucket)
        place = (start_us, tally.group, tally.data_type)
        known = found.setdefault(place, ScoreAggregate(data_type=tally.data_type, group=tally.group, start_us=start_us))
        known.count += tally.count
        if tally.value is not None:
            values[place][tally.value + 0.0] += tally.count  # so that -0.0 is 0.0
        if tally.label is not None:
            labels[place][tally.label] += tally.count
    for place, aggregate in found.items():
        _measure(aggregate, values[place], percentiles)
        _count_labels(aggregate, labels[place])
    return [found[place] for place in sorted(found, key=_order)]


_Place = tuple[int | None, tuple[str | None, ...], str]


def _order(place: _Place) -> tuple[int, list[tuple[bool, str]], str]:
    start_us, group, data_type = place
    return start_us or 0, [(member is None, member or "") for member in group], data_type


def start_of(at_us: int, bucket: TimeBucket) -> int:
    """Start of the stretch that holds a moment."""
    if bucket in {TimeBucket.HOUR, TimeBucket.DAY}:
        return at_us // bucket.counted_us * bucket.counted_us
    day = (_EPOCH + timedelta(microseconds=at_us)).replace(hour=0, minute=0, second=0, microsecond=0)
    first = day - timedelta(days=day.weekday()) if bucket is TimeBucket.WEEK else day.replace(day=1)
    return (first - _EPOCH) // _MICROSECOND


def _measure(aggregate: ScoreAggregate, values: Mapping[float, int], percentiles: Sequence[Fraction]) -> None:
    if aggregate.data_type not in _MEASURED or not values:
        return
    aggregate.measures = measure(values, percentiles)
    if aggregate.data_type == ScoreDataType.BOOLEAN:
        no = values.get(0.0, 0)
        aggregate.booleans = (aggregate.count - no, no)


def _count_labels(aggregate: ScoreAggregate, labels: Mapping[str, int]) -> None:
    most_first = sorted(labels.items(), key=lambda entry: (-entry[1], entry[0]))
    aggregate.categories, aggregate.category_count = most_first[:MAX_CATEGORIES_SHOWN], len(labels)


def measure(values: Mapping[float, int], percentiles: Sequence[Fraction] = ()) -> Measures:
    """Measures of at least one value, each with how often it was given."""
    ordered = sorted(values.items())
    count = sum(values.values())
    total = _sum(ordered, lambda number: number)
    mean = total / count
    deviation = None
    if count > 1:
        deviation = _root((_sum(ordered, lambda number: number * number) - total * mean) / (count - 1))
    return Measures(
        mean=float(mean),
        least=ordered[0][0],
        greatest=ordered[-1][0],
        deviation=deviation,
        percentiles=tuple(_percentile(ordered, count, share) for share in percentiles),
    )


def _sum(ordered: Sequence[tuple[float, int]], power: Callable[[int], int]) -> Fraction:
    """Sum of the values, or of their squares, without any rounding."""
    by_denominator: dict[int, int] = defaultdict(int)
    for value, count in ordered:
        numerator, denominator = value.as_integer_ratio()
        by_denominator[power(denominator)] += power(numerator) * count
    return sum((Fraction(top, bottom) for bottom, top in by_denominator.items()), Fraction())


def _root(square: Fraction) -> float | None:
    """Square root; None beyond what a double holds."""
    try:
        return sqrt(square)
    except OverflowError:
        pass
    try:
        return float(isqrt(square.numerator // square.denominator))
    except OverflowError:
        return None


def _percentile(ordered: Sequence[tuple[float, int]], count: int, share: Fraction) -> float:
    at = share * (count - 1) / 100
    below = int(at)
    low, high = _nth(ordered, below), _nth(ordered, min(below + 1, count - 1))
    return float(Fraction(low) + (Fraction(high) - Fraction(low)) * (at - below))


def _nth(ordered: Sequence[tuple[float, int]], position: int) -> float:
    passed = 0
    for value, count in ordered:
        passed += count
        if position < passed:
            return value
    return ordered[-1][0]
