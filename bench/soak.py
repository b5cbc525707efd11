"""`python -m bench.soak`: half load for an hour; memory and acknowledgement times at both ends of each piece.

Half load is half of what the server took in a flood at the beginning, or a rate that is told: a store of millions takes
less than an empty one. Requests leave at fixed times, whether earlier
ones are answered or not, and an acknowledgement counts from when its request should have left: a server that stops for
a second pays for all that it kept waiting. What a piece gave is kept at once; a run that was interrupted, or told to do
only some pieces, goes on where it stopped, with the store as it is and a new server.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import queue
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.load import LANGFUSE, OTLP, post, send
from bench.process import Server
from bench.traffic import EVENTS_PER_BATCH, SPANS_PER_BATCH, Traffic

RESULTS = Path(__file__).parent / "results" / "soak.json"
FLOOD_BATCHES = 60
FLOOD_CLIENTS = 8
SHARE = 0.5
SENDERS = 16
PREPARED = 40
"""Bodies that wait to be sent: made by another process, so that making them delays nobody."""
EDGE_S = 60.0
"""How long the beginning and the end of a piece are, at most a quarter of it."""
FIRST_SEED = 300
Piece = dict[str, float]
Body = tuple[tuple[str, str], bytes, int]
"""Where it goes, what it is, how many observations or events it holds."""


def main() -> None:
    """Run the pieces that are missing, print each, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="of all pieces together")
    parser.add_argument("--pieces", type=int, default=4)
    parser.add_argument("--rate", type=float, help="observations and events per second, instead of half of a flood")
    parser.add_argument("--only", type=int, help="how many pieces to do now; all that are missing unless given")
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run did")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "panope-soak", help="of the store")
    parser.add_argument("--database-url", help="Postgres instead of SQLite")
    parser.add_argument(
        "--text-index", action="store_true", help="index texts beside it, as a server does unless told otherwise"
    )
    options = parser.parse_args()
    state = _read_state(options)
    server = Server(options.folder / "data", options.database_url, indexes_texts=options.text_index)
    try:
        _run(server, state, options)
    finally:
        server.stop()
        _keep(options, state)


def _run(server: Server, state: dict[str, Any], options: argparse.Namespace) -> None:
    if not state["pieces"]:
        state["flood per second"] = _flood(server)
    rate = options.rate or state["flood per second"] * SHARE
    flood = f"flood {state['flood per second']:.0f} per second"
    print(f"{flood}, now {rate:.0f} per second for {options.minutes:g} minutes", flush=True)
    missing = options.pieces - len(state["pieces"])
    state["server starts"] += 1
    for _ in range(min(missing, options.only or missing)):
        seed = FIRST_SEED + len(state["pieces"])
        piece = _measure(server, rate, options.minutes * 60 / options.pieces, seed)
        piece["store GB"] = _size(options.folder / "data") / 1e9
        state["pieces"].append(piece)
        _keep(options, state)
        print(f"piece {len(state['pieces'])} of {options.pieces}: {_describe(piece)}", flush=True)


def _flood(server: Server) -> float:
    """Observations and events per second that the server takes when everybody sends at once."""
    otlp = Traffic(FIRST_SEED - 1).otlp_batches(FLOOD_BATCHES)
    send(server.port, OTLP, otlp[: FLOOD_BATCHES // 4], FLOOD_CLIENTS)
    wall_s, _ = send(server.port, OTLP, otlp[FLOOD_BATCHES // 4 :], FLOOD_CLIENTS)
    return (FLOOD_BATCHES - FLOOD_BATCHES // 4) * SPANS_PER_BATCH / wall_s


class Schedule:
    """Hands out bodies with the times at which they have to leave."""

    def __init__(self, bodies: Iterator[Body], rate: float, duration_s: float) -> None:
        self._bodies = bodies
        self._rate = rate
        self._lock = threading.Lock()
        self._next_s = self.began_s = time.perf_counter()
        self._end_s = self.began_s + duration_s
        self.sent = 0
        self.latencies: list[tuple[float, float]] = []
        """Seconds since the beginning at which a request had to leave, and until it was acknowledged."""
        self.failures: list[str] = []

    def take(self) -> tuple[float, Body] | None:
        """The next, or None when it is over."""
        with self._lock:
            if self._next_s >= self._end_s or self.failures:
                return None
            at_s, body = self._next_s, next(self._bodies)
            self._next_s += body[2] / self._rate
            self.sent += body[2]
            return at_s, body

    def note(self, at_s: float) -> None:
        """The one that had to leave then is acknowledged."""
        self.latencies.append((at_s - self.began_s, time.perf_counter() - at_s))


def _measure(server: Server, rate: float, duration_s: float, seed: int) -> Piece:
    context = multiprocessing.get_context("spawn")
    bodies: Any = context.Queue(PREPARED)
    maker = context.Process(target=_make, args=(seed, bodies), daemon=True)
    maker.start()
    first = bodies.get()
    memory = {"memory at start MB": server.rss_mb()}
    cpu_s = server.cpu_s()
    schedule = Schedule(_drain(first, bodies), rate, duration_s)
    senders = [threading.Thread(target=send_on_time, args=(server.port, schedule)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    wall_s = time.perf_counter() - schedule.began_s
    maker.kill()
    maker.join()
    if schedule.failures:
        raise RuntimeError(schedule.failures[0])
    edge_s = min(EDGE_S, duration_s / 4)
    begun = [latency for at_s, latency in schedule.latencies if at_s < edge_s]
    ended = [latency for at_s, latency in schedule.latencies if at_s >= duration_s - edge_s]
    return {
        "minutes": wall_s / 60,
        "sent": schedule.sent,
        "per second": schedule.sent / wall_s,
        "CPU share %": 100 * (server.cpu_s() - cpu_s) / wall_s,
        **memory,
        "memory at end MB": server.rss_mb(),
        "p50 ms": _percentile([latency for _, latency in schedule.latencies], 50),
        "p99 at start ms": _percentile(begun, 99),
        "p99 at end ms": _percentile(ended, 99),
        "p99 ms": _percentile([latency for _, latency in schedule.latencies], 99),
        "longest ms": max(latency for _, latency in schedule.latencies) * 1000,
    }


def _make(seed: int, bodies: Any) -> None:
    """The body of the process that makes bodies: three batches of spans, then one of events, for ever."""
    traffic = Traffic(seed)
    while True:
        for body in traffic.otlp_batches(3):
            bodies.put((OTLP, body, SPANS_PER_BATCH))
        for body in traffic.langfuse_batches(1):
            bodies.put((LANGFUSE, body, EVENTS_PER_BATCH))


def _drain(first: Body, bodies: Any) -> Iterator[Body]:
    yield first
    while True:
        try:
            yield bodies.get(timeout=30)
        except queue.Empty:
            raise RuntimeError("nobody makes bodies any more") from None


def send_on_time(port: int, schedule: Schedule) -> None:
    """Send what a schedule hands out until it is over: one of several senders."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while (taken := schedule.take()) is not None:
        at_s, (target, body, _) = taken
        time.sleep(max(0.0, at_s - time.perf_counter()))
        try:
            post(connection, target, body)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            schedule.failures.append(repr(error))
            break
        schedule.note(at_s)
    connection.close()


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] * 1000


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _describe(piece: Piece) -> str:
    return (
        f"{piece['minutes']:.1f} min, {piece['per second']:.0f} per second, "
        f"memory {piece['memory at start MB']:.0f} to {piece['memory at end MB']:.0f} MB, "
        f"p99 {piece['p99 at start ms']:.1f} to {piece['p99 at end ms']:.1f} ms, longest {piece['longest ms']:.0f} ms"
    )


def _asked(options: argparse.Namespace) -> dict[str, object]:
    """What has to be the same for a run to go on."""
    engine = "postgres" if options.database_url else "sqlite"
    return {
        "engine": engine,
        "minutes": options.minutes,
        "pieces asked": options.pieces,
        "rate": options.rate,
        "text index": options.text_index,
    }


def _read_state(options: argparse.Namespace) -> dict[str, Any]:
    """What an earlier run of the same kind left unfinished, else the beginning of a new one."""
    kept = options.folder / "soak.json"
    if kept.exists() and not options.anew:
        state: dict[str, Any] = json.loads(kept.read_text())
        if {name: state.get(name) for name in _asked(options)} == _asked(options) and len(
            state["pieces"]
        ) < options.pieces:
            return state
    for path in sorted(options.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    options.folder.mkdir(parents=True, exist_ok=True)
    return {**_asked(options), "cores": os.cpu_count(), "server starts": 0, "pieces": []}


def _keep(options: argparse.Namespace, state: dict[str, Any]) -> None:
    rounded = [{name: round(value, 3) for name, value in piece.items()} for piece in state["pieces"]]
    told = json.dumps({**state, "date": time.strftime("%Y-%m-%d"), "pieces": rounded}, indent=1, ensure_ascii=False)
    (options.folder / "soak.json").write_text(told + "\n")
    if state["pieces"]:
        RESULTS.write_text(told + "\n")


if __name__ == "__main__":
    main()
