"""What the web app asks of telemetry beyond lists: counts of what matches, and the skeleton of a trace."""

from typing import Any, Protocol

from msgspec import Struct, field

from panope.domain.ids import ProjectId
from panope.query.ast import Node
from panope.query.fields import View


class RowCount(Struct, frozen=True):
    """How many rows match."""

    count: int
    is_exact: bool = True
    """False: there are more than could be counted."""


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


class TelemetryExploration(Protocol):
    """Reads for looking around. Part of `TelemetryReader`, with its bounds."""

    async def count_rows(self, project_id: ProjectId, view: View, where: Node, limit: int) -> RowCount:
        """How many rows of a view match: exact up to `limit`, beyond it `limit` itself unless more is known at once."""

    async def list_steps(self, project_id: ProjectId, trace_id: str, *, offset: int, limit: int) -> Steps:
        """Observations of a trace by (start, id), without their payloads; none of a trace that is not there."""
