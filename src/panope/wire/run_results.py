"""What came of runs, as panope's own API shows it."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from panope.domain.datasets.datasets import Dataset
from panope.domain.experiments.results import (
    Cell,
    Comparison,
    ItemResult,
    RunResults,
    ScoreSummary,
    SummedRun,
    Tally,
)
from panope.domain.scores import ScoreDataType, ScoreRow
from panope.wire.langfuse.experiments.runs import RunBody, run_fields
from panope.wire.langfuse.jsonvalues import seconds, usd
from panope.wire.langfuse.paging import PageNumber, page_meta
from panope.wire.langfuse.times import format_optional_time


class ScoreSummaryBody(Struct, rename="camel", kw_only=True):
    """The scores of one name. `mean`, `min` and `max` are null where values are no numbers."""

    name: str
    data_type: str
    count: int
    mean: float | None
    min: float | None
    max: float | None
    labels: dict[str, int]


class LatencyBody(Struct, kw_only=True):
    """In seconds."""

    mean: float | None
    median: float | None
    p95: float | None


class SummedRunBody(RunBody, kw_only=True):
    """A run and what came of it. Cost in US dollars; null is unknown, which is not zero.

    `sources` says how its items were told: `span`, `link`, `metadata`.
    """

    sources: list[str]
    item_count: int
    trace_count: int
    error_count: int
    total_cost: float | None
    latency: LatencyBody
    start_time: str | None
    end_time: str | None
    scores: list[ScoreSummaryBody]
    run_scores: list[ScoreSummaryBody]


class SummedRunsBody(Struct):
    """One page of runs."""

    data: list[SummedRunBody]
    meta: dict[str, int]


class CellBody(Struct, rename="camel", kw_only=True):
    """What came of an item in one run; of several traces the latest, and how many there were."""

    trace_id: str
    observation_id: str | None
    traces: int
    latency: float | None
    cost: float | None
    is_error: bool
    output_preview: str | None
    scores: dict[str, float | bool | str | None]


class ComparedItemBody(Struct, rename="camel", kw_only=True):
    """An item, with one entry per run in their order; null where the run has not the item."""

    dataset_item_id: str
    runs: list[CellBody | None]


class TallyBody(Struct, rename="camel", kw_only=True):
    """Of the items that both runs have a value of, how many are better, worse, or as good as in the first run.

    `direction` says which way is better: `higher`, `lower` or `none`; of `none`, items are equal or `different`.
    """

    run_name: str
    measure: str
    is_score: bool
    direction: str
    better: int
    worse: int
    equal: int
    different: int


class ComparisonBody(Struct):
    """Runs side by side; `items` are one page."""

    runs: list[SummedRunBody]
    tallies: list[TallyBody]
    items: list[ComparedItemBody]
    meta: dict[str, int]


def encode_summed_runs(dataset: Dataset, runs: Sequence[SummedRun], page: PageNumber, total: int) -> bytes:
    """Encode one page of runs with what came of them."""
    return msgspec.json.encode(SummedRunsBody([_show_run(dataset, run) for run in runs], page_meta(page, total)))


def encode_comparison(dataset: Dataset, found: Comparison, page: PageNumber) -> bytes:
    """Encode runs side by side."""
    names = [summed.run.name for summed in found.runs[1:]]
    return msgspec.json.encode(
        ComparisonBody(
            runs=[_show_run(dataset, run) for run in found.runs],
            tallies=[
                _show_tally(name, one) for name, tallies in zip(names, found.tallies, strict=True) for one in tallies
            ],
            items=[
                ComparedItemBody(
                    dataset_item_id=item.item_id,
                    runs=[None if cell is None else _show_cell(cell) for cell in item.cells],
                )
                for item in found.items
            ],
            meta=page_meta(page, found.total),
        )
    )


def _show_run(dataset: Dataset, summed: SummedRun) -> SummedRunBody:
    results = summed.results
    return SummedRunBody(
        **run_fields(dataset, summed.run),
        sources=[str(source) for source in summed.sources],
        item_count=results.items,
        trace_count=results.traces,
        error_count=results.errors,
        total_cost=usd(results.total_cost),
        latency=_show_latency(results),
        start_time=format_optional_time(results.first_us),
        end_time=format_optional_time(results.last_us),
        scores=[_show_summary(summary) for summary in results.scores],
        run_scores=[_show_summary(summary) for summary in summed.run_scores],
    )


def _show_latency(results: RunResults) -> LatencyBody:
    return LatencyBody(
        mean=None if results.mean_latency_us is None else results.mean_latency_us / 1_000_000,
        median=_seconds(results.median_latency_us),
        p95=_seconds(results.high_latency_us),
    )


def _show_summary(summary: ScoreSummary) -> ScoreSummaryBody:
    return ScoreSummaryBody(
        name=summary.name,
        data_type=summary.data_type,
        count=summary.count,
        mean=summary.mean,
        min=summary.low,
        max=summary.high,
        labels=summary.labels,
    )


def _show_tally(name: str, tally: Tally) -> TallyBody:
    return TallyBody(
        run_name=name,
        measure=tally.measure,
        is_score=tally.is_score,
        direction=tally.direction,
        better=tally.better,
        worse=tally.worse,
        equal=tally.equal,
        different=tally.different,
    )


def _show_cell(cell: Cell) -> CellBody:
    latest: ItemResult = cell.results[0]
    return CellBody(
        trace_id=latest.trace_id,
        observation_id=latest.observation_id,
        traces=len(cell.results),
        latency=_seconds(latest.latency_us),
        cost=usd(latest.cost),
        is_error=latest.is_error,
        output_preview=cell.output_preview,
        scores={score.name: _show_value(score) for score in reversed(latest.scores)},
    )


def _show_value(score: ScoreRow) -> Any:
    if score.data_type == ScoreDataType.NUMERIC:
        return score.value
    if score.data_type == ScoreDataType.BOOLEAN:
        return score.value == 1
    return score.string_value


def _seconds(us: int | None) -> float | None:
    return None if us is None else seconds(us)
