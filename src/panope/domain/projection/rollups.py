"""Sums that move by `view(new) − view(old)`: trace totals, sessions, time buckets."""

from typing import Any

from panope.domain.events import EntityKind
from panope.domain.merge import codec
from panope.domain.merge.join import join
from panope.domain.merge.state import State
from panope.domain.merge.view import view_trace
from panope.domain.projection.sessions import SessionMoves
from panope.domain.projection.store import ChangeSet, Extremes, RowStore, Stored, Written
from panope.domain.rollups import HOUR_US, BucketKey, BucketTotals
from panope.domain.tracing import Level, ObservationRow, TraceRow, TraceTotals

_SUMMED = ("input_tokens", "output_tokens", "total_tokens", "input_cost", "output_cost", "total_cost")
_LEVEL_COUNT: dict[str, str] = {
    Level.ERROR: "error_count",
    Level.WARNING: "warning_count",
    Level.DEFAULT: "default_count",
    Level.DEBUG: "debug_count",
}


class Rollups:
    """Collects how observations moved, then settles the traces, sessions and buckets that follow from it."""

    def __init__(self, store: RowStore, changes: ChangeSet, now_us: int) -> None:
        self._store = store
        self._changes = changes
        self._now_us = now_us
        self._moves: dict[str, _TraceMove] = {}
        self._sessions = SessionMoves(store, changes, now_us)

    def move_observation(self, old: ObservationRow | None, new: ObservationRow | None) -> None:
        """One observation appeared, changed or went."""
        if old is not None:
            self._move(old.trace_id).leave(old)
            self._add_bucket(_observation_bucket(old), old, -1)
        if new is not None:
            self._move(new.trace_id).enter(new)
            self._add_bucket(_observation_bucket(new), new, 1)

    def settle(self, trace_states: dict[str, State], *, gone: set[str] | None = None) -> None:
        """Work out the rows of all traces that moved or were told about; traces in `gone` are removed."""
        touched = {*self._moves, *trace_states, *(gone or ())}
        stored = self._store.load_traces(touched) if touched else {}
        for trace_id in touched:
            known = stored.get(trace_id)
            row = None
            if not gone or trace_id not in gone:
                row = self._settle_trace(trace_id, known, trace_states.get(trace_id))
            elif known is not None:
                self._changes.removed_traces.append(trace_id)
            else:
                continue
            self._move_trace(known.row if known else None, row, known)
        self._sessions.settle()
        for key in [key for key, totals in self._changes.buckets.items() if totals.is_zero()]:
            del self._changes.buckets[key]

    def _move(self, trace_id: str) -> "_TraceMove":
        move = self._moves.get(trace_id)
        if move is None:
            move = self._moves[trace_id] = _TraceMove()
        return move

    def _settle_trace(self, trace_id: str, known: Stored[TraceRow] | None, incoming: State | None) -> TraceRow | None:
        """The trace's new row, written to the changes; None when it is gone; the old row when nothing changed."""
        known_state = codec.decode(known.parts) if known and known.parts else None
        state = known_state
        if incoming is not None:
            state = join(EntityKind.TRACE, known_state, incoming) if known_state else incoming
        move = self._moves.get(trace_id)
        totals = known.row.totals if known else TraceTotals()
        if move is not None:
            totals = move.apply(totals, trace_id, self._store)
        if state is None and totals.observation_count == 0:
            if known is not None:
                self._changes.removed_traces.append(trace_id)
            return None
        row = view_trace(trace_id, state, totals)
        row.created_us = known.row.created_us if known else self._now_us
        row.updated_us = self._now_us
        if known is not None and _same(known.row, row) and state == known_state:
            return known.row
        self._write_trace(row, known, state, state_changed=state != known_state)
        return row

    def _write_trace(
        self, row: TraceRow, known: Stored[TraceRow] | None, state: State | None, *, state_changed: bool
    ) -> None:
        parts = known.parts if known and not state_changed else codec.encode(state) if state else None
        self._changes.traces.append(Written(row, parts, known is None, state_changed))

    def _move_trace(self, old: TraceRow | None, new: TraceRow | None, known: Stored[TraceRow] | None) -> None:
        if known is not None and new is known.row:
            return
        self._sessions.move(old, new)
        if old is not None:
            self._bucket(_trace_bucket(old)).count -= 1
        if new is not None:
            self._bucket(_trace_bucket(new)).count += 1

    def _bucket(self, key: BucketKey) -> BucketTotals:
        totals = self._changes.buckets.get(key)
        if totals is None:
            totals = self._changes.buckets[key] = BucketTotals()
        return totals

    def _add_bucket(self, key: BucketKey, row: ObservationRow, sign: int) -> None:
        totals = self._bucket(key)
        totals.count += sign
        if row.level == Level.ERROR:
            totals.error_count += sign
        if row.detail.usage:
            totals.unpriced_count += sign * (row.total_cost is None)
            totals.input_tokens += sign * row.input_tokens
            totals.output_tokens += sign * row.output_tokens
            totals.total_tokens += sign * row.total_tokens
        totals.total_cost += sign * (row.total_cost or 0)


class _TraceMove:
    """How the observations of one trace moved in this batch."""

    def __init__(self) -> None:
        self._sums = dict.fromkeys((*_SUMMED, *_LEVEL_COUNT.values(), "observation_count", "root_count"), 0)
        self._entered: list[ObservationRow] = []
        self._left: list[ObservationRow] = []

    def enter(self, row: ObservationRow) -> None:
        self._entered.append(row)
        self._add(row, 1)

    def leave(self, row: ObservationRow) -> None:
        self._left.append(row)
        self._add(row, -1)

    def _add(self, row: ObservationRow, sign: int) -> None:
        sums = self._sums
        if row.detail.usage or row.detail.cost:
            for name in _SUMMED:
                sums[name] += sign * (getattr(row, name) or 0)
        sums[_LEVEL_COUNT[row.level]] += sign
        sums["observation_count"] += sign
        sums["root_count"] += sign * (row.parent_id is None or row.is_app_root)

    def apply(self, totals: TraceTotals, trace_id: str, store: RowStore) -> TraceTotals:
        moved = {name: getattr(totals, name) + change for name, change in self._sums.items()}
        stored = Extremes(
            first_start_us=totals.first_start_us,
            first_observation_id=totals.first_observation_id,
            first_environment=totals.first_environment,
            last_end_us=totals.last_end_us,
        )
        if self._lost_first(totals) or self._lost_last(totals):
            stored = store.find_extremes(trace_id, {row.id for row in (*self._left, *self._entered)})
        extremes = _combine(stored, self._entered)
        return TraceTotals(**moved, **{name: getattr(extremes, name) for name in extremes.__struct_fields__})

    def _lost_first(self, totals: TraceTotals) -> bool:
        """Whether the first observation left and none entered that is as early: an update that keeps it has not."""
        if all(row.id != totals.first_observation_id for row in self._left):
            return False
        first = (totals.first_start_us, totals.first_observation_id)
        return all((row.start_us, row.id) > first for row in self._entered)

    def _lost_last(self, totals: TraceTotals) -> bool:
        """Whether one that ended last left and none entered that ends as late."""
        last_end_us = totals.last_end_us
        if last_end_us is None or all(end_or_start_us(row) != last_end_us for row in self._left):
            return False
        return all(end_or_start_us(row) < last_end_us for row in self._entered)


def end_or_start_us(row: ObservationRow) -> int:
    """When an observation ended as far as is known."""
    return row.start_us if row.end_us is None else row.end_us


def _combine(stored: Extremes, rows: list[ObservationRow]) -> Extremes:
    firsts: list[tuple[int, str, str | None]] = [(row.start_us, row.id, row.environment) for row in rows]
    if stored.first_start_us is not None and stored.first_observation_id is not None:
        firsts.append((stored.first_start_us, stored.first_observation_id, stored.first_environment))
    ends = [end_or_start_us(row) for row in rows]
    if stored.last_end_us is not None:
        ends.append(stored.last_end_us)
    start_us, observation_id, environment = min(firsts, key=lambda first: first[:2], default=(None, None, None))
    return Extremes(
        first_start_us=start_us,
        first_observation_id=observation_id,
        first_environment=environment,
        last_end_us=max(ends, default=None),
    )


def _same(old: TraceRow, new: TraceRow) -> bool:
    """Whether two rows differ in nothing but their arrival times."""
    fields: tuple[str, ...] = old.__struct_fields__
    return all(_value(old, name) == _value(new, name) for name in fields if name not in ("created_us", "updated_us"))


def _value(row: TraceRow, name: str) -> Any:
    return getattr(row, name)


def _observation_bucket(row: ObservationRow) -> BucketKey:
    return BucketKey(
        kind=EntityKind.OBSERVATION,
        hour_us=row.start_us // HOUR_US * HOUR_US,
        environment=row.environment,
        name=row.type,
        model=row.model or "",
    )


def _trace_bucket(row: TraceRow) -> BucketKey:
    return BucketKey(
        kind=EntityKind.TRACE,
        hour_us=row.timestamp_us // HOUR_US * HOUR_US,
        environment=row.environment,
        name=row.name or "",
    )
