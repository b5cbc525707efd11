"""What checking a store asks of it: one snapshot, read in orders in which everything can be checked in bounded memory.

All methods block and belong to one thread. What they answer is of one moment, however long the reading takes and
whoever writes meanwhile. A project is a number of the store's own, so that rows of a project that is not there can be
told of too. `within` limits an answer to one project; None is the whole store. Texts are ordered by code point.

Every method may raise `UnavailableError`: with code `store_damaged` when the store cannot be read at that place, with
another when it is away.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from panope.domain.events import AttributeSet, EntityKind
from panope.domain.experiments.links import ExperimentLink
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.merge.codec import StateParts
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow, TraceTotals

STORE_DAMAGED = "store_damaged"
"""Code of the `UnavailableError` of a store that is there and cannot be read at some place."""

Project = int | None


class Unreadable(Struct, frozen=True):
    """Stands for what is stored and cannot be decoded."""

    reason: str
    """The name of the failure, never what was being read."""


class StoredLink(Struct, frozen=True, kw_only=True):
    """One link of an observation or a trace to an experiment, as it is stored."""

    project: int
    link: ExperimentLink | Unreadable


class StoredRow(Struct, frozen=True, kw_only=True):
    """One row with its state, as they are stored."""

    kind: EntityKind
    project: int
    id: str
    row: TraceRow | ObservationRow | ScoreRow | Unreadable
    parts: StateParts | Unreadable | None
    """None where there is no state."""
    link: StoredLink | None = None
    """None where the row has none."""


class CutRow(Struct, frozen=True, kw_only=True):
    """One row that a tombstone concerns: its own, or that of the trace it names."""

    stored: StoredRow
    cut_us: int
    is_of_trace: bool
    """Whether the tombstone is that of the trace that an observation or a score names."""


class OrphanedState(Struct, frozen=True, kw_only=True):
    """A stored state whose row is not there. It belongs to no project."""

    kind: EntityKind
    key: int


class OrphanedLink(Struct, frozen=True, kw_only=True):
    """A stored link whose row is not there, and what it says that it is of."""

    kind: EntityKind
    project: int
    id: str


class TraceFacts(Struct, frozen=True, kw_only=True):
    """What sessions, tags, time buckets and totals have to do with a trace."""

    project: int
    id: str
    timestamp_us: int
    name: str | None
    session_id: str | None
    environment: str
    has_state: bool
    tags: Sequence[str] | Unreadable
    totals: TraceTotals


class ObservationFacts(Struct, frozen=True, kw_only=True):
    """What trace totals and time buckets have to do with an observation."""

    project: int
    id: str
    trace_id: str
    type: str
    start_us: int
    end_us: int | None
    level: str
    environment: str
    model: str | None
    is_root: bool
    """Without a parent, or a root although it names one."""
    lacks_price: bool
    """With usage, and without a cost."""
    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_cost: int | None
    output_cost: int | None
    total_cost: int | None


class TagEntry(Struct, frozen=True, kw_only=True):
    """One entry of the index from tags to traces."""

    project: int
    trace_id: str
    tag: str
    timestamp_us: int


class StoredReceipt(Struct, frozen=True, kw_only=True):
    """One receipt of the ledger."""

    project: int
    received_us: int
    receipt: Receipt | Unreadable


class Arrivals(Struct, frozen=True, kw_only=True):
    """How many rows of a project have the same time of arrival (`created_us`)."""

    project: int
    created_us: int
    counts: Mapping[str, int]
    """By `trace`, `observation`, `score` and `session`; those that are zero may be absent."""
    example: str
    """Id of one of them."""


class StampedRow(Struct, frozen=True, kw_only=True):
    """A row's place in the change sequence, or its key, that cannot be."""

    project: int
    table: str
    id: str
    number: int


class Integrity(Struct, kw_only=True):
    """What the engine says of its own files."""

    damage: list[str] = field(default_factory=list)
    """One sentence each, without stored values."""
    checked: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    """What could not be looked at, and what to do so that it can."""
    missing: list[str] = field(default_factory=list)
    """Files without which the store is not whole: what went with each, and what to do."""


class StoredStates(Protocol):
    """Rows, their states and links, and what these refer to."""

    def projects(self) -> Mapping[int, ProjectId]:
        """Every project that ever had telemetry, by number, in rising order."""

    def sizes(self, within: Project) -> Mapping[str, int]:
        """How many rows there are: `trace`, `observation`, `score`, `session`."""

    def rows(self, kind: EntityKind, within: Project) -> Iterator[StoredRow]:
        """All rows of a kind with their states and links, each once, in the order in which they came."""

    def orphans(self) -> Iterator[OrphanedState]:
        """States without a row, in the whole store."""

    def orphaned_links(self, within: Project) -> Iterator[OrphanedLink]:
        """Links to experiments without a row."""

    def cut_rows(self, within: Project) -> Iterator[CutRow]:
        """Rows that a tombstone concerns; one that two concern comes twice."""

    def attribute_sets(self, within: Project) -> Iterator[tuple[int, AttributeSet]]:
        """All attribute sets by project."""

    def has_attribute_set(self, project: int, set_id: str) -> bool:
        """Whether a project has a set. May be asked while another answer is being read."""


class StoredSums(Protocol):
    """Rollups, and what they sum, in matching orders."""

    def traces_by_id(self, within: Project) -> Iterator[TraceFacts]:
        """By (project, id)."""

    def traces_by_session(self, within: Project) -> Iterator[TraceFacts]:
        """Those that name a session, by (project, session id, timestamp, id)."""

    def traces_by_time(self, within: Project) -> Iterator[TraceFacts]:
        """By (project, timestamp)."""

    def observations_by_trace(self, within: Project) -> Iterator[ObservationFacts]:
        """By (project, trace id)."""

    def observations_by_time(self, within: Project) -> Iterator[ObservationFacts]:
        """By (project, start)."""

    def sessions(self, within: Project) -> Iterator[tuple[int, SessionRow]]:
        """By (project, id)."""

    def tags(self, within: Project) -> Iterator[TagEntry]:
        """By (project, trace id)."""

    def buckets(self, kind: EntityKind, within: Project) -> Iterator[tuple[int, BucketKey, BucketTotals]]:
        """Of a kind, by (project, hour, environment, name, model), differences added up, without those of nothing."""


class StoredLedger(Protocol):
    """Receipts, arrivals and the change sequence."""

    def receipts(self, within: Project) -> Iterator[StoredReceipt]:
        """By (project, time of receipt)."""

    def last_receipt_us(self) -> int:
        """When the last request of all was received; 0 without any."""

    def arrivals(self, within: Project) -> Iterator[Arrivals]:
        """By (project, time of arrival)."""

    def repeated_stamps(self, limit: int) -> Sequence[StampedRow]:
        """Rows that share a place in the change sequence with another, by that place; at most `limit`."""

    def stamps_ahead(self, limit: int) -> Sequence[StampedRow]:
        """Rows whose place in the change sequence or whose key the store has not given out yet; at most `limit`."""


class StoreSnapshot(StoredStates, StoredSums, StoredLedger, Protocol):
    """All of it, of one moment."""

    def integrity(self, *, deep: bool) -> Integrity:
        """Let the engine check its own files: `deep` for indexes against rows too, which takes long."""

    def close(self) -> None:
        """Give the snapshot up. Idempotent."""
