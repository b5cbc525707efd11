"""Rows, and their links to experiments, against the states that they follow from."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, Final

import msgspec

from panope.domain.events import EntityKind
from panope.domain.merge import codec
from panope.domain.merge.codec import StateParts
from panope.domain.merge.join import join
from panope.domain.merge.state import Fragment, State
from panope.domain.merge.view import view_observation, view_score, view_trace
from panope.domain.scores import ScoreDataType, ScoreRow, ScoreSource
from panope.domain.tracing import Level, ObservationRow, ObservationType, TraceRow
from panope.features.verification.findings import FindingKind, Findings
from panope.features.verification.links import check_link
from panope.features.verification.prices import CostCheck, RecordedPrices
from panope.kit.clock import Clock
from panope.ports.verification import StoredRow, StoreSnapshot, Unreadable

_ARRIVAL: Final = frozenset({"created_us", "updated_us"})
_SETS_REMEMBERED: Final = 20_000
_DAY_US: Final = 86_400_000_000
_OBSERVATION_TYPES: Final = frozenset(kind.value for kind in ObservationType)
_LEVELS: Final = frozenset(level.value for level in Level)
_DATA_TYPES: Final = frozenset(kind.value for kind in ScoreDataType)
_SOURCES: Final = frozenset(source.value for source in ScoreSource)

Row = TraceRow | ObservationRow | ScoreRow


class StateCheck:
    """Checks one row after the other."""

    def __init__(self, store: StoreSnapshot, findings: Findings, costs: CostCheck, clock: Clock) -> None:
        self._store = store
        self._findings = findings
        self._projects = store.projects()
        self._costs = costs
        self._prices = RecordedPrices()
        self._clock = clock
        self._latest_us = 0
        self._has_set = lru_cache(_SETS_REMEMBERED)(store.has_attribute_set)

    def check_all(self, rows: Iterator[StoredRow]) -> Iterator[None]:
        """Check rows; yields once per row."""
        self._latest_us = max(self._clock(), self._store.last_receipt_us()) + _DAY_US
        for stored in rows:
            self._check(stored)
            yield

    def _check(self, stored: StoredRow) -> None:
        """Add what is wrong with a row and its state."""
        if stored.project not in self._projects:
            self._add(FindingKind.PROJECT_UNKNOWN, stored)
        row = stored.row
        if isinstance(row, Unreadable):
            self._add(FindingKind.ROW_UNREADABLE, stored, note=row.reason)
        else:
            self._check_values(stored, row)
        state = self._decode(stored)
        if isinstance(row, Unreadable) or isinstance(state, Unreadable):
            return
        if isinstance(row, TraceRow):
            if state is None and row.has_state:
                self._add(FindingKind.STATE_MISSING, stored)
                return
        elif state is None:
            self._add(FindingKind.STATE_MISSING, stored)
            return
        self._check_view(stored, row, state)

    def _decode(self, stored: StoredRow) -> State | Unreadable | None:
        parts = stored.parts
        if parts is None:
            return None
        found: State | Unreadable
        wrong: Sequence[str]
        if isinstance(parts, StateParts):
            found, wrong = examine(stored.kind, parts)
        else:
            found, wrong = parts, ()
        if isinstance(found, Unreadable):
            self._add(FindingKind.STATE_UNREADABLE, stored, note=found.reason)
            return found
        if wrong:
            self._add(FindingKind.STATE_ABNORMAL, stored, wrong)
        self._check_sets(stored, found)
        return found

    def _check_sets(self, stored: StoredRow, state: State) -> None:
        values = state.values()
        named = [name for name in ("resource", "scope") if values.get(name)]
        missing = [name for name in named if not self._knows(stored.project, values[name])]
        if missing:
            self._add(FindingKind.ATTRIBUTES_MISSING, stored, missing)

    def _knows(self, project: int, set_id: object) -> bool:
        return isinstance(set_id, str) and self._has_set(project, set_id)

    def _check_view(self, stored: StoredRow, row: Row, state: State | None) -> None:
        try:
            expected = self._view(row, state, stored.parts)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._add(FindingKind.STATE_ABNORMAL, stored, note=type(error).__name__)
            return
        expected.created_us, expected.updated_us = row.created_us, row.updated_us
        check_link(stored, expected, State([]) if state is None else state, self._findings)
        if expected != row:
            self._add(FindingKind.ROW_DIFFERS, stored, differences(row, expected))
        elif isinstance(row, ObservationRow):
            project = self._projects.get(stored.project)
            if project is not None and not self._costs.is_right(project, row):
                self._add(FindingKind.COST_DIFFERS, stored, ("cost",))

    def _view(self, row: Row, state: State | None, parts: object) -> Row:
        if isinstance(row, TraceRow):
            return view_trace(row.id, state, row.totals)
        assert state is not None
        if isinstance(row, ObservationRow):
            return self._view_observation(row, state)
        return view_score(row.id, state, parts.metadata if isinstance(parts, StateParts) else None)

    def _view_observation(self, row: ObservationRow, state: State) -> ObservationRow:
        """Estimated usage stands in no state: it is taken from the row, and what follows from it is checked."""
        is_estimated = row.detail.usage_estimated and not state.values().get("usage")
        if is_estimated:
            state = State([*state.fragments, Fragment(state.fragments[-1].stamp, {"usage": row.detail.usage})])
        expected = view_observation(row.id, state, self._prices.of(row))
        expected.detail = msgspec.structs.replace(expected.detail, usage_estimated=is_estimated)
        return expected

    def _check_values(self, stored: StoredRow, row: Row) -> None:
        wrong = _malformed(row)
        if max(row.created_us, row.updated_us) > self._latest_us:
            wrong.append("updated_us" if row.created_us <= self._latest_us else "created_us")
        if wrong:
            self._add(FindingKind.VALUE_MALFORMED, stored, wrong)

    def _add(self, kind: FindingKind, stored: StoredRow, fields: Sequence[str] = (), note: str = "") -> None:
        self._findings.add(kind, stored.project, stored.kind.value, stored.id, fields, note)


def examine(kind: EntityKind, parts: StateParts) -> tuple[State | Unreadable, Sequence[str]]:
    """Decode a state, and name the parts of it that panope would not have stored like that."""
    try:
        state = codec.decode(parts)
        wrong = _abnormalities(kind, state, parts)
        if wrong:
            codec.read_payload(parts)
    except Exception as error:  # noqa: BLE001 - the shapes that damage can take have no list
        return Unreadable(type(error).__name__), ()
    return state, wrong


def differences(row: Any, expected: Any, prefix: str = "") -> list[str]:
    """Names of the fields in which two structs differ, arrival times aside; of a struct inside as `outer.inner`."""
    names = []
    for name in row.__struct_fields__:
        one, other = getattr(row, name), getattr(expected, name)
        if name in _ARRIVAL or one == other:
            continue
        if isinstance(one, msgspec.Struct) and isinstance(other, msgspec.Struct):
            names += differences(one, other, f"{prefix}{name}.")
        else:
            names.append(prefix + name)
    return names


def _abnormalities(kind: EntityKind, state: State, parts: StateParts) -> list[str]:
    """Parts of a state that are not as panope stores them: fragments not in normal form, texts lost or left over."""
    again = codec.encode(state)
    wrong = ["fragments"] if not _is_normal(kind, state, again) else []
    wrong += [name for name in ("input", "output", "metadata") if getattr(again, name) != getattr(parts, name)]
    values = state.values()
    wrong += [name for name in ("input", "output") if name in values and not isinstance(values[name], str)]
    return wrong


def _is_normal(kind: EntityKind, state: State, encoded: StateParts) -> bool:
    if len(state.fragments) <= 1:
        return bool(state.fragments)
    joined = join(kind, state)
    return joined == state or codec.encode(joined) == encoded


def _malformed(row: Row) -> list[str]:
    if isinstance(row, ObservationRow):
        return [
            name
            for name, known in (("type", _OBSERVATION_TYPES), ("level", _LEVELS))
            if getattr(row, name) not in known
        ]
    return _malformed_score(row) if isinstance(row, ScoreRow) else []


def _malformed_score(row: ScoreRow) -> list[str]:
    wrong = [
        name for name, known in (("data_type", _DATA_TYPES), ("source", _SOURCES)) if getattr(row, name) not in known
    ]
    if not isfinite(row.value) or (row.data_type == ScoreDataType.BOOLEAN and row.value not in (0, 1)):
        wrong.append("value")
    return wrong
