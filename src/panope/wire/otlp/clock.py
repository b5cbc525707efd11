"""The times of a span: nanoseconds to microseconds, gaps filled, other units refused."""

from typing import Final

from panope.wire.semconv.draft import FIRST_TIME_US, fits
from panope.wire.semconv.span import Span, SpanRefusedError

_UNITS: Final = ((1_000_000_000, "seconds"), (1_000_000, "milliseconds"), (1_000, "microseconds"))


def read_times(span: Span, received_us: int, latest_us: int) -> tuple[int, int | None, bool]:
    """Start and end in µs, and whether the start was sent.

    Floored to µs; a missing start is the end, and when both are missing the time of receipt.

    Raises `SpanRefusedError` for times before 2000 or after `latest_us`.
    """
    start_us, end_us = span.start_ns // 1000, span.end_ns // 1000
    if FIRST_TIME_US <= start_us <= end_us <= latest_us:
        return start_us, end_us, True
    if span.start_ns and not fits(start_us, latest_us):
        raise _outside("startTimeUnixNano", span.start_ns, latest_us)
    if not span.end_ns:
        start_us = start_us if span.start_ns else received_us
        return start_us, None, bool(span.start_ns)
    if not fits(end_us, latest_us):
        raise _outside("endTimeUnixNano", span.end_ns, latest_us)
    return start_us if span.start_ns else end_us, end_us, bool(span.start_ns)


def _outside(what: str, value: int, latest_us: int) -> SpanRefusedError:
    for factor, unit in _UNITS:
        if fits(value * factor // 1000, latest_us):
            message = f"Its {what} looks like {unit} since 1970; it must be nanoseconds."
            return SpanRefusedError("wrong_time_unit", message)
    edge = "lies before the year 2000" if value // 1000 < FIRST_TIME_US else "lies more than a day ahead"
    message = f"Its {what} {edge}; it must be nanoseconds since 1970, and the clock must be right."
    return SpanRefusedError("time_out_of_range", message)
