"""`project_events`: what a batch of events changes."""

from collections.abc import Iterable

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.experiments.links import link_told, told_experiment
from panope.domain.merge import codec
from panope.domain.merge.join import forget, join, same
from panope.domain.merge.lift import lift, lift_pair
from panope.domain.merge.state import State
from panope.domain.merge.view import view_observation, view_score
from panope.domain.pricing import PriceBook
from panope.domain.projection.rollups import Rollups
from panope.domain.projection.store import ChangeSet, RowStore, Stored, Written
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow


def project_events(store: RowStore, events: Iterable[TelemetryEvent], prices: PriceBook, now_us: int) -> ChangeSet:
    """Work out every row that changes when `events` join what is stored.

    `now_us` is the arrival time that new rows take as `created_us` and changed ones as `updated_us`. Events that tell
    nothing new change nothing. Reads only through `store`; writes nothing.
    """
    states = _lift_all(events)
    changes = ChangeSet()
    rollups = Rollups(store, changes, now_us)
    cuts = _Cuts(store, states)
    _project_observations(_Step(store, cuts, rollups, changes, now_us), states[EntityKind.OBSERVATION], prices)
    _project_scores(_Step(store, cuts, rollups, changes, now_us), states[EntityKind.SCORE])
    rollups.settle(cuts.drop_all(EntityKind.TRACE, states[EntityKind.TRACE]))
    return changes


_States = dict[str, State]


def _lift_all(events: Iterable[TelemetryEvent]) -> dict[EntityKind, _States]:
    first: dict[EntityKind, dict[str, TelemetryEvent]] = {kind: {} for kind in EntityKind}
    several: dict[EntityKind, dict[str, list[TelemetryEvent]]] = {kind: {} for kind in EntityKind}
    for event in events:
        known = first[event.kind].setdefault(event.entity_id, event)
        if known is not event:
            several[event.kind].setdefault(event.entity_id, [known]).append(event)
    lifted: dict[EntityKind, _States] = {}
    for kind, entities in first.items():
        more = several[kind]
        lifted[kind] = {
            entity_id: _state_of(kind, more[entity_id]) if entity_id in more else lift(event)
            for entity_id, event in entities.items()
        }
    return lifted


def _state_of(kind: EntityKind, events: list[TelemetryEvent]) -> State:
    state = lift_pair(*events) if len(events) == 2 else None
    return state or join(kind, *map(lift, events))


class _Cuts:
    """Tombstones that concern a batch: of its entities, and of the traces that they name."""

    def __init__(self, store: RowStore, states: dict[EntityKind, _States]) -> None:
        self._traces: dict[str, int] = {}
        self._own: dict[EntityKind, dict[str, int]] = {}
        if store.has_cuts():
            self._load(store, states)

    def _load(self, store: RowStore, states: dict[EntityKind, _States]) -> None:
        self._own = {kind: store.load_cuts(kind, entities) if entities else {} for kind, entities in states.items()}
        named = {
            trace_id
            for kind in (EntityKind.OBSERVATION, EntityKind.SCORE)
            for entity_id, state in states[kind].items()
            if (trace_id := _trace_id(kind, entity_id, state))
        }
        self._traces = store.load_cuts(EntityKind.TRACE, named) if named else {}

    def drop(self, kind: EntityKind, entity_id: str, state: State) -> State | None:
        """What is left of late repetitions; None when nothing is."""
        cut_us = self._own[kind].get(entity_id) if self._own else None
        if self._traces and (trace_id := _trace_id(kind, entity_id, state)) in self._traces:
            cut_us = max(cut_us or 0, self._traces[trace_id])
        if cut_us is None:
            return state
        left = forget(kind, state, cut_us)
        return left if left.fragments else None

    def drop_all(self, kind: EntityKind, states: _States) -> _States:
        """The same for many."""
        if not self._own:
            return states
        left = {entity_id: self.drop(kind, entity_id, state) for entity_id, state in states.items()}
        return {entity_id: state for entity_id, state in left.items() if state is not None}


def _trace_id(kind: EntityKind, entity_id: str, state: State) -> str | None:
    """Trace that an observation or a score names; an observation that names none is its own."""
    trace_id: str | None = state.values().get("trace_id")
    return trace_id or (entity_id if kind is EntityKind.OBSERVATION else None)


class _Step:
    """What projecting one kind of entity needs."""

    def __init__(self, store: RowStore, cuts: _Cuts, rollups: Rollups, changes: ChangeSet, now_us: int) -> None:
        self.store = store
        self.cuts = cuts
        self.rollups = rollups
        self.changes = changes
        self.now_us = now_us


def _merge(kind: EntityKind, stored: Stored[ObservationRow] | Stored[ScoreRow] | None, incoming: State) -> State | None:
    """The joined state, or None when nothing new was said."""
    if stored is None or stored.parts is None:
        return incoming
    known = codec.decode(stored.parts)
    joined = join(kind, known, incoming)
    return None if same(joined, known) else joined


def _project_observations(step: _Step, states: _States, prices: PriceBook) -> None:
    states = step.cuts.drop_all(EntityKind.OBSERVATION, states)
    known = step.store.load_observations(states) if states else {}
    now_us, written, move = step.now_us, step.changes.observations, step.rollups.move_observation
    for observation_id, incoming in states.items():
        stored = known.get(observation_id)
        state = incoming if stored is None else _merge(EntityKind.OBSERVATION, stored, incoming)
        if state is None:
            continue
        values = state.values()
        if "start_time" not in values:  # a codec gives every event a time, so this only guards the store
            continue
        row = view_observation(observation_id, state, prices, values)
        row.created_us = stored.row.created_us if stored else now_us
        row.updated_us = now_us
        written.append(Written(row, state, stored is None))
        if "experiment" in values:
            told = told_experiment(state)
            if told is not None:
                step.changes.place_observation(observation_id, link_told(row, told))
        move(stored.row if stored else None, row)


def _project_scores(step: _Step, states: _States) -> None:
    states = step.cuts.drop_all(EntityKind.SCORE, states)
    known = step.store.load_scores(states) if states else {}
    for score_id, incoming in states.items():
        stored = known.get(score_id)
        state = _merge(EntityKind.SCORE, stored, incoming)
        if state is None or "timestamp" not in state.values():
            continue
        row = view_score(score_id, state, codec.metadata_text(state))
        row.created_us = stored.row.created_us if stored else step.now_us
        row.updated_us = step.now_us
        step.changes.scores.append(Written(row, state, stored is None))
