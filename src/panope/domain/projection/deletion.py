"""`project_deletion`: what deleting traces and scores changes."""

from collections.abc import Iterable, Sequence
from typing import Final

from panope.domain.events import EntityKind
from panope.domain.merge import codec
from panope.domain.merge.codec import StateParts
from panope.domain.projection.rollups import Rollups
from panope.domain.projection.store import ChangeSet, RowStore
from panope.domain.tracing import TraceRow

_MAX_ROWS: Final = 2_000
"""Traces and observations that go at once: their states are read while nothing else is written."""


def project_deletion(store: RowStore, trace_ids: Sequence[str], score_ids: Sequence[str], at_us: int) -> ChangeSet:
    """Work out what goes when traces (with their observations and scores) and single scores are deleted.

    Everything that goes leaves a cut: the later of `at_us` and the latest event time that it knew, so that no
    repetition of what was deleted brings it back.
    """
    changes = ChangeSet()
    rollups = Rollups(store, changes, at_us)
    gone = set(trace_ids)
    for trace_id in gone:
        _remove_observations(store, store.find_observation_ids(trace_id), rollups, changes, at_us)
    doomed = {*score_ids, *(score_id for trace_id in gone for score_id in store.find_score_ids(trace_id))}
    _remove_scores(store, doomed, changes, at_us)
    stored = store.load_traces(gone) if gone else {}
    for trace_id in gone:
        known = stored.get(trace_id)
        changes.cuts[EntityKind.TRACE, trace_id] = _cut(known.parts if known else None, at_us)
    rollups.settle({}, gone=gone)
    return changes


def first_at_once(traces: Sequence[TraceRow]) -> Sequence[TraceRow]:
    """The first of these traces, as many as are to be deleted at once: fewer when they hold many observations."""
    rows = 0
    for count, trace in enumerate(traces):
        rows += 1 + trace.totals.observation_count
        if count and rows > _MAX_ROWS:
            return traces[:count]
    return traces


def _remove_observations(
    store: RowStore, observation_ids: Iterable[str], rollups: Rollups, changes: ChangeSet, at_us: int
) -> None:
    for observation_id, stored in store.load_observations(observation_ids).items():
        rollups.move_observation(stored.row, None)
        changes.removed_observations.append(observation_id)
        changes.cuts[EntityKind.OBSERVATION, observation_id] = _cut(stored.parts, at_us)


def _remove_scores(store: RowStore, score_ids: set[str], changes: ChangeSet, at_us: int) -> None:
    known = store.load_scores(score_ids) if score_ids else {}
    changes.removed_scores.extend(known)
    for score_id in score_ids:
        stored = known.get(score_id)
        changes.cuts[EntityKind.SCORE, score_id] = _cut(stored.parts if stored else None, at_us)


def _cut(parts: StateParts | None, at_us: int) -> int:
    return at_us if parts is None else max(at_us, codec.decode(parts).last_at_us())
