"""`python -m bench.replay`: how fast history is repriced, and what that does to telemetry that arrives meanwhile."""

import argparse
import base64
import json
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.load import OTLP, send
from bench.process import PUBLIC_KEY, SECRET_KEY, Server
from bench.traffic import SPANS_PER_BATCH, Traffic

_PAUSE_S = 0.1
_PATH = "/api/panope/v1/operations"
_MODEL = {"modelName": "all", "matchPattern": ".", "unit": "TOKENS", "inputPrice": 0.000003, "outputPrice": 0.00001}


def main() -> None:
    """Fill a store, send at a steady pace alone, then send at that pace while history is repriced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=50_000)
    parser.add_argument(
        "--batches", type=int, default=100, help="sent at a steady pace, alone and beside the repricing"
    )
    parser.add_argument("--database-url", help="measure Postgres at this address instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", options.database_url)
        try:
            _measure(server, options)
        finally:
            server.stop()


def _measure(server: Server, options: argparse.Namespace) -> None:
    traffic = Traffic(7)
    history = traffic.otlp_batches(options.observations // SPANS_PER_BATCH)
    wall_s, _ = send(server.port, OTLP, history, clients=2)
    print(f"history: {options.observations} observations in {wall_s:.1f} s")
    _print("alone", _paced(server, traffic.otlp_batches(options.batches), lambda: False))
    _call(server, "POST", "/api/public/models", _MODEL)
    for dry_run in (True, False):
        cpu_s, began = server.cpu_s(), time.perf_counter()
        asked = _call(server, "POST", _PATH, {"kind": "reprice", "since": "2020-01-01T00:00:00Z", "dryRun": dry_run})
        watch = _Watch(server, asked["id"])
        watch.start()
        beside = [] if dry_run else _paced(server, traffic.otlp_batches(options.batches), watch.is_over)
        watch.join()
        took_s, looked, changed = watch.ended - began, watch.done["observations"], watch.done["changed"]
        name = "dry run" if dry_run else "repricing"
        print(f"{name}: {looked} of them looked at, {changed} changed, {took_s:.1f} s, {looked / took_s:.0f}/s", end="")
        print(f", {1e6 * (server.cpu_s() - cpu_s) / looked:.0f} µs CPU each" if dry_run else "")
        if beside:
            _print("beside the repricing", beside)
    print(f"memory: {server.rss_mb():.0f} MB")


class _Watch(threading.Thread):
    """Follows an operation to its end."""

    def __init__(self, server: Server, operation_id: str) -> None:
        super().__init__()
        self._server = server
        self._operation_id = operation_id
        self.done: dict[str, Any] = {}
        self.ended = 0.0

    def is_over(self) -> bool:
        """Whether the operation has come to its end."""
        return bool(self.done)

    def run(self) -> None:
        """Poll."""
        while not self.done:
            found = _call(self._server, "GET", f"{_PATH}/{self._operation_id}")
            if found["state"] in {"done", "failed", "cancelled"}:
                self.ended = time.perf_counter()
                self.done = found
            time.sleep(0.05)


def _paced(server: Server, bodies: list[bytes], is_over: Callable[[], bool]) -> list[float]:
    """Seconds of each answer, a batch at a time with pauses between them, until there are no more or it is over."""
    latencies: list[float] = []
    for body in bodies:
        if is_over():
            break
        latencies += send(server.port, OTLP, [body], clients=1)[1]
        time.sleep(_PAUSE_S)
    return latencies


def _print(name: str, latencies: list[float]) -> None:
    ordered = sorted(1000 * latency for latency in latencies)
    worst = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name}: {len(ordered)} batches, acknowledged p50 {statistics.median(ordered):.0f} ms, p99 {worst:.0f} ms")


def _call(server: Server, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(server.base + path, None if body is None else json.dumps(body).encode())
    request.method = method
    keys = base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode()
    request.add_header("Authorization", f"Basic {keys}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


if __name__ == "__main__":
    main()
