"""Scores summed up, as panope's own API is asked for them and shows them."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from panope.domain.scores import ScoreDataType
from panope.domain.scoring.aggregates import GroupField, Measures, ScoreAggregate, ScoreGrouping, TimeBucket
from panope.query.ast import Node
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import Params, invalid
from panope.wire.langfuse.scores import FILTERS, read_where
from panope.wire.langfuse.times import format_time

MAX_PERCENTILES: Final = 20
_DEFAULT_PERCENTILES: Final = ("50", "90", "95", "99")
_HUNDRED: Final = 100
_NAMES: Final = {
    "name": GroupField.NAME,
    "source": GroupField.SOURCE,
    "configId": GroupField.CONFIG_ID,
    "environment": GroupField.ENVIRONMENT,
}
_WIRE_NAMES: Final = {field: name for name, field in _NAMES.items()}
_OWN: Final = ("groupBy", "bucket", "percentiles")


class AggregatesRequest(Struct, frozen=True, kw_only=True):
    """Which scores, summed up how."""

    where: Node
    grouping: ScoreGrouping
    percentiles: tuple[str, ...]
    """As they were sent, which is how they are shown."""

    @property
    def shares(self) -> tuple[Fraction, ...]:
        """The percentiles as exact numbers."""
        return tuple(map(Fraction, self.percentiles))


class AggregateBody(Struct):
    """One group, for the description of the API; what does not go with its data type is left out."""

    name: str
    dataType: str  # noqa: N815 - as on the wire
    count: int
    mean: float
    min: float
    max: float
    stddev: float | None
    percentiles: dict[str, float]
    booleans: dict[str, int]
    categories: list[dict[str, Any]]


class AggregatesBody(Struct):
    """All groups."""

    data: list[AggregateBody]
    meta: dict[str, Any]


def read_request(params: Params) -> AggregatesRequest:
    """Read the query string, in which every name must be a known one."""
    unknown = sorted(params.names() - {*FILTERS, *_OWN})
    if unknown:
        raise invalid((unknown[0],), f"is not a parameter here; possible: {', '.join((*FILTERS, *_OWN))}")
    words = params.words("groupBy")
    wrong = [word for word in words if word not in _NAMES]
    if wrong:
        raise invalid(("groupBy",), f"must be some of {', '.join(_NAMES)}")
    bucket = params.choice("bucket", TimeBucket)
    return AggregatesRequest(
        where=read_where(params),
        grouping=ScoreGrouping(
            fields=tuple(_NAMES[word] for word in words) or (GroupField.NAME,),
            bucket=TimeBucket(bucket) if bucket else None,
        ),
        percentiles=_read_percentiles(params.words("percentiles")),
    )


def _read_percentiles(words: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) > MAX_PERCENTILES:
        raise invalid(("percentiles",), f"may be at most {MAX_PERCENTILES}")
    if not all(_is_percentile(word) for word in words):
        raise invalid(("percentiles",), "must be numbers from 0 to 100, such as 50,99.9")
    return words or _DEFAULT_PERCENTILES


def _is_percentile(word: str) -> bool:
    whole, _, part = word.partition(".")
    is_plain = word.isascii() and whole.isdecimal() and (part.isdecimal() or "." not in word)
    return is_plain and len(word) <= 12 and Fraction(word) <= _HUNDRED


def encode_aggregates(aggregates: Sequence[ScoreAggregate], request: AggregatesRequest) -> bytes:
    """Write all groups."""
    grouping = request.grouping
    meta = {
        "groupBy": [_WIRE_NAMES[field] for field in grouping.fields],
        "bucket": grouping.bucket,
        "count": sum(aggregate.count for aggregate in aggregates),
    }
    return encode({"data": [_show(aggregate, request) for aggregate in aggregates], "meta": meta})


def _show(aggregate: ScoreAggregate, request: AggregatesRequest) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if aggregate.start_us is not None:
        shown["start"] = format_time(aggregate.start_us)
    shown |= {_WIRE_NAMES[field]: value for field, value in zip(request.grouping.fields, aggregate.group, strict=True)}
    shown |= {"dataType": aggregate.data_type, "count": aggregate.count}
    if aggregate.measures is not None:
        shown |= _show_measures(aggregate.measures, request.percentiles)
    if aggregate.booleans is not None:
        shown["booleans"] = dict(zip(("true", "false"), aggregate.booleans, strict=True))
    if aggregate.data_type == ScoreDataType.CATEGORICAL:
        shown["categories"] = [{"label": label, "count": count} for label, count in aggregate.categories]
        shown["categoryCount"] = aggregate.category_count
    return shown


def _show_measures(measures: Measures, names: Sequence[str]) -> dict[str, Any]:
    return {
        "mean": measures.mean,
        "min": measures.least,
        "max": measures.greatest,
        "stddev": measures.deviation,
        "percentiles": dict(zip(names, measures.percentiles, strict=True)),
    }
