"""What the web app asks of telemetry beyond lists: counts of what matches, and the skeleton of a trace."""

from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol

from msgspec import Struct, field

from panope.domain.ids import ProjectId
from panope.domain.tracing import TraceRow
from panope.query.ast import Keyset, Node, Sort
from panope.query.fields import View
from panope.query.grid import Grid


class RowCount(Struct, frozen=True):
    """How many rows match."""

    count: int
    is_exact: bool = True
    """False: there are more than could be counted."""


class Asked(Struct, frozen=True):
    """A field whose values are counted."""

    field: str
    key: str | None = None
    """Of a map."""
    of_parts: bool = False
    """Whether it is a field of the row's parts: of a trace, of its observations. Not for lists."""


class ValueCount(Struct, frozen=True):
    """How many rows have a value."""

    value: str | int | float | bool
    count: int


class TimeCount(Struct, frozen=True):
    """How many rows lie in a step of time, and how many of them are errors."""

    start_us: int
    count: int
    error_count: int


class TraceGroup(Struct, frozen=True, kw_only=True):
    """What the traces of one user or one session add up to. Times in µs, money in 10⁻¹² USD."""

    id: str
    first_us: int
    """Timestamp of the first trace."""
    last_us: int
    """When the last of them ended, as far as is known."""
    span_us: int
    """From the first start to the last end, as far as they are known."""
    active_us: int
    """Their latencies, added up."""
    trace_count: int
    observation_count: int
    error_count: int
    """Traces with an observation of level ERROR."""
    open_count: int
    """Observations that have not ended."""
    unpriced_count: int
    session_count: int
    user_count: int
    user_id: str | None
    """The first user by name."""
    input_tokens: int
    output_tokens: int
    total_tokens: int
    total_cost: int


GROUP_SORTS: Final = frozenset(TraceGroup.__struct_fields__) - {"user_id"}
"""What groups can be sorted by."""


class TraceParts(Struct, frozen=True):
    """What the observations of one trace name, sorted, each once."""

    models: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    """Tools that were run."""


class Steps(Struct, kw_only=True):
    """Observations of one trace in columns: the values at one position are those of one observation.

    Times in µs, money in 10⁻¹² USD.
    """

    id: list[str] = field(default_factory=list)
    parent_id: list[str | None] = field(default_factory=list)
    type: list[str] = field(default_factory=list)
    name: list[str | None] = field(default_factory=list)
    start_us: list[int] = field(default_factory=list)
    end_us: list[int | None] = field(default_factory=list)
    completion_start_us: list[int | None] = field(default_factory=list)
    level: list[str] = field(default_factory=list)
    status_message: list[str | None] = field(default_factory=list)
    model: list[str | None] = field(default_factory=list)
    input_tokens: list[int] = field(default_factory=list)
    output_tokens: list[int] = field(default_factory=list)
    total_tokens: list[int] = field(default_factory=list)
    total_cost: list[int | None] = field(default_factory=list)
    is_unpriced: list[bool] = field(default_factory=list)
    """With usage, and without a cost."""
    prompt_name: list[str | None] = field(default_factory=list)
    prompt_version: list[int | None] = field(default_factory=list)
    score_count: list[int] = field(default_factory=list)
    """Scores on the observation itself, corrections left out."""

    def add(self, *values: Any) -> None:
        """Append one observation: its values in the order of the columns."""
        for name, value in zip(self.__struct_fields__, values, strict=True):
            getattr(self, name).append(value)


class Changes(Struct, frozen=True):
    """What was written since a place in the store's change sequence."""

    place: str
    """Where to go on."""
    trace_ids: list[str] = field(default_factory=list)
    """Traces that were written, or a score on them; each once."""


FIRST_PLACE: Final = "0"
"""Before everything."""
_MAX_PLACE_DIGITS: Final = 18
"""What the engines count in has 19."""


def read_place(text: str | None) -> int | None:
    """The number of a place; None for what is no place, such as digits of other scripts."""
    is_place = text is not None and text.isascii() and text.isdecimal() and len(text) <= _MAX_PLACE_DIGITS
    return int(text) if text is not None and is_place else None


class TelemetryExploration(Protocol):
    """Reads for looking around. Part of `TelemetryReader`, with its bounds."""

    async def count_rows(self, project_id: ProjectId, view: View, where: Node, limit: int) -> RowCount:
        """How many rows of a view match: exact up to `limit`, beyond it `limit` itself unless more is known at once."""

    async def count_values(
        self, project_id: ProjectId, view: View, where: Node, asked: Asked, *, newest: int, limit: int
    ) -> list[ValueCount]:
        """How many of the newest rows that match have each value of a field; the most frequent first, then by value.

        Looks at no more than `newest` rows and gives no more than `limit` values. Null and empty text are no values. A
        row with several values counts under each of them, once.
        """

    async def count_by_time(self, project_id: ProjectId, view: View, where: Node, grid: Grid) -> list[TimeCount]:
        """How many rows that match lie in each step, in order; steps without rows are left out.

        No row may lie before step 0. An error is an observation of level ERROR, and a
        trace with one.
        """

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
        """The traces that match, by user or by session; those without one are left out.

        In the order of the sort, which is one of `GROUP_SORTS`, then by id in the same direction; from after a group.
        """

    async def list_last_traces(self, project_id: ProjectId, session_ids: Sequence[str]) -> list[TraceRow]:
        """The last trace by (timestamp, id) of each of these sessions, in no particular order."""

    async def list_parts(self, project_id: ProjectId, trace_ids: Sequence[str]) -> dict[str, TraceParts]:
        """What the observations of each of these traces name; traces whose observations name nothing are left out.

        Looks at every observation of them.
        """

    async def list_steps(self, project_id: ProjectId, trace_id: str, *, offset: int, limit: int) -> Steps:
        """Observations of a trace by (start, id), without their payloads; none of a trace that is not there."""

    async def read_changes(
        self, project_id: ProjectId, after: str | None, *, since_us: int, watched: Sequence[str], limit: int
    ) -> Changes:
        """Which traces were written after a place; None, or a place that is none of this store: only where to go on.

        Looks at the traces and scores from `since_us` on, and at the traces of the ids `watched` whenever they were,
        with their observations. Names no more than `limit` traces of each. Misses nothing that was committed, whatever
        the order; a trace that is deleted is not named.
        """
