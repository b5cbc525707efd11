"""`python -m bench.grown`: what a store of millions takes, its log moved within commits and beside them, in turns.

The store is filled once and stays where `--folder` says, so that a second run begins at once; each turn adds to it. A
turn is a new server on it: a flood, or a rate at whose times requests leave whether earlier ones are answered or not.
"""

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from bench.grown.remade import Remade
from bench.load import OTLP, send
from bench.process import Server
from bench.soak import SENDERS, Schedule, send_on_time
from bench.traffic import SPANS_PER_BATCH

RESULTS = Path(__file__).parents[1] / "results" / "grown-sqlite.json"
KINDS = {"inline": {"PYTHONPATH": str(Path(__file__).with_name("inline"))}, "beside": {}}
"""Variables of a server that moves pages of SQLite's log within its commits, and of one that does as it does."""
CLIENTS = 8
WARM_UP_BATCHES = 20
FILL_BATCHES = 400
Figures = dict[str, list[float]]


def main() -> None:
    """Fill the store, take the turns, print the medians, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=4_000_000, help="in the store before the first turn")
    parser.add_argument("--turns", type=int, default=4, help="of each kind and each way")
    parser.add_argument(
        "--rate", type=float, default=3_500, help="observations per second of the turns that are no flood"
    )
    parser.add_argument("--seconds", type=float, default=60, help="of each of these turns")
    parser.add_argument("--batches", type=int, default=200, help=f"of {SPANS_PER_BATCH} spans, of each flood")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "panope-grown", help="of the store"
    )
    options = parser.parse_args()
    store = Store(options.folder)
    store.fill(options.observations)
    figures: dict[str, Figures] = {kind: {} for kind in KINDS}
    for number in range(2 * options.turns):
        for kind in KINDS:
            if number < options.turns:
                found = store.flood(kind, options.batches)
            else:
                found = store.take_in_time(kind, options.rate, options.seconds)
            print(f"{store.size_gb():.1f} GB, {kind}: {_describe(found)}", flush=True)
            for name, value in found.items():
                figures[kind].setdefault(name, []).append(value)
    _print(figures)
    _write(figures, options, store)


class Store:
    """A data directory that grows, and how many batches were sent to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._state = folder / "sent"
        folder.mkdir(parents=True, exist_ok=True)
        self._traffic = Remade(self.sent)

    @property
    def sent(self) -> int:
        """Batches."""
        return int(self._state.read_text()) if self._state.exists() else 0

    def fill(self, observations: int) -> None:
        """Until it has so many."""
        if self.sent * SPANS_PER_BATCH >= observations:
            return
        server = self._start("beside")
        try:
            while self.sent * SPANS_PER_BATCH < observations:
                wall_s, _ = send(server.port, OTLP, self._make(FILL_BATCHES), CLIENTS)
                rate = FILL_BATCHES * SPANS_PER_BATCH / wall_s
                print(f"{self.sent * SPANS_PER_BATCH:,} of {observations:,}, {rate:.0f} per second", flush=True)
        finally:
            server.stop()

    def flood(self, kind: str, batches: int) -> dict[str, float]:
        """As many as it takes."""
        first, bodies = self._make(WARM_UP_BATCHES), self._make(batches)
        server = self._start(kind)
        try:
            send(server.port, OTLP, first, CLIENTS)
            before = server.cpu_s(), server.written_bytes()
            wall_s, latencies = send(server.port, OTLP, bodies, CLIENTS)
            spans = batches * SPANS_PER_BATCH
            return {
                "flood, per second": spans / wall_s,
                "flood, CPU µs": (server.cpu_s() - before[0]) / spans * 1e6,
                "flood, kB written": (server.written_bytes() - before[1]) / spans / 1e3,
                "flood, p99 ms": _percentile(latencies, 99),
            }
        finally:
            server.stop()

    def take_in_time(self, kind: str, rate: float, seconds: float) -> dict[str, float]:
        """So many per second."""
        first, bodies = self._make(WARM_UP_BATCHES), self._make(int(rate * seconds / SPANS_PER_BATCH) + 1)
        server = self._start(kind)
        try:
            send(server.port, OTLP, first, CLIENTS)
            schedule = Schedule(((OTLP, body, SPANS_PER_BATCH) for body in bodies), rate, seconds)
            senders = [threading.Thread(target=send_on_time, args=(server.port, schedule)) for _ in range(SENDERS)]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
            if schedule.failures:
                raise RuntimeError(schedule.failures[0])
            latencies = [latency for _, latency in schedule.latencies]
            figures = {f"in time, p{percent} ms": _percentile(latencies, percent) for percent in (50, 95, 99)}
            return {**figures, "in time, longest ms": max(latencies) * 1000}
        finally:
            server.stop()

    def size_gb(self) -> float:
        """On the disk."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file()) / 1e9

    def _make(self, batches: int) -> list[bytes]:
        made = self._traffic.batches(batches)
        self._state.write_text(str(self.sent + batches))
        return made

    def _start(self, kind: str) -> Server:
        return Server(self._folder / "data", indexes_texts=False, more=KINDS[kind])


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] * 1000


def _describe(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.0f}" for name, value in figures.items())


def _print(figures: dict[str, Figures]) -> None:
    print(f"\n{'':20}" + "".join(f"{kind:>26}" for kind in KINDS))
    for name in figures["beside"]:
        told = [figures[kind][name] for kind in KINDS]
        cells = [f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})" for values in told]
        print(f"{name:20}" + "".join(f"{cell:>26}" for cell in cells))


def _write(figures: dict[str, Figures], options: argparse.Namespace, store: Store) -> None:
    told = {
        "date": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "observations": store.sent * SPANS_PER_BATCH,
        "store GB": round(store.size_gb(), 1),
        "rate": options.rate,
        "seconds": options.seconds,
        "figures": {
            kind: {name: [round(value, 1) for value in values] for name, values in found.items()}
            for kind, found in figures.items()
        },
    }
    RESULTS.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
