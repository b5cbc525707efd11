"""The telemetry reader of the relational engines: each call is one read transaction."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

from panope.adapters.relational import observations, scores, traces
from panope.adapters.relational.pages import count_matching
from panope.adapters.relational.payloads import AttributeSets, Reading
from panope.adapters.relational.reports import (
    changed,
    diagnosis,
    experiments,
    exploration,
    score_tallies,
    trace_groups,
    values,
)
from panope.adapters.relational.reports.snapshot import snapshot
from panope.adapters.relational.reports.unpriced import list_unpriced_models
from panope.adapters.relational.segments.heads import Heads
from panope.adapters.relational.session import Dialect, RunRead, Session
from panope.adapters.relational.text.describing import describe_indexes
from panope.adapters.relational.transaction import find_project
from panope.domain.experiments.links import ExperimentLink
from panope.domain.ids import ProjectId
from panope.domain.ledger import LedgerSummary, Receipt
from panope.domain.scoring.aggregates import ScoreGrouping, ScoreTally
from panope.domain.tracing import SessionRow, TraceRow
from panope.ports.diagnosis import ClientTime, GenerationCounts, ProjectSize, RootlessTraces
from panope.ports.experiments import LinkFilter, LinkKind, LinkPage, LinkSummary
from panope.ports.exploration import (
    FIRST_PLACE,
    Asked,
    Changes,
    RowCount,
    Steps,
    TimeCount,
    TraceGroup,
    TraceParts,
    ValueCount,
)
from panope.ports.telemetry import DailyUsage, Observed, Page, Scored, Traced, TraceDetail, UnpricedModel
from panope.ports.texts.index import TextIndexState
from panope.query.ast import Keyset, ListQuery, Node, Sort
from panope.query.fields import View
from panope.query.grid import Grid

Answer = TypeVar("Answer")


class ProjectReader:
    """Finds the project and reads in it."""

    def __init__(self, run: RunRead, dialect: Dialect) -> None:
        self._run = run
        self._dialect = dialect
        self._projects: dict[ProjectId, int] = {}
        self._sets = AttributeSets()
        self._heads = Heads()

    async def _read(
        self, project_id: ProjectId, read: Callable[[Reading], Answer], nothing: Answer, *, is_bounded: bool = True
    ) -> Answer:
        """Read in a project; `nothing` when it never had telemetry."""

        def run(session: Session) -> Answer:
            number = self._projects.get(project_id)
            if number is None:
                number = find_project(session, project_id)
                if number is None:
                    return nothing
                self._projects[project_id] = number
            return read(Reading(session, self._dialect, number, self._sets, self._heads))

        return await self._run(run, is_bounded=is_bounded)


class _EntityReader(ProjectReader):
    """Reads of traces, observations, scores and sessions."""

    async def get_trace(self, project_id: ProjectId, trace_id: str) -> TraceDetail | None:
        """One trace with its observations, scores and payloads."""
        return await self._read(project_id, lambda reading: traces.get_trace(reading, trace_id), None)

    async def list_traces(self, project_id: ProjectId, query: ListQuery) -> Page[Traced]:
        """Traces of the view `traces`."""
        return await self._read(project_id, lambda reading: traces.list_traces(reading, query), _empty(query))

    async def get_observation(self, project_id: ProjectId, observation_id: str) -> Observed | None:
        """One observation with its payload."""
        return await self._read(project_id, lambda reading: observations.get_observation(reading, observation_id), None)

    async def list_observations(self, project_id: ProjectId, query: ListQuery) -> Page[Observed]:
        """Observations of the view `observations`."""
        return await self._read(
            project_id, lambda reading: observations.list_observations(reading, query), _empty(query)
        )

    async def get_score(self, project_id: ProjectId, score_id: str) -> Scored | None:
        """One score."""
        return await self._read(project_id, lambda reading: scores.get_score(reading, score_id), None)

    async def list_scores(self, project_id: ProjectId, query: ListQuery) -> Page[Scored]:
        """Scores of the view `scores`."""
        return await self._read(project_id, lambda reading: scores.list_scores(reading, query), _empty(query))

    async def get_session(self, project_id: ProjectId, session_id: str) -> SessionRow | None:
        """One session."""
        return await self._read(project_id, lambda reading: scores.get_session(reading, session_id), None)

    async def list_sessions(self, project_id: ProjectId, query: ListQuery) -> Page[SessionRow]:
        """Sessions of the view `sessions`."""
        return await self._read(project_id, lambda reading: scores.list_sessions(reading, query), _empty(query))


class _DiagnosisReader(ProjectReader):
    """What the doctor asks."""

    async def summarize_ledger(self, project_id: ProjectId, since_us: int, limit: int) -> LedgerSummary:
        """Receipts by client."""
        return await self._read(
            project_id, lambda reading: diagnosis.summarize_ledger(reading, since_us, limit), LedgerSummary()
        )

    async def find_rootless_traces(
        self, project_id: ProjectId, since_us: int, settled_us: int, limit: int
    ) -> RootlessTraces:
        """Traces without a root among the newest."""
        return await self._read(
            project_id,
            lambda reading: diagnosis.find_rootless_traces(reading, since_us, settled_us, limit),
            RootlessTraces(),
        )

    async def sample_client_times(self, project_id: ProjectId, limit: int) -> list[ClientTime]:
        """The latest starts."""
        return await self._read(project_id, lambda reading: diagnosis.sample_client_times(reading, limit), [])

    async def count_generations(self, project_id: ProjectId, since_us: int) -> GenerationCounts:
        """Generations, and those without a model."""
        return await self._read(
            project_id, lambda reading: diagnosis.count_generations(reading, since_us), GenerationCounts()
        )

    async def measure_project(self, project_id: ProjectId) -> ProjectSize:
        """Counts and bytes."""
        return await self._read(project_id, diagnosis.measure_project, ProjectSize())

    async def describe_texts(self, project_id: ProjectId) -> TextIndexState | None:
        """The index of a project's texts."""

        def read(reading: Reading) -> TextIndexState | None:
            return next(iter(describe_indexes(reading.session, reading.dialect, reading.project)), None)

        return await self._read(project_id, read, None)


class _ExperimentReader(ProjectReader):
    """Links to experiments."""

    async def list_links(
        self, project_id: ProjectId, kind: LinkKind, where: LinkFilter, page: LinkPage | None = None
    ) -> list[ExperimentLink]:
        """Links by (start, id), latest first."""
        return await self._read(project_id, lambda reading: experiments.list_links(reading, kind, where, page), [])

    async def summarize_links(self, project_id: ProjectId, kind: LinkKind, where: LinkFilter) -> list[LinkSummary]:
        """Links by experiment."""
        return await self._read(project_id, lambda reading: experiments.summarize_links(reading, kind, where), [])


class _ExplorationReader(ProjectReader):
    """What the web app asks."""

    async def count_rows(self, project_id: ProjectId, view: View, where: Node, limit: int) -> RowCount:
        """How many rows match, up to a limit."""
        return await self._read(
            project_id, lambda reading: exploration.count_rows(reading, view, where, limit), RowCount(0)
        )

    async def count_values(
        self, project_id: ProjectId, view: View, where: Node, asked: Asked, *, newest: int, limit: int
    ) -> list[ValueCount]:
        """How many of the newest rows have each value."""

        def read(reading: Reading) -> list[ValueCount]:
            return values.count_values(reading, view, where, asked, newest=newest, limit=limit)

        return await self._read(project_id, read, [])

    async def count_by_time(self, project_id: ProjectId, view: View, where: Node, grid: Grid) -> list[TimeCount]:
        """How many rows lie in each step of time."""
        return await self._read(project_id, lambda reading: exploration.count_by_time(reading, view, where, grid), [])

    async def group_traces(
        self,
        project_id: ProjectId,
        where: Node,
        by: Literal["user_id", "session_id"],
        *,
        sort: Sort,
        after: Keyset | None = None,
        limit: int,
    ) -> list[TraceGroup]:
        """The traces that match, by user or by session."""
        return await self._read(
            project_id, lambda reading: trace_groups.group_traces(reading, where, by, sort, after, limit), []
        )

    async def list_last_traces(self, project_id: ProjectId, session_ids: Sequence[str]) -> list[TraceRow]:
        """The last trace of each session."""
        return await self._read(project_id, lambda reading: trace_groups.list_last_traces(reading, session_ids), [])

    async def list_parts(self, project_id: ProjectId, trace_ids: Sequence[str]) -> dict[str, TraceParts]:
        """What the observations of traces name."""
        return await self._read(project_id, lambda reading: trace_groups.list_parts(reading, trace_ids), {})

    async def read_changes(
        self, project_id: ProjectId, after: str | None, *, since_us: int, watched: Sequence[str], limit: int
    ) -> Changes:
        """Which traces were written after a place."""
        return await self._read(
            project_id,
            lambda reading: changed.read_changes(reading, after, since_us, watched, limit),
            Changes(FIRST_PLACE),
        )

    async def list_steps(self, project_id: ProjectId, trace_id: str, *, offset: int, limit: int) -> Steps:
        """Observations of a trace without their payloads."""
        return await self._read(
            project_id, lambda reading: exploration.list_steps(reading, trace_id, offset, limit), Steps()
        )


class RelationalReader(_EntityReader, _DiagnosisReader, _ExperimentReader, _ExplorationReader):
    """Everything of the port but `check` and `close`, which are the engine's."""

    async def count_traces(self, project_id: ProjectId, where: Node) -> int:
        """How many traces match, exactly."""
        return await self._read(project_id, lambda reading: count_matching(reading, View.TRACES, where), 0)

    async def list_receipts(self, project_id: ProjectId, limit: int) -> list[Receipt]:
        """The newest receipts, newest first."""
        return await self._read(project_id, lambda reading: scores.list_receipts(reading, limit), [])

    async def list_unpriced_models(self, project_id: ProjectId, since_us: int) -> list[UnpricedModel]:
        """Model names of observations with usage and without a price since then, most used first."""
        return await self._read(project_id, lambda reading: list_unpriced_models(reading, since_us), [])

    async def sum_usage_by_day(self, project_id: ProjectId, since_us: int, until_us: int) -> list[DailyUsage]:
        """Usage and cost by day and model, ordered by (day, model)."""

        def read(reading: Reading) -> list[DailyUsage]:
            return observations.sum_usage_by_day(reading, since_us, until_us)

        return await self._read(project_id, read, [])

    async def tally_scores(
        self, project_id: ProjectId, where: Node, grouping: ScoreGrouping, limit: int
    ) -> list[ScoreTally]:
        """How often each value of the matching scores was given, by group."""
        return await self._read(
            project_id, lambda reading: score_tallies.tally_scores(reading, where, grouping, limit), []
        )

    async def snapshot(self, project_id: ProjectId) -> dict[str, list[dict[str, Any]]]:
        """Every row of the project as plain values without arrival times."""
        nothing: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("traces", "observations", "scores", "sessions", "links", "buckets")
        }
        return await self._read(project_id, snapshot, nothing, is_bounded=False)


def _empty(query: ListQuery) -> Page[Any]:
    return Page(rows=[], total=0 if query.with_total else None)
