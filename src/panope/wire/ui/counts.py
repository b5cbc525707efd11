"""How much matches, what its values are and when it happened, in the web app."""

from typing import Any, Final, Literal

from msgspec import Struct

from panope.ports.exploration import RowCount, TimeCount, ValueCount
from panope.query.spread import Bin, Number
from panope.query.text.fields import Kind
from panope.wire.cost_explanation import show_usd
from panope.wire.langfuse.jsonvalues import encode

_UNITS: Final[dict[Kind, Literal["us", "usd", "number"]]] = {Kind.DURATION: "us", Kind.MONEY: "usd"}


class CountBody(Struct, rename="camel", kw_only=True):
    """How many rows match."""

    count: int
    is_exact: bool
    """False: there are more than that."""


class ValueCountBody(Struct, kw_only=True):
    """A value and how many rows have it."""

    value: str | int | float | bool
    count: int


class BinBody(Struct, rename={"low": "from", "high": "to"}, kw_only=True):
    """How many values lie from a bound on, below another; money as text in USD."""

    low: int | float | str
    high: int | float | str
    count: int


class ValuesBody(Struct, rename="camel", kw_only=True, tag_field="kind", tag="values"):
    """The most frequent values of a field."""

    field: str
    values: list[ValueCountBody]
    is_partial: bool
    """Only the newest rows were counted."""


class NumbersBody(Struct, rename="camel", kw_only=True, tag_field="kind", tag="numbers"):
    """How the numbers of a field are spread; bounds are null without any."""

    field: str
    unit: Literal["us", "usd", "number"]
    min: int | float | str | None
    max: int | float | str | None
    buckets: list[BinBody]
    is_partial: bool
    """Only the newest rows were counted."""


class StepBody(Struct, rename="camel", kw_only=True):
    """What happened in a step of time."""

    start_us: int
    count: int
    error_count: int


class HistogramBody(Struct, rename="camel", kw_only=True):
    """Rows by time, in steps without gaps."""

    bucket_us: int
    """Width of a step, but for those in which the clock is changed."""
    buckets: list[StepBody]
    until_us: int
    """End of the last step."""


class ThresholdBody(Struct, rename="camel", kw_only=True):
    """A value that so many percent of the rows do not exceed; null without any. Durations in µs, money as text."""

    value: int | float | str | None


def encode_count(found: RowCount) -> bytes:
    """Write a count."""
    return encode(CountBody(count=found.count, is_exact=found.is_exact))


def encode_values(field: str, values: list[ValueCount], *, is_partial: bool) -> bytes:
    """Write the values of a field."""
    listed = [ValueCountBody(value=one.value, count=one.count) for one in values]
    return encode(ValuesBody(field=field, values=listed, is_partial=is_partial))


def encode_numbers(field: str, kind: Kind, bins: list[Bin], *, is_partial: bool) -> bytes:
    """Write the spread of the numbers of a field."""
    shown = [BinBody(low=show_number(kind, one.low), high=show_number(kind, one.high), count=one.count) for one in bins]
    body = NumbersBody(
        field=field,
        unit=_UNITS.get(kind, "number"),
        min=shown[0].low if shown else None,
        max=shown[-1].high if shown else None,
        buckets=shown,
        is_partial=is_partial,
    )
    return encode(body)


def encode_histogram(width_us: int, steps: list[TimeCount], until_us: int) -> bytes:
    """Write rows by time."""
    listed = [StepBody(start_us=step.start_us, count=step.count, error_count=step.error_count) for step in steps]
    return encode(HistogramBody(bucket_us=width_us, buckets=listed, until_us=until_us))


def encode_threshold(kind: Kind, value: Number | None) -> bytes:
    """Write a threshold."""
    return encode(ThresholdBody(value=None if value is None else show_number(kind, value)))


def show_number(kind: Kind, value: Number) -> Any:
    """A number in the unit of its kind."""
    return show_usd(round(value)) if kind is Kind.MONEY else value
