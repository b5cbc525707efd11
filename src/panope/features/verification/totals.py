"""Trace totals against the observations, and time buckets against the rows of their hour."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from panope.domain.events import EntityKind
from panope.domain.rollups import HOUR_US, BucketKey, BucketTotals
from panope.domain.tracing import Level, ObservationType, TraceTotals
from panope.features.verification.findings import FindingKind, Findings, show_time
from panope.features.verification.streams import Key, side_by_side
from panope.ports.verification import ObservationFacts, Project, StoredSums, TraceFacts

_LEVEL_COUNTS: Final[dict[str, str]] = {
    Level.ERROR: "error_count",
    Level.WARNING: "warning_count",
    Level.DEFAULT: "default_count",
    Level.DEBUG: "debug_count",
}
_BUCKET_KEY: Final = tuple(name for name in BucketKey.__struct_fields__ if name != "kind")


def check_totals(store: StoredSums, within: Project, findings: Findings) -> Iterator[None]:
    """Every trace has the totals of its observations, and exists for a reason. Yields once per trace."""
    traces = (((facts.project, facts.id), facts) for facts in store.traces_by_id(within))
    for (project, trace_id), trace, totals in side_by_side(traces, _sums(store, within)):
        if trace is None:
            findings.add(FindingKind.TRACE_MISSING, project, "trace", trace_id)
        else:
            _check_trace(trace, totals, findings)
        yield


def _check_trace(trace: TraceFacts, totals: TraceTotals | None, findings: Findings) -> None:
    if totals is None and not trace.has_state:
        findings.add(FindingKind.TRACE_EMPTY, trace.project, "trace", trace.id)
        return
    expected = totals or TraceTotals()
    if trace.totals != expected:
        names = [
            name for name in TraceTotals.__struct_fields__ if getattr(trace.totals, name) != getattr(expected, name)
        ]
        findings.add(FindingKind.TOTALS_DIFFER, trace.project, "trace", trace.id, names)


def _sums(store: StoredSums, within: Project) -> Iterator[tuple[Key, TraceTotals]]:
    observations = store.observations_by_trace(within)
    for key, group in groupby(observations, lambda facts: (facts.project, facts.trace_id)):
        yield key, add_up(group)


def add_up(observations: Iterator[ObservationFacts]) -> TraceTotals:
    """Totals of a trace's observations, in whatever order they come."""
    totals = TraceTotals()
    first: tuple[int, str] | None = None
    for facts in observations:
        totals.observation_count += 1
        totals.root_count += facts.is_root
        totals.input_tokens += facts.input_tokens
        totals.output_tokens += facts.output_tokens
        totals.total_tokens += facts.total_tokens
        totals.input_cost += facts.input_cost or 0
        totals.output_cost += facts.output_cost or 0
        totals.total_cost += facts.total_cost or 0
        totals.unpriced_count += facts.lacks_price
        totals.open_count += facts.end_us is None and facts.type != ObservationType.EVENT
        if count := _LEVEL_COUNTS.get(facts.level):
            setattr(totals, count, getattr(totals, count) + 1)
        end_us = facts.start_us if facts.end_us is None else facts.end_us
        if totals.last_end_us is None or end_us > totals.last_end_us:
            totals.last_end_us = end_us
        if first is None or (facts.start_us, facts.id) < first:
            first = (facts.start_us, facts.id)
            totals.first_start_us, totals.first_observation_id = first
            totals.first_environment = facts.environment
    return totals


def check_buckets(store: StoredSums, kind: EntityKind, within: Project, findings: Findings) -> Iterator[None]:
    """Every time bucket of a kind is the sum of the rows of its hour. Yields once per bucket.

    A finding names the hour alone: what else tells buckets apart was sent.
    """
    sums = _trace_buckets(store, within) if kind is EntityKind.TRACE else _observation_buckets(store, within)
    stored = ((_place(project, key), totals) for project, key, totals in store.buckets(kind, within))
    for place, expected, found in side_by_side(sums, stored):
        one, other = expected or BucketTotals(), found or BucketTotals()
        if one != other:
            project, hour_us = place[:2]
            names = [name for name in BucketTotals.__struct_fields__ if getattr(one, name) != getattr(other, name)]
            findings.add(FindingKind.BUCKET_DIFFERS, project, f"{kind.value} bucket", show_time(hour_us), names)
        yield


def _place(project: int, key: BucketKey) -> Key:
    return (project, *(getattr(key, name) for name in _BUCKET_KEY))


def _observation_buckets(store: StoredSums, within: Project) -> Iterator[tuple[Key, BucketTotals]]:
    observations = store.observations_by_time(within)
    for (project, hour), group in groupby(observations, lambda facts: (facts.project, facts.start_us // HOUR_US)):
        sums: dict[tuple[str, str, str], BucketTotals] = {}
        for facts in group:
            totals = sums.setdefault((facts.environment, facts.type, facts.model or ""), BucketTotals())
            totals.count += 1
            totals.error_count += facts.level == Level.ERROR
            totals.unpriced_count += facts.lacks_price
            totals.input_tokens += facts.input_tokens
            totals.output_tokens += facts.output_tokens
            totals.total_tokens += facts.total_tokens
            totals.total_cost += facts.total_cost or 0
        for place in sorted(sums):
            yield (project, hour * HOUR_US, *place), sums[place]


def _trace_buckets(store: StoredSums, within: Project) -> Iterator[tuple[Key, BucketTotals]]:
    traces = store.traces_by_time(within)
    for (project, hour), group in groupby(traces, lambda facts: (facts.project, facts.timestamp_us // HOUR_US)):
        sums: dict[tuple[str, str, str], BucketTotals] = {}
        for facts in group:
            sums.setdefault((facts.environment, facts.name or "", ""), BucketTotals()).count += 1
        for place in sorted(sums):
            yield (project, hour * HOUR_US, *place), sums[place]
