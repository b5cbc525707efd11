"""What the projection needs to read from a store, and what it hands back to be written.

An engine implements `RowStore` inside its write transaction for one project, calls `project_events` or
`project_deletion`, and writes the `ChangeSet` in the same transaction. It needs to know nothing of merging.
"""

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from msgspec import Struct, field

from panope.domain.experiments.links import ExperimentLink
from panope.domain.merge import codec
from panope.domain.merge.codec import StateParts
from panope.domain.merge.state import State
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow

Row = TypeVar("Row")


class Stored(Struct, Generic[Row]):
    """A row and its state as stored. `parts` is None for a trace that only its observations name."""

    row: Row
    parts: StateParts | None

    def state(self) -> State | None:
        """The state, read back."""
        return None if self.parts is None else codec.decode(self.parts)


class Extremes(Struct, kw_only=True):
    """First and last of a trace's observations; all None when there is none."""

    first_start_us: int | None = None
    first_observation_id: str | None = None
    first_environment: str | None = None
    last_end_us: int | None = None


class SessionFirst(Struct, kw_only=True):
    """Earliest trace of a session by (timestamp, id)."""

    timestamp_us: int
    trace_id: str
    environment: str


class RowStore(Protocol):
    """Reads inside one write transaction of one project. Ids that name nothing are absent from the answers."""

    def load_traces(self, ids: Iterable[str]) -> dict[str, Stored[TraceRow]]:
        """Traces by id."""

    def load_observations(self, ids: Iterable[str]) -> dict[str, Stored[ObservationRow]]:
        """Observations by id."""

    def load_scores(self, ids: Iterable[str]) -> dict[str, Stored[ScoreRow]]:
        """Scores by id."""

    def load_sessions(self, ids: Iterable[str]) -> dict[str, SessionRow]:
        """Sessions by id."""

    def has_cuts(self) -> bool:
        """Whether anything was ever deleted; without it, `load_cuts` need not be asked."""

    def load_cuts(self, kind: str, ids: Iterable[str]) -> dict[str, int]:
        """Cut times of tombstones by id; `kind` is an `EntityKind`."""

    def find_extremes(self, trace_id: str, without: set[str]) -> Extremes:
        """First by (start, id) and last by end-else-start over the stored observations of a trace, some left out."""

    def find_session_first(self, session_id: str, without: set[str]) -> SessionFirst | None:
        """Earliest stored trace of a session, some traces left out."""

    def find_observation_ids(self, trace_id: str) -> list[str]:
        """Ids of the stored observations of a trace."""

    def find_score_ids(self, trace_id: str) -> list[str]:
        """Ids of the stored scores whose trace it is."""


class Written(Struct, Generic[Row]):
    """One row to insert or replace, whole, by (project, id)."""

    row: Row
    state: State | None
    """None: only for a trace without a state of its own."""
    is_new: bool
    """Whether the store had no row of that id."""
    state_changed: bool = True
    """False when only the row moved (a trace whose observations changed): the stored state stands."""


class ChangeSet(Struct, kw_only=True):
    """Everything that one projection changes in one project. No id is both written and removed."""

    traces: list[Written[TraceRow]] = field(default_factory=list)
    observations: list[Written[ObservationRow]] = field(default_factory=list)
    scores: list[Written[ScoreRow]] = field(default_factory=list)
    sessions: list[SessionRow] = field(default_factory=list)
    removed_traces: list[str] = field(default_factory=list)
    removed_observations: list[str] = field(default_factory=list)
    removed_scores: list[str] = field(default_factory=list)
    removed_sessions: list[str] = field(default_factory=list)
    buckets: dict[BucketKey, BucketTotals] = field(default_factory=dict)
    """Differences to add; a bucket that reaches zero may be dropped."""
    observation_links: list[ExperimentLink] = field(default_factory=list)
    """Of observations that are written: links to insert or replace. Those of removed rows go with them."""
    trace_links: list[ExperimentLink] = field(default_factory=list)
    unlinked_observations: list[str] = field(default_factory=list)
    """Observations that stay and may be in no experiment any more."""
    unlinked_traces: list[str] = field(default_factory=list)
    cuts: dict[tuple[str, str], int] = field(default_factory=dict)
    """Tombstones to keep: (kind, id) → cut time; the later of two stands."""

    def place_observation(self, observation_id: str, link: ExperimentLink | None) -> None:
        """Note the place in an experiment of an observation that was told of one."""
        if link is None:
            self.unlinked_observations.append(observation_id)
        else:
            self.observation_links.append(link)
