"""`python -m bench.reads`: time and work of every read at several sizes; writes bench/results/reads-<engine>.json.

Time is measured at the `TelemetryReader` and at the HTTP edge of a real server process, after a first read that fills
the caches; the time on the processor leaves out what others on the machine take, and on Postgres the database too.
Work is what the database did: steps of SQLite's machine, buffers that Postgres touched. It depends on neither, so
growth is counted in it.
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
from typing import Final

from bench.load import read as read_over_http
from bench.process import Server
from bench.read_cases import Read, reads
from bench.read_stores import Store, Stores, open_stores
from bench.seed import PROJECT
from panope.ports.telemetry import TelemetryReader

_TIMES: Final = 40
_BUDGET_S: Final = 2.5
_FEWEST: Final = 5
_MS: Final = 1000
_THRESHOLDS: Final = (50_000, 20, 100)
"""The server looks for cycles as rarely."""
_SHOWN: Final = ("reader p50 ms", "reader p95 ms", "http p50 ms", "http p95 ms", "reader CPU ms")
Figures = dict[str, float]


def main() -> None:
    """Fill what is missing, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--sizes", default="100000,1000000", help="observations, separated by commas")
    parser.add_argument("--database-url", help="a Postgres server to use; its user must be allowed to make databases")
    parser.add_argument(
        "--markdown", action="store_true", help="print what was measured last, as the documentation has it"
    )
    parser.add_argument("--only", default="", help="only reads whose name contains this; nothing is written then")
    options = parser.parse_args()
    if options.markdown:
        _print_markdown(options.engine)
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    chosen = [read for read in reads() if options.only in read.name]
    with open_stores(options.engine, options.database_url) as stores:
        measured = asyncio.run(_measure_all(stores, sizes, chosen))
        table = {read.name: {size: measured[size][read.name] for size in sizes} for read in chosen}
        _print(stores.unit, sizes, chosen, table)
    if not options.only:
        _write(options.engine, stores.unit, table)


async def _measure_all(stores: Stores, sizes: list[int], chosen: list[Read]) -> dict[int, dict[str, Figures]]:
    return {size: await _measure(await stores.prepare(size), chosen) for size in sizes}


async def _measure(store: Store, chosen: list[Read]) -> dict[str, Figures]:
    print(f"measuring {store.size:,} observations", flush=True)
    figures: dict[str, Figures] = {read.name: {} for read in chosen}
    counting = store.counting()
    await counting.list_receipts(PROJECT, 1)
    for read in chosen:
        counting.work = 0
        await read.ask(counting)
        figures[read.name]["work"] = counting.work
    telemetry = store.open()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    for read in chosen:
        figures[read.name].update(await _times(read, telemetry.reader))
    await telemetry.close()
    server = Server(**store.server(), indexes_texts=False)
    try:
        for read in chosen:
            if read.path is not None:
                figures[read.name].update(_spread("http", _http_times(server.port, read.path)))
    finally:
        server.stop()
    return figures


async def _times(read: Read, reader: TelemetryReader) -> Figures:
    await read.ask(reader)
    taken: list[float] = []
    cpu_before = time.process_time()
    while len(taken) < _FEWEST or (len(taken) < _TIMES and sum(taken) < _BUDGET_S):
        started = time.perf_counter()
        await read.ask(reader)
        taken.append(time.perf_counter() - started)
    cpu_s = (time.process_time() - cpu_before) / len(taken)
    return {**_spread("reader", taken), "reader CPU ms": cpu_s * _MS}


def _http_times(port: int, path: str) -> list[float]:
    first = sum(read_over_http(port, path, 1))
    return read_over_http(port, path, max(_FEWEST, min(_TIMES, int(_BUDGET_S / first))))


def _spread(place: str, taken: list[float]) -> Figures:
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {f"{place} p50 ms": cuts[49] * _MS, f"{place} p95 ms": cuts[94] * _MS}


def _print(unit: str, sizes: list[int], chosen: list[Read], table: dict[str, dict[int, Figures]]) -> None:
    width = max(len(read.name) for read in chosen)
    parts = [f"{'p50':>7}{'p95':>8}{'cpu':>7}{'http p50':>9}{'p95':>8}{'work':>9}" for _ in sizes]
    print(f"\n{'':{width}} " + " |".join(f"{size:>48,}" for size in sizes))
    print(f"{'milliseconds; work in ' + unit:{width}} " + " |".join(parts) + " | growth")
    for read in chosen:
        rows = [table[read.name][size] for size in sizes]
        growth = rows[-1]["work"] / max(rows[0]["work"], 1)
        print(f"{read.name:{width}} " + " |".join(map(_cells, rows)) + f" | {growth:6.2f}")


def _cells(figures: Figures) -> str:
    def shown(name: str, width: int) -> str:
        return f"{figures[name]:{width}.1f}" if name in figures else f"{'-':>{width}}"

    reader = f"{shown('reader p50 ms', 7)}{shown('reader p95 ms', 8)}{shown('reader CPU ms', 7)}"
    return f"{reader}{shown('http p50 ms', 9)}{shown('http p95 ms', 8)}{int(figures['work']):>9}"


def _print_markdown(engine: str) -> None:
    told = json.loads(_results(engine).read_text())
    print(f"| Milliseconds; work in {told['work']} | p50 | p95 | HTTP p50 | p95 | CPU | work | growth |")
    print("|---|" + "---:|" * 7)
    for name, found in told["reads"].items():
        small, large = found[min(found, key=int)], found[max(found, key=int)]
        cells = [f"{large[cell]:.1f}" if cell in large else "" for cell in _SHOWN]
        growth = large["work"] / max(small["work"], 1)
        print(f"| {name} | {' | '.join(cells)} | {int(large['work']):,} | {growth:.2f} |")


def _results(engine: str) -> Path:
    return Path(__file__).parent / "results" / f"reads-{engine}.json"


def _write(engine: str, unit: str, table: dict[str, dict[int, Figures]]) -> None:
    path = _results(engine)
    told = {
        "engine": engine,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "date": time.strftime("%Y-%m-%d"),
        "work": unit,
        "reads": {
            name: {str(size): {key: round(value, 2) for key, value in found.items()} for size, found in sizes.items()}
            for name, sizes in table.items()
        },
    }
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    print(f"\nwritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
