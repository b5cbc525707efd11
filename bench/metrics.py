"""`python -m bench.metrics`: time of metrics, beside a bare SELECT; writes bench/results/metrics-<engine>.json.

What is asked is the JSON that clients send, read as the server reads it. The bare SELECT fetches the same columns of
the same rows over the same kind of connection, by turns with the report: what is served from rows should not take much
longer than that. Reports that the time buckets serve visit no rows, so that theirs is left out.
"""

import argparse
import asyncio
import gc
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from bench.load import read as read_over_http
from bench.process import Server
from bench.read_stores import Store, Stores, open_stores
from bench.seed import DAY_US, END_US, MONTH, PROJECT
from panope.features.metrics.service import MetricsReading
from panope.ports.bounds import ReadBound
from panope.query.metrics.ast import MetricsQuery
from panope.wire.langfuse.metrics.names import V1
from panope.wire.langfuse.metrics.request import read_query
from panope.wire.langfuse.paging import Params
from panope.wire.langfuse.times import format_time

_MS: Final = 1000
_TIMES: Final = 30
_FEWEST: Final = 5
_BUDGET_S: Final = 6.0
_THRESHOLDS: Final = (50_000, 20, 100)
_WITH_TRACE: Final = "observation o LEFT JOIN trace t ON t.project = o.project AND t.id = o.trace_id"
_TOO_SLOW_MS: Final = 8_000
_PATIENT: Final = ReadBound(max_rows=10**8, timeout_s=120)
"""A machine that does other things as well may need longer than the server waits."""
Figures = dict[str, float]


class Report(Struct, frozen=True, kw_only=True):
    """One row of the table."""

    name: str
    view: str
    metrics: str
    """`aggregation_measure` words."""
    dimensions: str = ""
    days: int | None = None
    """None: all of the history."""
    granularity: str | None = None
    limit: int | None = None
    columns: str | None = None
    """What the bare SELECT fetches; None where the time buckets answer."""
    tables: str = "observation o"
    time: str = "o.start_us"


REPORTS: Final = (
    Report(name="cost by model, 7 days", view="observations", metrics="sum_totalCost", dimensions="providedModelName",
           days=7),
    Report(name="cost and tokens by model and day, 30 days", view="observations",
           metrics="sum_totalCost sum_totalTokens count_count", dimensions="providedModelName", days=30,
           granularity="day"),
    Report(name="cost by model, everything", view="observations", metrics="sum_totalCost",
           dimensions="providedModelName"),
    Report(name="traces by day, everything", view="traces", metrics="count_count", granularity="day"),
    Report(name="latency quantiles by trace name", view="traces", metrics="p50_latency p95_latency p99_latency",
           dimensions="name", columns="t.name, t.last_end_us - t.first_start_us", tables="trace t",
           time="t.timestamp_us"),
    Report(name="latency p95 by observation name", view="observations", metrics="p95_latency", dimensions="name",
           columns="o.name, o.end_us - o.start_us"),
    Report(name="latency p95 of everything", view="observations", metrics="p95_latency",
           columns="o.end_us - o.start_us"),
    Report(name="latency histogram by type", view="observations", metrics="histogram_latency", dimensions="type",
           columns="o.type, o.end_us - o.start_us"),
    Report(name="cost by observation name", view="observations", metrics="sum_totalCost count_count",
           dimensions="name", columns="o.name, o.total_cost"),
    Report(name="cost by trace name", view="observations", metrics="sum_totalCost", dimensions="traceName",
           columns="t.name, o.total_cost", tables=_WITH_TRACE),
    Report(name="ten dearest users", view="observations", metrics="sum_totalCost", dimensions="userId", limit=10,
           columns="t.user_id, o.total_cost", tables=_WITH_TRACE),
    Report(name="users by day", view="traces", metrics="uniq_uniqueUserIds", granularity="day",
           columns="t.timestamp_us, t.user_id", tables="trace t", time="t.timestamp_us"),
    Report(name="mean score by name and day", view="scores-numeric", metrics="avg_value count_count",
           dimensions="name", granularity="day", columns="s.name, s.timestamp_us, s.value", tables="score s",
           time="s.timestamp_us"),
)  # fmt: skip


def main() -> None:
    """Fill what is missing, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--observations", default="100000", help="sizes, separated by commas")
    parser.add_argument("--database-url", help="a Postgres server to use; its user must be allowed to make databases")
    parser.add_argument("--only", default="", help="only reports whose name contains this; nothing is written then")
    options = parser.parse_args()
    sizes = [int(size) for size in options.observations.split(",")]
    chosen = [report for report in REPORTS if options.only in report.name]
    with open_stores(options.engine, options.database_url) as stores:
        table = asyncio.run(_measure_all(stores, sizes, chosen))
    _print(sizes, chosen, table)
    if not options.only:
        _write(options.engine, table)


async def _measure_all(stores: Stores, sizes: list[int], chosen: list[Report]) -> dict[str, dict[int, Figures]]:
    table: dict[str, dict[int, Figures]] = {report.name: {} for report in chosen}
    for size in sizes:
        store = await stores.prepare(size)
        for report, figures in zip(chosen, await _measure(store, chosen), strict=True):
            table[report.name][size] = figures
    return table


async def _measure(store: Store, chosen: list[Report]) -> list[Figures]:
    print(f"measuring {store.size:,} observations", flush=True)
    telemetry = store.open(_PATIENT)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    reading = MetricsReading(telemetry.metrics)
    measured = []
    for report in chosen:
        query = query_of(report, store.size)
        measured.append(await _compare(telemetry, reading, report, query))
    await telemetry.close()
    server = Server(**store.server())
    try:
        for report, figures in zip(chosen, measured, strict=True):
            if figures["reader p95 ms"] > _TOO_SLOW_MS:
                continue
            path = f"/api/public/metrics?query={quote(_json(report, store.size))}"
            figures.update(_spread("http", _http_times(server.port, path)))
    finally:
        server.stop()
    return measured


async def _compare(telemetry: Any, reading: MetricsReading, report: Report, query: MetricsQuery) -> Figures:
    """The report and the bare SELECT by turns, so that whatever else the machine does meets both."""
    sql = f"SELECT {report.columns} FROM {report.tables} WHERE {report.time.split('.')[0]}.project{{plus}} = ? "
    sql = sql.format(plus=" + 0" if "Postgres" in type(telemetry).__name__ else "")
    sql += f"AND {report.time} >= ? AND {report.time} < ?"
    taken: list[float] = []
    bare: list[float] = []
    rows = 0
    while len(taken) <= _FEWEST or (len(taken) < _TIMES and sum(taken) + sum(bare) < _BUDGET_S):
        started = time.perf_counter()
        await reading.run(PROJECT, query)
        taken.append(time.perf_counter() - started)
        if report.columns is not None:
            started = time.perf_counter()
            fetched = await telemetry.reader.run(
                lambda session: len(session.execute(sql, (1, query.from_us, query.until_us))), is_bounded=False
            )
            bare.append(time.perf_counter() - started)
            rows = fetched
    figures = _spread("reader", taken[1:])
    if rows:
        figures["rows"] = rows
        figures["rows/s"] = rows / statistics.median(taken[1:])
        figures["bare rows/s"] = rows / statistics.median(bare[1:])
        figures["of bare"] = figures["rows/s"] / figures["bare rows/s"]
    return figures


def query_of(report: Report, size: int) -> MetricsQuery:
    """What a report asks of a store of so many observations."""
    return read_query(Params([("query", _json(report, size))]), V1)


def _json(report: Report, size: int) -> str:
    days = report.days or 30 * size // MONTH + 1
    metrics = [word.split("_") for word in report.metrics.split()]
    asked: dict[str, Any] = {
        "view": report.view,
        "metrics": [{"aggregation": how, "measure": what} for how, what in metrics],
        "dimensions": [{"field": name} for name in report.dimensions.split()],
        "fromTimestamp": format_time(END_US - days * DAY_US),
        "toTimestamp": format_time(END_US + 3_600_000_000),
    }
    if report.granularity is not None:
        asked["timeDimension"] = {"granularity": report.granularity}
    if report.limit is not None:
        asked["config"] = {"row_limit": report.limit}
    return json.dumps(asked)


def _http_times(port: int, path: str) -> list[float]:
    first = sum(read_over_http(port, path, 1))
    return read_over_http(port, path, max(_FEWEST, min(_TIMES, int(_BUDGET_S / 2 / first))))


def _spread(place: str, taken: list[float]) -> Figures:
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {f"{place} p50 ms": cuts[49] * _MS, f"{place} p95 ms": cuts[94] * _MS}


def _print(sizes: list[int], chosen: list[Report], table: dict[str, dict[int, Figures]]) -> None:
    width = max(len(report.name) for report in chosen)
    heads = f"{'p50':>8}{'p95':>8}{'http p95':>9}{'rows':>9}{'krows/s':>8}{'bare':>7}{'of it':>6}"
    print(f"\n{'':{width}} " + " |".join(f"{size:>{len(heads)},}" for size in sizes))
    print(f"{'milliseconds':{width}} " + " |".join(heads for _ in sizes) + " | growth")
    for report in chosen:
        found = [table[report.name][size] for size in sizes]
        growth = found[-1]["reader p50 ms"] / found[0]["reader p50 ms"]
        print(f"{report.name:{width}} " + " |".join(map(_cells, found)) + f" | {growth:6.2f}")


def _cells(figures: Figures) -> str:
    cells = f"{figures['reader p50 ms']:8.1f}{figures['reader p95 ms']:8.1f}{figures.get('http p95 ms', 0):9.1f}"
    if "rows" not in figures:
        return f"{cells}{'-':>9}{'-':>8}{'-':>7}{'-':>6}"
    speeds = f"{figures['rows/s'] / _MS:8.0f}{figures['bare rows/s'] / _MS:7.0f}{figures['of bare']:6.2f}"
    return f"{cells}{int(figures['rows']):>9}{speeds}"


def _write(engine: str, table: dict[str, dict[int, Figures]]) -> None:
    path = Path(__file__).parent / "results" / f"metrics-{engine}.json"
    told = {
        "engine": engine,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "date": time.strftime("%Y-%m-%d"),
        "reports": {
            name: {str(size): {key: round(value, 2) for key, value in found.items()} for size, found in sizes.items()}
            for name, sizes in table.items()
        },
    }
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    print(f"\nwritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
