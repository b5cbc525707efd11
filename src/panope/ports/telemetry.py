"""The telemetry plane: traces, observations, scores, sessions, their payloads, the ledger.

Every method takes the project first and neither reads nor writes anything of another project.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct, field

from panope.domain.events import AttributeSet, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.domain.scores import ScoreRow
from panope.domain.scoring.aggregates import ScoreGrouping, ScoreTally
from panope.domain.tracing import ObservationRow, Payload, SessionRow, TraceRow
from panope.ports.diagnosis import TelemetryDiagnosis
from panope.ports.experiments import ItemLinks
from panope.ports.exploration import TelemetryExploration
from panope.query.ast import ListQuery, Node

Row = TypeVar("Row")
Result = TypeVar("Result")


class IngestBatch(Struct, kw_only=True):
    """One request's worth of events, to be made durable as one."""

    project_id: ProjectId
    events: list[TelemetryEvent]
    attribute_sets: list[AttributeSet] = field(default_factory=list)
    receipt: Receipt
    prices: PriceBook


class Traced(Struct, kw_only=True):
    """A trace with what a list shows beside it."""

    row: TraceRow
    payload: Payload | None = None
    """When asked for. `metadata` includes `resourceAttributes` and `scope` where there are any."""
    observation_ids: list[str] = field(default_factory=list)
    """Empty in a list that did not ask for ids; so is the next."""
    score_ids: list[str] = field(default_factory=list)
    """Of scores on the trace or its observations, corrections left out."""


class Observed(Struct, kw_only=True):
    """An observation with its payload, when asked for, and what it takes from its trace."""

    row: ObservationRow
    payload: Payload | None = None
    prompt_id: str | None = None
    """Of the prompt version that the row names, when it is there. The catalog knows it; engines leave it empty."""
    trace_name: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    tags: list[str] = field(default_factory=list)
    release: str | None = None
    public: bool = False
    bookmarked: bool = False


class Scored(Struct, kw_only=True):
    """A score with what it takes from its trace; those are None when the trace is not there."""

    row: ScoreRow
    has_trace: bool = False
    trace_name: str | None = None
    user_id: str | None = None
    tags: list[str] = field(default_factory=list)
    trace_environment: str | None = None
    trace_session_id: str | None = None


class TraceDetail(Struct, kw_only=True):
    """A trace with everything that belongs to it, payloads included. Observations by (start, id) ascending."""

    trace: Traced
    observations: list[Observed]
    scores: list[ScoreRow]


class Page(Struct, Generic[Row], kw_only=True):
    """One page in the order of its query."""

    rows: list[Row]
    total: int | None = None
    """All rows that match, exact; only when the query asked."""
    sorted_by: list[Any] | None = None
    """Of sessions: the value by which each row has its place; None where the rows tell it themselves."""


class UnpricedModel(Struct, kw_only=True):
    """A model name of observations with usage and without a cost."""

    model: str
    uses: int
    """Of these observations alone, as the tokens and the time."""
    total_tokens: int | None
    """None where too many others would have to be looked at to know."""
    last_us: int
    """Start of the newest one; where too many would have to be looked at, or it has no tokens, of its hour."""


class DailyUsage(Struct, kw_only=True):
    """What the observations of one model used on one day, by the time they started."""

    day_us: int
    """Midnight, UTC."""
    model: str
    """As sent; "" for observations without one."""
    count: int = 0
    unpriced_count: int = 0
    """Observations with usage and without a cost."""
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    total_cost: int = 0


class TelemetryWriter(Protocol):
    """Makes telemetry durable. Implementations commit several batches together."""

    async def apply(self, batch: IngestBatch) -> None:
        """Join the batch into what is stored.

        Returns only when the batch is durable (a power cut after the return loses nothing) and readable by every reader
        of the store. Idempotent by (project, kind, entity id, event id): applying a batch again, in any split or order,
        changes no row but its arrival times. The receipt and the rows are one commit. Events from before a deletion
        change nothing. Raises `UnavailableError` when the store is away or its queue is full: then nothing of the batch
        is stored. A batch that fails alone never fails the others of its commit.
        """

    async def delete_traces(self, project_id: ProjectId, trace_ids: Sequence[str], *, at_us: int) -> int:
        """Delete traces with their observations and scores; durable and gone from every read on return.

        `at_us` is the cut: events from before it that arrive later are acknowledged and resurrect nothing. Ids that
        name nothing are cut all the same. Returns how many traces were there.
        """

    async def delete_scores(self, project_id: ProjectId, score_ids: Sequence[str], *, at_us: int) -> int:
        """Delete scores, with the same promises."""

    async def erase_records(self, project_id: ProjectId, limit: int) -> int:
        """Erase up to `limit` records of a project whose traces and scores are deleted: 0 when none is left.

        Those are its receipts, its operations, what senders say of themselves, and the cuts of its deletions. Only for
        a project to which nothing arrives any more: without the cuts, an event that comes late is taken for a new one.
        Returns how many went; durable on return.
        """

    async def prepare(self, work: Callable[[], Result]) -> Result:
        """Run work that makes a batch, where it competes least with the writing of others. Raises what it raises."""

    async def record(self, project_id: ProjectId, receipt: Receipt) -> None:
        """Write a receipt of a request that brought nothing: one refused whole."""

    async def close(self) -> None:
        """Finish what is queued, then refuse. Idempotent."""


class TelemetryReports(Protocol):
    """Answers what operators ask of a project's telemetry. Sees everything that was acknowledged before the call."""

    async def list_receipts(self, project_id: ProjectId, limit: int) -> list[Receipt]:
        """The newest receipts of what clients sent, newest first; those `BY_PEOPLE` are left out."""

    async def list_unpriced_models(self, project_id: ProjectId, since_us: int) -> list[UnpricedModel]:
        """Model names of observations with usage and without a price since then, most used first."""

    async def sum_usage_by_day(self, project_id: ProjectId, since_us: int, until_us: int) -> list[DailyUsage]:
        """Usage and cost by day and model, ordered by (day, model), of the observations that started in these hours.

        Whole hours count: those that begin at or after `since_us` and before `until_us`. Answered from the time
        buckets, so that the cost depends on the hours asked for and not on how much happened in them.
        """

    async def snapshot(self, project_id: ProjectId) -> dict[str, list[dict[str, Any]]]:
        """Every row of the project as plain values without arrival times: for comparing engines, verifying, exporting.

        Keys: `traces`, `observations`, `scores`, `sessions`, `links` (to experiments, of observations and then of
        traces), `buckets`; each sorted by id.
        """


class TelemetryReader(TelemetryReports, TelemetryDiagnosis, ItemLinks, TelemetryExploration, Protocol):
    """Reads telemetry. Sees everything that was acknowledged before the call began.

    Lists and counts that would take more work than the engine's `ReadBound` allows raise `TooBroadError`; the reader
    stays as usable as before. `snapshot` has no bound.
    """

    async def get_trace(self, project_id: ProjectId, trace_id: str) -> TraceDetail | None:
        """One trace with its observations, scores and payloads."""

    async def list_traces(self, project_id: ProjectId, query: ListQuery) -> Page[Traced]:
        """Traces of the view `traces`; ids, when asked for: observations by (start, id), scores by (timestamp, id)."""

    async def get_observation(self, project_id: ProjectId, observation_id: str) -> Observed | None:
        """One observation with its payload."""

    async def list_observations(self, project_id: ProjectId, query: ListQuery) -> Page[Observed]:
        """Observations of the view `observations`."""

    async def get_score(self, project_id: ProjectId, score_id: str) -> Scored | None:
        """One score."""

    async def list_scores(self, project_id: ProjectId, query: ListQuery) -> Page[Scored]:
        """Scores of the view `scores`."""

    async def get_session(self, project_id: ProjectId, session_id: str) -> SessionRow | None:
        """One session; its traces are a list of traces filtered by it."""

    async def list_sessions(self, project_id: ProjectId, query: ListQuery) -> Page[SessionRow]:
        """Sessions of the view `sessions`."""

    async def count_traces(self, project_id: ProjectId, where: Node) -> int:
        """How many traces match, exactly."""

    async def tally_scores(
        self, project_id: ProjectId, where: Node, grouping: ScoreGrouping, limit: int
    ) -> list[ScoreTally]:
        """How often each value of the matching scores was given in each group, exactly; in no particular order.

        Texts and corrections are counted without their content. `TooBroadError` when there are more tallies than
        `limit`.
        """

    async def check(self) -> None:
        """Raise `UnavailableError` unless the store answers a read within a second."""

    async def close(self) -> None:
        """Release connections. Idempotent."""
