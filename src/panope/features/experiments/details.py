"""What telemetry knows of the items of experiments: rows, payloads, scores, and what belongs to which item."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from panope.domain.experiments.items import ExperimentItem
from panope.domain.experiments.reading import ItemDetail
from panope.domain.experiments.results import ItemResult
from panope.domain.ids import ProjectId
from panope.domain.scores import ScoreRow
from panope.domain.tracing import Level, ObservationRow, Payload, TraceRow
from panope.features.experiments.gathering import in_parts
from panope.ports.telemetry import Observed, TelemetryReader, Traced
from panope.query.ast import And, Condition, Keyset, ListQuery, Node, Op, Sort

_PAGE: Final = 1_000


class ItemDetails:
    """Loads details of many items, with few questions."""

    def __init__(self, reader: TelemetryReader) -> None:
        self._reader = reader

    async def load(
        self,
        project_id: ProjectId,
        items: Sequence[ExperimentItem],
        *,
        with_payload: bool = False,
        with_scores: bool = False,
        with_parts: bool = False,
    ) -> list[ItemDetail]:
        """Details of items, in their order."""
        trace_ids = sorted({item.trace_id for item in items})
        uses = Counter(item.trace_id for item in items)
        traces = await self._traces(project_id, trace_ids, with_payload=with_payload)
        observations = await self._observations(project_id, items, with_payload=with_payload)
        details = [
            _detail(
                item,
                observations.get(item.observation_id or "") or observations.get(f"/{item.trace_id}"),
                traces.get(item.trace_id),
                is_shared=uses[item.trace_id] > 1,
            )
            for item in items
        ]
        if with_scores:
            await self._add_scores(project_id, details, trace_ids)
        if with_parts:
            await self._add_parts(project_id, details)
        return details

    async def list_run_scores(self, project_id: ProjectId, run_ids: Sequence[str]) -> dict[str, list[ScoreRow]]:
        """Scores of runs as a whole, latest first."""
        found: dict[str, list[ScoreRow]] = {}
        for part in in_parts(run_ids):
            for score in await self._scores(project_id, Condition("dataset_run_id", Op.ANY_OF, part)):
                found.setdefault(score.dataset_run_id or "", []).append(score)
        return found

    async def _traces(
        self, project_id: ProjectId, trace_ids: Sequence[str], *, with_payload: bool
    ) -> dict[str, Traced]:
        found: dict[str, Traced] = {}
        for part in in_parts(trace_ids):
            query = ListQuery(
                where=Condition("id", Op.ANY_OF, part),
                sort=Sort("id"),
                limit=len(part),
                with_payload=with_payload,
                with_ids=False,
            )
            found |= {traced.row.id: traced for traced in (await self._reader.list_traces(project_id, query)).rows}
        return found

    async def _observations(
        self, project_id: ProjectId, items: Sequence[ExperimentItem], *, with_payload: bool
    ) -> dict[str, Observed]:
        """Observations by id, and roots of the traces of items that name none by `/` and the trace's id."""
        named = sorted({item.observation_id for item in items if item.observation_id is not None})
        found: dict[str, Observed] = {}
        for part in in_parts(named):
            of_items = Condition("id", Op.ANY_OF, part)
            for observed in await self._list_observations(project_id, of_items, with_payload=with_payload):
                found[observed.row.id] = observed
        bare = {item.trace_id for item in items if item.observation_id not in found}
        for part in in_parts(sorted(bare)):
            roots = And((Condition("trace_id", Op.ANY_OF, part), Condition("is_root", Op.EQ, value=True)))
            for observed in await self._list_observations(project_id, roots, with_payload=with_payload):
                found[f"/{observed.row.trace_id}"] = observed
        return found

    async def _list_observations(
        self, project_id: ProjectId, where: Node, *, with_payload: bool = False
    ) -> list[Observed]:
        """All that match, latest first."""
        found: list[Observed] = []
        after: Keyset | None = None
        while True:
            query = ListQuery(where=where, sort=Sort("start_time"), limit=_PAGE, after=after, with_payload=with_payload)
            rows = (await self._reader.list_observations(project_id, query)).rows
            found += rows
            if len(rows) < _PAGE:
                return found
            after = Keyset(rows[-1].row.start_us, rows[-1].row.id)

    async def _add_scores(self, project_id: ProjectId, details: Sequence[ItemDetail], trace_ids: Sequence[str]) -> None:
        by_trace: dict[str, list[ScoreRow]] = {}
        for part in in_parts(trace_ids):
            for score in await self._scores(project_id, Condition("trace_id", Op.ANY_OF, part)):
                by_trace.setdefault(score.trace_id or "", []).append(score)
        for detail in details:
            scores = by_trace.get(detail.item.trace_id, [])
            detail.scores = [score for score in scores if _belongs(score, detail)]

    async def _scores(self, project_id: ProjectId, where: Node) -> list[ScoreRow]:
        found: list[ScoreRow] = []
        after: Keyset | None = None
        while True:
            query = ListQuery(where=where, sort=Sort("timestamp"), limit=_PAGE, after=after)
            rows = (await self._reader.list_scores(project_id, query)).rows
            found += [scored.row for scored in rows]
            if len(rows) < _PAGE:
                return found
            after = Keyset(found[-1].timestamp_us, found[-1].id)

    async def _add_parts(self, project_id: ProjectId, details: Sequence[ItemDetail]) -> None:
        partial = [detail for detail in details if _is_partial(detail)]
        by_trace: dict[str, list[ObservationRow]] = {}
        for part in in_parts(sorted({detail.item.trace_id for detail in partial})):
            for observed in await self._list_observations(project_id, Condition("trace_id", Op.ANY_OF, part)):
                by_trace.setdefault(observed.row.trace_id, []).append(observed.row)
        for detail in partial:
            assert detail.observation is not None
            detail.parts = _below(detail.observation, by_trace.get(detail.item.trace_id, []))


def _detail(item: ExperimentItem, observed: Observed | None, traced: Traced | None, *, is_shared: bool) -> ItemDetail:
    return ItemDetail(
        item=item,
        observation=observed.row if observed is not None else None,
        trace=traced.row if traced is not None else None,
        is_shared=is_shared,
        payload=_payload(item, observed.payload if observed else None, traced.payload if traced else None),
    )


def _payload(item: ExperimentItem, observed: Payload | None, traced: Payload | None) -> Payload:
    if item.observation_id is not None or traced is None:
        return observed or traced or Payload()
    if observed is None:
        return traced
    return replace(traced, input=traced.input or observed.input, output=traced.output or observed.output)


def result_of(detail: ItemDetail) -> ItemResult:
    """What came of an item. Its latency is that of the observation that stands for it, else that of its trace."""
    observation, trace = detail.observation, detail.trace
    latency_us = None
    if observation is not None and observation.end_us is not None:
        latency_us = observation.end_us - observation.start_us
    elif trace is not None and trace.totals.observation_count:
        latency_us = trace.latency_us
    return ItemResult(
        item_id=detail.item.item_id,
        trace_id=detail.item.trace_id,
        observation_id=detail.item.observation_id,
        start_us=detail.item.start_us,
        latency_us=latency_us,
        cost=_cost(detail, trace),
        is_error=_is_error(detail, trace),
        scores=tuple(detail.scores),
    )


def _cost(detail: ItemDetail, trace: TraceRow | None) -> int | None:
    if _is_partial(detail):
        known = [row.total_cost for row in detail.parts if row.total_cost is not None]
        return sum(known) if known else None
    if trace is None or not trace.totals.observation_count:
        return None
    return trace.totals.total_cost


def _is_error(detail: ItemDetail, trace: TraceRow | None) -> bool:
    if _is_partial(detail):
        return any(row.level == Level.ERROR for row in detail.parts)
    return trace is not None and trace.totals.error_count > 0


def _is_partial(detail: ItemDetail) -> bool:
    """Whether the item is only a part of its trace."""
    row = detail.observation
    if row is None or detail.item.observation_id != row.id:
        return False
    return detail.is_shared or row.parent_id is not None


def _belongs(score: ScoreRow, detail: ItemDetail) -> bool:
    """Whether a score of the trace is one of the item."""
    return not detail.is_shared or score.observation_id in {None, detail.item.observation_id}


def _below(root: ObservationRow, rows: Iterable[ObservationRow]) -> list[ObservationRow]:
    children: dict[str, list[ObservationRow]] = {}
    for row in rows:
        if row.parent_id is not None and row.id != root.id:
            children.setdefault(row.parent_id, []).append(row)
    found = [root]
    for row in found:
        found.extend(children.pop(row.id, ()))
    return found
