"""`project_replay`: what changes when observations are looked at again, by other prices or another reading."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

import msgspec

from panope.domain.experiments.links import link_told, told_experiment
from panope.domain.merge import codec
from panope.domain.merge.join import same
from panope.domain.merge.state import State
from panope.domain.merge.view import view_observation
from panope.domain.operations import DAY_US, CostChange, Differences, FieldChange
from panope.domain.pricing import PriceBook
from panope.domain.projection.rollups import Rollups
from panope.domain.projection.store import ChangeSet, RowStore, Written
from panope.domain.tracing import ObservationRow

_ARRIVAL: Final = ("created_us", "updated_us")


class StateReader(Protocol):
    """Reads again what a state kept of what was sent."""

    def read(self, state: State, sets: Mapping[str, dict[str, Any]]) -> State:
        """The state as it would be had its events arrived now; the same object when that is how it is.

        `sets` holds the resource and scope attributes that the state names, by their ids, as far as they are stored.
        """


class SetStore(RowStore, Protocol):
    """A row store that knows attribute sets too."""

    def load_attribute_sets(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Resource and scope attributes by the id of their set; ids that name nothing are absent."""


def project_replay(
    store: SetStore, observation_ids: Iterable[str], prices: PriceBook, reader: StateReader | None, now_us: int
) -> tuple[ChangeSet, Differences]:
    """Work out the rows of observations anew, and every sum that moves with them.

    Ids that name nothing are passed over. A row that comes out as it is stays as it is, arrival times included; one
    that changes takes `now_us` as `updated_us`. Without a reader the states stay, and only what follows from them and
    from the prices changes. Doing it twice changes nothing the second time.
    """
    changes = ChangeSet()
    rollups = Rollups(store, changes, now_us)
    differences = _Differences()
    stored = store.load_observations(list(observation_ids))
    states = {row_id: codec.decode(known.parts) for row_id, known in stored.items() if known.parts is not None}
    sets = store.load_attribute_sets(_named_sets(states.values())) if reader is not None else {}
    for row_id, known in states.items():
        state = known if reader is None else reader.read(known, sets)
        old = stored[row_id].row
        row = view_observation(row_id, state, prices)
        row.created_us, row.updated_us = old.created_us, old.updated_us
        is_reread = state is not known and not same(state, known)
        differences.note(old, row, is_reread=is_reread)
        if row == old and not is_reread:
            continue
        row.updated_us = now_us
        changes.observations.append(Written(row, state, is_new=False, state_changed=is_reread))
        told = told_experiment(state)
        if told is not None:
            changes.place_observation(row_id, link_told(row, told))
        rollups.move_observation(old, row)
    rollups.settle({})
    return changes, differences.collected()


def _named_sets(states: Iterable[State]) -> list[str]:
    named = {
        set_id: None
        for state in states
        for fragment in state.fragments
        for name in ("resource", "scope")
        if (set_id := fragment.values.get(name))
    }
    return sorted(named)


class _Differences:
    """Collects how rows differ."""

    def __init__(self) -> None:
        self._all = Differences()
        self._costs: dict[tuple[str, int], CostChange] = {}
        self._fields: dict[str, FieldChange] = {}

    def note(self, old: ObservationRow, new: ObservationRow, *, is_reread: bool) -> None:
        self._all.observations += 1
        names = _changed_fields(old, new) or (["state"] if is_reread else [])
        self._all.changed += bool(names)
        for name in names:
            change = self._fields.setdefault(name, FieldChange(name=name))
            change.rows += 1
            change.examples.append(new.id)
        self._note_cost(old, new, is_changed=bool(names))

    def collected(self) -> Differences:
        found = Differences(observations=self._all.observations, changed=self._all.changed)
        found.add(Differences(costs=list(self._costs.values()), fields=list(self._fields.values())))
        return found

    def _note_cost(self, old: ObservationRow, new: ObservationRow, *, is_changed: bool) -> None:
        if not (old.detail.usage or new.detail.usage or old.total_cost or new.total_cost):
            return
        key = (new.model or "", new.start_us // DAY_US * DAY_US)
        change = self._costs.setdefault(key, CostChange(model=key[0], day_us=key[1]))
        change.observations += 1
        change.changed += is_changed
        change.cost_before += old.total_cost or 0
        change.cost_after += new.total_cost or 0
        change.unpriced_before += bool(old.detail.usage) and old.total_cost is None
        change.unpriced_after += bool(new.detail.usage) and new.total_cost is None


def _changed_fields(old: ObservationRow, new: ObservationRow) -> list[str]:
    """Names of the fields that differ, those of the detail by their own names; nothing about arrival."""
    if old == new:
        return []
    before, after = _flat(old), _flat(new)
    return [name for name, value in after.items() if before[name] != value]


def _flat(row: ObservationRow) -> dict[str, Any]:
    values = msgspec.structs.asdict(row)
    detail = msgspec.structs.asdict(values.pop("detail"))
    return {name: value for name, value in {**values, **detail}.items() if name not in _ARRIVAL}
