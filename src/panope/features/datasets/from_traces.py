"""Items from traces: what came in becomes the input, what went out the expected output."""

from collections.abc import AsyncIterator
from typing import Final

from msgspec import Struct

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import Existing, ItemDraft
from panope.domain.errors import InvalidError
from panope.domain.ids import DatasetItemId, ProjectId, is_possible_id
from panope.features.tracing.reading import TraceReading
from panope.kit.clock import Clock
from panope.kit.ids import derive_id
from panope.ports.datasets import DatasetItemStore
from panope.ports.telemetry import Traced
from panope.query.ast import Keyset, ListQuery, Node, Sort
from panope.wire.langfuse.datasets.values import read_value

MAX_TRACES: Final = 10_000
MAX_CHARS: Final = 128 * 1024 * 1024
"""Of all inputs and outputs together, which are held until the last trace is read."""
_PAGE: Final = 100


class TracesTaken(Struct, frozen=True, kw_only=True):
    """What became of the traces."""

    traces: int
    """Traces that were looked at."""
    created: int
    already_there: int
    """Traces whose item is in the dataset: it stays as it is, corrections by people included."""
    without_input: int
    """Traces that nothing can be asked from again."""


class TraceTaking(Struct, frozen=True, kw_only=True):
    """Which traces, and what to take of them."""

    where: Node
    limit: int
    """The newest so many."""
    with_output: bool = True
    """Take the output as the expected one."""
    is_dry_run: bool = False


class ItemsFromTraces:
    """Makes items of traces. A trace has one item in a dataset, however often it is taken."""

    def __init__(
        self, items: DatasetItemStore, tracing: TraceReading, clock: Clock, max_chars: int = MAX_CHARS
    ) -> None:
        self._items = items
        self._tracing = tracing
        self._clock = clock
        self._max_chars = max_chars

    async def run(self, project_id: ProjectId, dataset: Dataset, taking: TraceTaking) -> TracesTaken:
        """Take the traces, all or none. Raises `InvalidError` when an item of one would break the schemas."""
        traces, drafts, chars = 0, [], 0
        async for traced in self._walk(project_id, taking):
            traces += 1
            draft = _make(project_id, dataset, traced, with_output=taking.with_output)
            if draft is not None:
                drafts.append(draft)
                chars += len(draft.input or "") + len(draft.expected_output or "")
            if chars > self._max_chars:
                raise _too_much(self._max_chars)
        drafts.reverse()  # so that the newest trace becomes the newest item
        written = await self._items.write(
            project_id,
            dataset.id,
            drafts,
            at_us=self._clock(),
            existing=Existing.LEAVE,
            is_dry_run=taking.is_dry_run,
        )
        return TracesTaken(
            traces=traces,
            created=written.created,
            already_there=written.unchanged,
            without_input=traces - len(drafts),
        )

    async def _walk(self, project_id: ProjectId, taking: TraceTaking) -> AsyncIterator[Traced]:
        """The newest traces that are asked for, newest first."""
        after, left = None, taking.limit
        while left > 0:
            query = ListQuery(
                where=taking.where,
                sort=Sort("timestamp"),
                limit=min(_PAGE, left),
                after=after,
                with_payload=True,
                with_ids=False,
            )
            rows = (await self._tracing.list_traces(project_id, query)).rows
            for traced in rows:
                yield traced
            if len(rows) < query.limit:
                return
            left -= len(rows)
            after = Keyset(rows[-1].row.timestamp_us, rows[-1].row.id)


def _too_much(max_chars: int) -> InvalidError:
    text = f"The traces hold more than {max_chars} characters: take fewer, by limit or by fromTimestamp"
    return InvalidError(text, code="too_much_to_take")


def _make(project_id: ProjectId, dataset: Dataset, traced: Traced, *, with_output: bool) -> ItemDraft | None:
    payload = traced.payload
    text = read_value(payload.input) if payload is not None else None
    if payload is None or text is None or not is_possible_id(traced.row.id):
        return None
    return ItemDraft(
        id=DatasetItemId(derive_id(project_id, f"{dataset.id} trace {traced.row.id}")),
        input=text,
        expected_output=read_value(payload.output) if with_output else None,
        source_trace_id=traced.row.id,
    )
