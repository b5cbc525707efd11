"""Sums that move by `view(new) − view(old)`: trace totals, sessions, time buckets."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from panope.domain.events import EntityKind
from panope.domain.experiments.links import link_trace
from panope.domain.merge.join import join, same
from panope.domain.merge.state import State
from panope.domain.merge.view import view_trace
from panope.domain.projection.sessions import SessionMoves
from panope.domain.projection.store import ChangeSet, Extremes, RowStore, Stored, Written
from panope.domain.rollups import HOUR_US, BucketKey, BucketTotals
from panope.domain.tracing import Level, ObservationRow, ObservationType, TraceRow, TraceTotals

_DEFAULT, _WARNING, _ERROR = (str(level) for level in (Level.DEFAULT, Level.WARNING, Level.ERROR))
_EVENT = str(ObservationType.EVENT)
_BucketPlace = tuple[int, str, str, str | None]
"""Hour, environment, observation type, model."""


class Rollups:
    """Collects how observations moved, then settles the traces, sessions and buckets that follow from it."""

    def __init__(self, store: RowStore, changes: ChangeSet, now_us: int) -> None:
        self._store = store
        self._changes = changes
        self._now_us = now_us
        self._moves: defaultdict[str, _TraceMove] = defaultdict(_TraceMove)
        self._sessions = SessionMoves(store, changes, now_us)

    def move_observation(self, old: ObservationRow | None, new: ObservationRow | None) -> None:
        """One observation appeared, changed or went."""
        if old is not None:
            self._moves[old.trace_id].left.append(old)
        if new is not None:
            self._moves[new.trace_id].entered.append(new)

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
        self._settle_buckets()

    def _settle_trace(self, trace_id: str, known: Stored[TraceRow] | None, incoming: State | None) -> TraceRow | None:
        """The trace's new row, written to the changes; None when it is gone; the old row when nothing changed."""
        known_state = known.state() if known else None
        state, is_told = known_state, False
        if incoming is not None:
            state = join(EntityKind.TRACE, known_state, incoming) if known_state else incoming
            is_told = known_state is None or not same(state, known_state)
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
        if known is not None and not is_told and _same(known.row, row):
            return known.row
        self._changes.traces.append(Written(row, state, known is None, is_told))
        if state is not None:
            self._link_trace(row, state, known_state if is_told else None)
        return row

    def _link_trace(self, row: TraceRow, state: State, old_state: State | None) -> None:
        link = link_trace(row, state)
        if link is not None:
            self._changes.trace_links.append(link)
        elif old_state is not None and link_trace(row, old_state) is not None:
            self._changes.unlinked_traces.append(row.id)

    def _move_trace(self, old: TraceRow | None, new: TraceRow | None, known: Stored[TraceRow] | None) -> None:
        if known is not None and new is known.row:
            return
        self._sessions.move(old, new)
        if old is not None:
            self._count_trace(old, -1)
        if new is not None:
            self._count_trace(new, 1)

    def _count_trace(self, row: TraceRow, sign: int) -> None:
        key = BucketKey(
            kind=EntityKind.TRACE,
            hour_us=row.timestamp_us // HOUR_US * HOUR_US,
            environment=row.environment,
            name=row.name or "",
        )
        totals = self._changes.buckets.get(key)
        if totals is None:
            totals = self._changes.buckets[key] = BucketTotals()
        totals.count += sign

    def _settle_buckets(self) -> None:
        buckets = self._changes.buckets
        left = _by_bucket(move.left for move in self._moves.values())
        entered = _by_bucket(move.entered for move in self._moves.values())
        for sign, moved in ((-1, left), (1, entered)):
            for (hour, environment, type_, model), rows in moved.items():
                key = BucketKey(
                    kind=EntityKind.OBSERVATION,
                    hour_us=hour * HOUR_US,
                    environment=environment,
                    name=type_,
                    model=model or "",
                )
                totals = buckets.get(key)
                if totals is None:
                    totals = buckets[key] = BucketTotals()
                _add_to_bucket(totals, rows, sign)
        for key in [key for key, totals in buckets.items() if totals.is_zero()]:
            del buckets[key]


def _by_bucket(moved: Iterable[list[ObservationRow]]) -> dict[_BucketPlace, list[ObservationRow]]:
    """Under plain tuples: there are many observations and few buckets."""
    found: dict[_BucketPlace, list[ObservationRow]] = {}
    for rows in moved:
        for row in rows:
            place = (row.start_us // HOUR_US, row.environment, row.type, row.model)
            together = found.get(place)
            if together is None:
                together = found[place] = []
            together.append(row)
    return found


def _add_to_bucket(totals: BucketTotals, rows: list[ObservationRow], sign: int) -> None:
    totals.count += sign * len(rows)
    totals.error_count += sign * [row.level for row in rows].count(_ERROR)
    for row in rows:
        if row.total_cost is not None:
            totals.total_cost += sign * row.total_cost
        if row.total_tokens or row.detail.usage:
            totals.unpriced_count += sign * lacks_price(row)
            totals.input_tokens += sign * row.input_tokens
            totals.output_tokens += sign * row.output_tokens
            totals.total_tokens += sign * row.total_tokens


class _TraceMove:
    """How the observations of one trace moved in this batch."""

    __slots__ = ("entered", "left")

    def __init__(self) -> None:
        self.entered: list[ObservationRow] = []
        self.left: list[ObservationRow] = []

    def apply(self, totals: TraceTotals, trace_id: str, store: RowStore) -> TraceTotals:
        """The trace's totals once these observations have moved; the given ones stay as they are."""
        stored = Extremes(
            first_start_us=totals.first_start_us,
            first_observation_id=totals.first_observation_id,
            first_environment=totals.first_environment,
            last_end_us=totals.last_end_us,
        )
        if self.left and (self._lost_first(totals) or self._lost_last(totals)):
            stored = store.find_extremes(trace_id, {row.id for row in (*self.left, *self.entered)})
        moved = msgspec.structs.replace(totals)
        _add_to_trace(moved, self.left, -1)
        _add_to_trace(moved, self.entered, 1)
        _find_extremes(moved, stored, self.entered)
        return moved

    def _lost_first(self, totals: TraceTotals) -> bool:
        """Whether the first observation left and none entered that is as early: an update that keeps it has not."""
        if all(row.id != totals.first_observation_id for row in self.left):
            return False
        first = (totals.first_start_us, totals.first_observation_id)
        return all((row.start_us, row.id) > first for row in self.entered)

    def _lost_last(self, totals: TraceTotals) -> bool:
        """Whether one that ended last left and none entered that ends as late."""
        last_end_us = totals.last_end_us
        if last_end_us is None or all(end_or_start_us(row) != last_end_us for row in self.left):
            return False
        return all(end_or_start_us(row) < last_end_us for row in self.entered)


def end_or_start_us(row: ObservationRow) -> int:
    """When an observation ended as far as is known."""
    return row.start_us if row.end_us is None else row.end_us


def lacks_price(row: ObservationRow) -> bool:
    """Whether an observation was used and nobody knows what that costs, which is not zero."""
    return row.total_cost is None and bool(row.detail.usage)


def _add_to_trace(totals: TraceTotals, rows: list[ObservationRow], sign: int) -> None:
    if not rows:
        return
    totals.observation_count += sign * len(rows)
    levels = [row.level for row in rows]
    default = levels.count(_DEFAULT)
    totals.default_count += sign * default
    if default < len(rows):
        errors, warnings = levels.count(_ERROR), levels.count(_WARNING)
        totals.error_count += sign * errors
        totals.warning_count += sign * warnings
        totals.debug_count += sign * (len(rows) - default - errors - warnings)
    for row in rows:
        if row.parent_id is None or row.is_app_root:
            totals.root_count += sign
        if row.end_us is None and row.type != _EVENT:
            totals.open_count += sign
        if row.model is not None or row.detail.usage or row.detail.cost:
            _add_call_to_trace(totals, row, sign)


def _add_call_to_trace(totals: TraceTotals, row: ObservationRow, sign: int) -> None:
    totals.unpriced_count += sign * lacks_price(row)
    totals.input_tokens += sign * row.input_tokens
    totals.output_tokens += sign * row.output_tokens
    totals.total_tokens += sign * row.total_tokens
    if row.total_cost is not None or row.detail.cost:
        totals.input_cost += sign * (row.input_cost or 0)
        totals.output_cost += sign * (row.output_cost or 0)
        totals.total_cost += sign * (row.total_cost or 0)


def _find_extremes(totals: TraceTotals, stored: Extremes, rows: list[ObservationRow]) -> None:
    """Set the first by (start, id) and the last by end-else-start, over what is stored and what entered."""
    start_us, first_id, environment = stored.first_start_us, stored.first_observation_id, stored.first_environment
    last_end_us = stored.last_end_us
    for row in rows:
        if start_us is None or first_id is None or row.start_us < start_us:
            start_us, first_id, environment = row.start_us, row.id, row.environment
        elif row.start_us == start_us and row.id <= first_id:
            first_id, environment = row.id, row.environment
        end_us = row.start_us if row.end_us is None else row.end_us
        if last_end_us is None or end_us > last_end_us:
            last_end_us = end_us
    totals.first_start_us, totals.first_observation_id, totals.first_environment = start_us, first_id, environment
    totals.last_end_us = last_end_us


def _same(old: TraceRow, new: TraceRow) -> bool:
    """Whether two rows differ in nothing but their arrival times."""
    fields: tuple[str, ...] = old.__struct_fields__
    return all(_value(old, name) == _value(new, name) for name in fields if name not in ("created_us", "updated_us"))


def _value(row: TraceRow, name: str) -> Any:
    return getattr(row, name)
