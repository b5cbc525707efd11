"""`python -m bench`: ingest and first reads beside the floor; prints a table and writes bench/results/<engine>.json."""

import argparse
import json
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench import floor
from bench.load import LANGFUSE, OTLP, first_trace_id, read, read_back, send
from bench.process import Server, tree_cpu_s
from bench.traffic import EVENTS_PER_BATCH, OBSERVATIONS_PER_TRACE, SPANS_PER_BATCH, Traffic

ROUNDS = 5
BATCHES = 60
WARM_UP_BATCHES = 10
CLIENTS = 8
READ_BACK_BATCHES = 100
FLOOR_LIMIT_US = 50
US = 1_000_000
Figures = dict[str, list[float]]


def main() -> None:
    """Run the rounds, print the medians, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--database-url", help="measure Postgres at this address instead of SQLite")
    parser.add_argument(
        "--text-index", action="store_true", help="index texts beside it, as a server does unless told otherwise"
    )
    parser.add_argument("--postgres-pid", type=int, help="pid of its postmaster, whose CPU counts on both sides")
    options = parser.parse_args()
    engine = "postgres" if options.database_url else "sqlite"
    figures: Figures = {}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds} ({engine})", flush=True)
        for name, value in _round(number, options).items():
            figures.setdefault(name, []).append(value)
    summary = {name: _summary(values) for name, values in figures.items()}
    _print(summary)
    _write(f"{engine}-text-index" if options.text_index else engine, summary)


def _summary(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def _round(number: int, options: argparse.Namespace) -> dict[str, float]:
    traffic = Traffic(number)
    otlp = traffic.otlp_batches(options.batches)
    langfuse = traffic.langfuse_batches(options.batches * SPANS_PER_BATCH // EVENTS_PER_BATCH)
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        figures.update(_calibrate(path))
        before = _floor(path, options, otlp, langfuse)
        figures.update(_panope(path, number, options, otlp, langfuse))
        after = _floor(path, options, otlp, langfuse)
        # On both sides, because a shared machine runs faster in one minute than in the next.
        figures.update({name: (value + after[name]) / 2 for name, value in before.items()})
    for kind in ("otlp", "langfuse"):
        figures[f"{kind} share of the floor %"] = 100 * figures[f"{kind} floor µs"] / figures[f"{kind} CPU µs"]
    return figures


def _calibrate(folder: Path) -> dict[str, float]:
    """What this disk and processor can do right now: a bare fsync of 4 kB, a bare read of 1 MB."""
    path = folder / "calibration"
    syncs = []
    with path.open("wb", buffering=0) as file:
        for _ in range(50):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            syncs.append(time.perf_counter() - started)
    path.write_bytes(b"x" * 2**20)
    started = time.perf_counter()
    for _ in range(20):
        path.read_bytes()
    read_s = (time.perf_counter() - started) / 20
    return {"bare fsync ms": statistics.median(syncs) * 1000, "bare read of 1 MB ms": read_s * 1000}


def _floor(folder: Path, options: argparse.Namespace, otlp: list[bytes], langfuse: list[bytes]) -> dict[str, float]:
    encoder = floor.Encoder()
    spans, events = len(otlp) * SPANS_PER_BATCH, len(langfuse) * EVENTS_PER_BATCH
    path = folder / "floor.db"
    figures = {}
    for kind, bodies, decode, count in (
        ("otlp", otlp, encoder.otlp, spans),
        ("langfuse", langfuse, encoder.langfuse, events),
    ):
        path.unlink(missing_ok=True)
        groups = (decode(body) for body in bodies)
        figures[f"{kind} floor µs"] = _cpu(options, partial(_run, path, options, groups)) / count * US
        if kind == "otlp" and not options.database_url:
            figures["floor bytes per span"] = path.stat().st_size / count
    if figures["otlp floor µs"] > FLOOR_LIMIT_US:
        print(f"  floor at {figures['otlp floor µs']:.0f} µs per span, above {FLOOR_LIMIT_US}: an invalid round")
    return figures


def _run(path: Path, options: argparse.Namespace, groups: object) -> None:
    if options.database_url:
        floor.run_postgres(options.database_url, groups)  # type: ignore[arg-type]
    else:
        floor.run_sqlite(path, groups)  # type: ignore[arg-type]


def _cpu(options: argparse.Namespace, work: Callable[[], None]) -> float:
    before = floor.cpu_s() + _database_cpu_s(options)
    work()
    return floor.cpu_s() + _database_cpu_s(options) - before


def _database_cpu_s(options: argparse.Namespace) -> float:
    return tree_cpu_s(options.postgres_pid) if options.postgres_pid else 0.0


def _panope(
    folder: Path, number: int, options: argparse.Namespace, otlp: list[bytes], langfuse: list[bytes]
) -> dict[str, float]:
    server = Server(folder / "data", options.database_url, indexes_texts=options.text_index)
    figures = {"start to healthy s": server.start_s, "idle memory MB": server.rss_mb()}
    try:
        send(server.port, OTLP, Traffic(900 + number).otlp_batches(WARM_UP_BATCHES), 2)
        figures.update(_flood(server, options, "otlp", OTLP, otlp, SPANS_PER_BATCH))
        figures.update(_flood(server, options, "langfuse", LANGFUSE, langfuse, EVENTS_PER_BATCH))
        readable, read_back_batches = _readable(server, number)
        figures.update(readable)
        single = Traffic(950).otlp_traces(300)
        _, latencies = send(server.port, OTLP, single, 64)
        figures["64 clients, one trace each: p99 ms"] = _percentile(latencies, 99) * 1000
        figures.update(_reads(server))
        figures["memory after the flood MB"] = server.rss_mb()
    finally:
        server.stop()
    if not options.database_url:
        otlp_batches = len(otlp) + WARM_UP_BATCHES + read_back_batches
        observations = otlp_batches * SPANS_PER_BATCH + len(langfuse) * EVENTS_PER_BATCH // 2
        figures["bytes per observation"] = _size(folder / "data") / (observations + 300 * OBSERVATIONS_PER_TRACE)
    return figures


def _flood(
    server: Server, options: argparse.Namespace, kind: str, target: tuple[str, str], bodies: list[bytes], size: int
) -> dict[str, float]:
    before = server.cpu_s() + _database_cpu_s(options)
    wall_s, latencies = send(server.port, target, bodies, CLIENTS)
    cpu_s = server.cpu_s() + _database_cpu_s(options) - before
    count = len(bodies) * size
    return {
        f"{kind} CPU µs": cpu_s / count * US,
        f"{kind} per second": count / wall_s,
        f"{kind} p99 ms": _percentile(latencies, 99) * 1000,
    }


def _readable(server: Server, number: int) -> tuple[dict[str, float], int]:
    """From the acknowledgement of a batch until a read shows its last trace: alone, and beside seven that flood.

    Also how many batches were sent for it.
    """
    figures, sent = {}, 0
    traffic, bodies = Traffic(970 + number), Traffic(980 + number).otlp_batches(READ_BACK_BATCHES)
    sendings = list(traffic.followed(traffic.otlp_batches, 2 * READ_BACK_BATCHES))
    for name, flood in (("idle", []), ("flooded", bodies)):
        is_over = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            flooding = pool.submit(_send_then, server.port, flood, is_over)
            own = sendings[READ_BACK_BATCHES:] if flood else sendings[:READ_BACK_BATCHES]
            latencies = read_back(server.port, OTLP, own, is_over if flood else None)
            flooding.result()
        sent += len(latencies) + len(flood)
        figures.update({f"readable {name} p{p} ms": _percentile(latencies, p) * 1000 for p in (50, 95, 99)})
    return figures, sent


def _send_then(port: int, bodies: list[bytes], is_over: threading.Event) -> None:
    try:
        send(port, OTLP, bodies, CLIENTS - 1)
    finally:
        is_over.set()


def _reads(server: Server) -> dict[str, float]:
    newest = read(server.port, "/api/public/traces?limit=50&fields=core", 50)
    listed = first_trace_id(server.port)
    one = read(server.port, f"/api/public/traces/{listed}", 50)
    return {
        "newest page p50 ms": _percentile(newest, 50) * 1000,
        "newest page p95 ms": _percentile(newest, 95) * 1000,
        "one trace p50 ms": _percentile(one, 50) * 1000,
        "one trace p95 ms": _percentile(one, 95) * 1000,
    }


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _print(summary: dict[str, dict[str, float]]) -> None:
    width = max(len(name) for name in summary)
    print(f"\n{'':{width}}    median       min       max")
    for name, values in summary.items():
        print(f"{name:{width}} {values['median']:9.2f} {values['min']:9.2f} {values['max']:9.2f}")


def _write(engine: str, summary: dict[str, dict[str, float]]) -> None:
    path = Path(__file__).parent / "results" / f"{engine}.json"
    told = {
        "engine": engine,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "date": time.strftime("%Y-%m-%d"),
        "figures": {name: {key: round(value, 2) for key, value in values.items()} for name, values in summary.items()},
    }
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    print(f"\nwritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
