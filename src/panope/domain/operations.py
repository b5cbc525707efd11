"""Operations: work over the history of one project that takes a while, and what it changed so far."""

from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from panope.domain.ids import ProjectId

DAY_US: Final = 86_400_000_000
MAX_EXAMPLES: Final = 5
"""Ids shown for one field."""
MAX_COST_GROUPS: Final = 1_000
"""Models × days that are told apart; what comes beyond is counted under `OTHERS`."""
OTHERS: Final = "(others)"


class OperationKind(StrEnum):
    """What is done to each observation."""

    REPRICE = "reprice"
    """Price it again by the prices of now."""
    REMAP = "remap"
    """Read again what was sent, as far as it is kept, then price it."""
    DELETE = "delete"
    """Delete the traces that match a question."""


class OperationState(StrEnum):
    """Where an operation stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self in {OperationState.DONE, OperationState.FAILED, OperationState.CANCELLED}


class Selection(Struct, frozen=True, kw_only=True):
    """The traces that somebody meant, however many they were."""

    text: str
    """In the query language `q`; relative times count from the creation of the operation."""
    score_types: dict[str, str] = {}
    """The data types of the scores that the text names, as they were when it was confirmed."""
    environments: tuple[str, ...] = ()
    from_us: int | None = None
    until_us: int | None = None
    count: int
    """How many they were, as it was confirmed."""


class OperationOrder(Struct, frozen=True, kw_only=True):
    """What was asked for."""

    kind: OperationKind
    since_us: int
    """Observations that start at or after this …"""
    until_us: int
    """… and before this."""
    has_end: bool = True
    """Whether that end was asked for; else it was worked out when the order came. Of what is kept from before this was
    told apart, it is taken to be."""
    model: str | None = None
    """Only observations that sent exactly this model name."""
    is_dry_run: bool = False
    """Only work out what would change."""
    selection: Selection | None = None
    """Of a deletion, which is not bound by the times above: what came later than the operation is left alone."""
    basis: str = ""
    """Names the prices and the code that it was asked under. What was asked under others is another operation: a half
    done one would leave its first half as it was."""


class CostChange(Struct, kw_only=True):
    """Observations of one model name that start on one day (UTC), and what they cost before and after, in 10⁻¹² USD."""

    model: str
    day_us: int
    observations: int = 0
    changed: int = 0
    cost_before: int = 0
    cost_after: int = 0
    unpriced_before: int = 0
    """Observations with usage and without a cost."""
    unpriced_after: int = 0


class FieldChange(Struct, kw_only=True):
    """One field of a row, and in how many rows it changes."""

    name: str
    rows: int = 0
    examples: list[str] = field(default_factory=list)
    """Ids of some of the observations."""


class Differences(Struct, kw_only=True):
    """What an operation changes, or would. Holds names, counts and ids, never a payload."""

    observations: int = 0
    """Looked at; of a deletion: traces."""
    changed: int = 0
    """Or deleted."""
    costs: list[CostChange] = field(default_factory=list)
    fields: list[FieldChange] = field(default_factory=list)

    def add(self, other: "Differences") -> None:
        """Add what another part of the history brought."""
        self.observations += other.observations
        self.changed += other.changed
        self._add_costs(other.costs)
        known = {change.name: change for change in self.fields}
        for change in other.fields:
            own = known.get(change.name)
            if own is None:
                own = known[change.name] = FieldChange(name=change.name)
                self.fields.append(own)
            own.rows += change.rows
            own.examples = [*own.examples, *change.examples][:MAX_EXAMPLES]

    def _add_costs(self, costs: list[CostChange]) -> None:
        known = {(change.model, change.day_us): change for change in self.costs}
        for change in costs:
            model = change.model
            if (model, change.day_us) not in known and len(known) >= MAX_COST_GROUPS:
                model = OTHERS
            own = known.get((model, change.day_us))
            if own is None:
                own = known[model, change.day_us] = CostChange(model=model, day_us=change.day_us)
                self.costs.append(own)
            for name in CostChange.__struct_fields__[2:]:
                setattr(own, name, getattr(own, name) + getattr(change, name))


class Cursor(Struct, frozen=True):
    """The last observation that was looked at, in the order of (start, id); of a deletion the last trace, falling."""

    start_us: int
    id: str


class Operation(Struct, kw_only=True):
    """One operation with its progress. It belongs to one project and goes through its observations by (start, id)."""

    id: str
    project_id: ProjectId
    order: OperationOrder
    created_us: int
    state: OperationState = OperationState.WAITING
    cursor: Cursor | None = None
    """None: not begun. Everything up to it is done, in the same commit."""
    differences: Differences = field(default_factory=Differences)
    updated_us: int = 0
    error: str | None = None
    """Why it failed: a code, without a payload."""
