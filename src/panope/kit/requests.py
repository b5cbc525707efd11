"""Counting requests: what is counted most often, so counted in plain numbers that are named when somebody asks."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class RequestCounts(Collector):
    """Requests by method, route and status, and their durations by route. Counted on one thread."""

    def __init__(self, buckets_s: Sequence[float]) -> None:
        self._buckets_s = buckets_s
        self._answers: dict[tuple[str, str, int], int] = {}
        self._durations: dict[str, list[int]] = {}
        self._sums_s: dict[str, float] = {}

    def count(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Count an answered request."""
        key = method, route, status
        self._answers[key] = self._answers.get(key, 0) + 1
        counts = self._durations.get(route)
        if counts is None:
            counts = self._durations[route] = [0] * (len(self._buckets_s) + 1)
            self._sums_s[route] = 0.0
        counts[bisect_left(self._buckets_s, duration_s)] += 1
        self._sums_s[route] += duration_s

    def describe(self) -> Iterator[Metric]:
        """Names of what is collected."""
        yield CounterMetricFamily("panope_http_requests", "Requests answered", labels=("method", "route", "status"))
        yield HistogramMetricFamily(
            "panope_http_request_duration_seconds",
            "Time from the first byte of a request to the last of its answer",
            labels=("route",),
        )

    def collect(self) -> Iterator[Metric]:
        """What was counted so far."""
        answers, durations = self.describe()
        assert isinstance(answers, CounterMetricFamily)
        assert isinstance(durations, HistogramMetricFamily)
        for (method, route, status), number in list(self._answers.items()):
            answers.add_metric((method, route, str(status)), number)
        names = [*map(_number, self._buckets_s), "+Inf"]
        for route, counts in list(self._durations.items()):
            buckets = list(zip(names, map(float, accumulate(counts)), strict=True))
            durations.add_metric((route,), buckets, self._sums_s[route])
        yield answers
        yield durations


def _number(bound: float) -> str:
    return str(float(bound))
