"""`python -m bench.text`: searching and indexing texts; writes bench/results/text-<engine>.json.

Texts are made of words as often as in a language: 50,000 of them, the n-th as often as 1/n, and an id that no other
text has. What is searched for is put into a known number of them. The engine works in this process; on Postgres, where
the processes of the server are this one's descendants or named by `--postgres-pid`, their CPU is counted with it.
"""

import argparse
import asyncio
import itertools
import json
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from bench.postgres import Cluster
from bench.process import tree_cpu_s
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.features.pricing.managed import load_managed
from panope.jobs.text_index import TextIndexRunner
from panope.ports.operations import Holder
from panope.ports.telemetry import IngestBatch
from panope.query.ast import Condition, ListQuery, Node, Op, Sort
from panope.query.fields import View
from panope.query.text.lower import search

Telemetry = SqliteTelemetry | PostgresTelemetry

_RESULTS: Final = Path(__file__).parent / "results"
_KEPT: Final = Path(__file__).parent / ".data"
_PROJECT: Final = ProjectId("bench")
_END_US: Final = 1_790_000_000_000_000
_APART_US: Final = 1_000_000
_WORDS: Final = 50_000
_PER_TRACE: Final = 8
_PER_BATCH: Final = 40
_UNITED: Final = 20
"""Batches that are written as one where nothing is measured."""
_AT_ONCE: Final = 4
_FEW: Final = 4_096
_ENDLESS: Final = 1_000_000
_TIMES: Final = 20
_MS: Final = 1_000
_US: Final = 1_000_000
_RARE: Final = 20
_LOAD_S: Final = 20.0
_COMPARED: Final = 16_000
_HOLDER: Final = Holder("bench", 60)


def main() -> None:
    """Fill, index, search, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--observations", default="100000,1000000", help="how many, separated by commas")
    parser.add_argument("--database-url", help="an empty Postgres database to use, which is filled")
    parser.add_argument("--postgres-pid", type=int, help="of its server, whose CPU is counted then")
    options = parser.parse_args()
    _KEPT.mkdir(exist_ok=True)
    figures = {}
    for size in map(int, options.observations.split(",")):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=_KEPT)))
            url, pid = options.database_url, options.postgres_pid
            if options.engine == "postgres" and url is None:
                cluster = Cluster(folder)
                stack.callback(cluster.stop)
                url, pid = cluster.url, cluster.pid
            figures[size] = asyncio.run(_Bench(_open(folder, url), size, pid).measure())
    path = _RESULTS / f"text-{options.engine}.json"
    told = {"machine": platform.platform(), "figures": figures}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _open(folder: Path, url: str | None) -> Telemetry:
    if url is None:
        return SqliteTelemetry.open(folder / "telemetry.db")
    upgrade(PostgresMigrationTarget(url), Plane.TELEMETRY)
    return PostgresTelemetry(url)


class _Bench:
    """One store, filled, indexed and searched; what is done is told as it is done."""

    def __init__(self, telemetry: Telemetry, size: int, postgres_pid: int | None) -> None:
        self._telemetry = telemetry
        self._size = size
        self._postgres_pid = postgres_pid
        self._began_s = time.perf_counter()
        self._figures: dict[str, object] = {}

    async def measure(self) -> dict[str, object]:
        """All figures by name."""
        telemetry, batches = self._telemetry, _batches(self._size)
        await self._measure_cost(batches)
        self._tell("half load", await _lag(telemetry, batches))
        began_s = time.perf_counter()
        await self._fill(batches)
        self._tell("write the rest s", time.perf_counter() - began_s)
        await self._measure_index()
        for name, where in _searches().items():
            self._tell(name, await _times(telemetry, where))
        await telemetry.texts.drop(_PROJECT)
        self._tell("rare word, without an index", await _times(telemetry, _searches()["rare word"], times=2))
        await telemetry.close()
        return self._figures

    async def _measure_cost(self, batches: Iterator[IngestBatch]) -> None:
        """Of writing without and with an index; each time as many observations."""
        telemetry, count = self._telemetry, min(_COMPARED, self._size // 4) // _PER_BATCH
        plain = await self._cpu_of_writing(list(itertools.islice(batches, count)))
        await telemetry.texts.start(_PROJECT)
        await _index_all(telemetry)
        some = list(itertools.islice(batches, count))
        began_s = self._cpu_s()
        noting = await self._cpu_of_writing(some)
        await _index_all(telemetry)
        both = (self._cpu_s() - began_s) * _US / (_PER_BATCH * count)
        self._tell("write µs CPU", plain)
        self._tell("write µs CPU, noting", noting)
        self._tell("write and index µs CPU", both)
        self._tell("ingest costs more by %", (both / plain - 1) * 100)

    async def _measure_index(self) -> None:
        telemetry = self._telemetry
        began_s, cpu_s = time.perf_counter(), self._cpu_s()
        (before,) = await telemetry.texts.describe()
        while await self._progress("to be indexed"):
            await _index_all(telemetry, steps=8)
        waited = max(1, before.waiting_rows)
        self._tell("index the rest s", time.perf_counter() - began_s)
        self._tell("index the rest µs CPU for each row", (self._cpu_s() - cpu_s) * _US / waited)
        (state,) = await telemetry.texts.describe()
        self._tell("segments", state.segments)
        self._tell("rows", state.rows)
        self._tell("index bytes per observation", state.bytes / self._size)
        sized = await telemetry.reader.measure_project(_PROJECT)
        self._tell("stored bytes per observation, without indexes", sized.stored_bytes / self._size)

    async def _fill(self, batches: Iterator[IngestBatch]) -> None:
        """Write the rest, many at a time: a commit is of several large batches."""
        waiting: set[asyncio.Task[None]] = set()
        for done, batch in enumerate(_united(batches), 1):
            waiting.add(asyncio.create_task(self._telemetry.writer.apply(batch)))
            if len(waiting) >= _AT_ONCE:
                finished, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    task.result()
            if done % 20 == 0:
                self._say(f"{done * _UNITED * _PER_BATCH} of {self._size} observations are filled in")
        await asyncio.gather(*waiting)

    async def _progress(self, what: str) -> int:
        (state,) = await self._telemetry.texts.describe()
        self._say(f"{state.waiting_rows} rows {what}")
        if 0 < state.waiting_rows < _FEW:
            await asyncio.sleep(1)  # few rows are indexed when they have waited for a while
        return state.waiting_rows

    async def _cpu_of_writing(self, batches: list[IngestBatch]) -> float:
        began_s = self._cpu_s()
        for batch in batches:
            await self._telemetry.writer.apply(batch)
        return (self._cpu_s() - began_s) * _US / (_PER_BATCH * len(batches))

    def _cpu_s(self) -> float:
        return time.process_time() + (tree_cpu_s(self._postgres_pid) if self._postgres_pid else 0.0)

    def _tell(self, name: str, figure: object) -> None:
        self._figures[name] = figure
        self._say(f"{name}: {figure}")

    def _say(self, text: str) -> None:
        print(f"{time.perf_counter() - self._began_s:6.0f} s  {text}", flush=True)


def _united(batches: Iterator[IngestBatch]) -> Iterator[IngestBatch]:
    while some := list(itertools.islice(batches, _UNITED)):
        yield replace(some[0], events=[event for batch in some for event in batch.events])


def _searches() -> dict[str, Node]:
    return {
        "rare word": search(View.OBSERVATIONS, "zebrafish"),
        "absent word": search(View.OBSERVATIONS, "quokka"),
        "common word": search(View.OBSERVATIONS, "please"),
        "phrase": search(View.OBSERVATIONS, "refund policy"),
        "phrase of common words that is nowhere": search(View.OBSERVATIONS, "please the"),
        "input:zebrafish": Condition("input", Op.MATCHES, "zebrafish"),
        "output:*zebrafi*": Condition("output", Op.MATCHES, "zebrafi"),
        "id of the text": search(View.OBSERVATIONS, _id_of(4_321)),
    }


async def _times(telemetry: Telemetry, where: Node, *, times: int = _TIMES) -> dict[str, object]:
    query = ListQuery(where=where, sort=Sort("start_time"), limit=50)
    taken, found, before_s = [], 0, time.process_time()
    for _ in range(times):
        began_s = time.perf_counter()
        try:
            found = len((await telemetry.reader.list_observations(_PROJECT, query)).rows)
        except Exception as error:  # noqa: BLE001 - a refusal is an answer
            return {"refused": type(error).__name__, "after ms": (time.perf_counter() - began_s) * _MS}
        taken.append((time.perf_counter() - began_s) * _MS)
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    cpu_ms = (time.process_time() - before_s) * _MS / times
    return {"rows": found, "first ms": taken[0], "p50 ms": cuts[49], "p95 ms": cuts[94], "CPU ms": cpu_ms}


async def _index_all(telemetry: Telemetry, steps: int = _ENDLESS) -> None:
    """All that is worth it now, or so many steps of it."""
    await telemetry.texts.claim(_PROJECT, _HOLDER)
    for _ in range(steps):
        if not await telemetry.texts.advance(_PROJECT, _HOLDER):
            return


async def _lag(telemetry: Telemetry, batches: Iterator[IngestBatch]) -> dict[str, object]:
    """How far the index lags behind a writer that pauses as long as it writes."""
    runner = TextIndexRunner(_Only(telemetry))
    running = asyncio.create_task(runner.run())
    lags, written = [], 0
    began_s = time.perf_counter()
    while time.perf_counter() - began_s < _LOAD_S:
        started = time.perf_counter()
        batch = next(batches, None)
        if batch is None:
            break
        await telemetry.writer.apply(batch)
        written += _PER_BATCH
        await asyncio.sleep(time.perf_counter() - started)
        (state,) = await telemetry.texts.describe()
        lags.append(state.lag_us / _US)
    took_s = time.perf_counter() - began_s
    runner.stop()
    await running
    return {"observations per s": written / took_s, "greatest lag s": max(lags), "mean lag s": statistics.fmean(lags)}


class _Only:
    """The indexes of a server with one project."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.settle = telemetry.texts.describe
        self._texts = telemetry.texts

    async def claim(self, project_id: ProjectId) -> bool:
        """Always."""
        return await self._texts.claim(project_id, _HOLDER)

    async def advance(self, project_id: ProjectId) -> int:
        """One step."""
        return await self._texts.advance(project_id, _HOLDER)


def _id_of(number: int) -> str:
    return random.Random(number).randbytes(16).hex()


def _batches(size: int) -> Iterator[IngestBatch]:
    """Observations with their traces, oldest first, each batch with five traces."""
    prices = PriceBook((), load_managed())
    teller = _Teller(size)
    for first in range(0, size, _PER_BATCH):
        events = [event for number in range(first, first + _PER_BATCH) for event in teller.observation(number)]
        receipt = Receipt(request_id="text", received_us=_END_US, protocol="langfuse", accepted=len(events))
        yield IngestBatch(project_id=_PROJECT, events=events, receipt=receipt, prices=prices)


class _Teller:
    def __init__(self, size: int) -> None:
        self._chance = random.Random(7)
        letters = "etaoinshrdlucmfwypvbgkjqxz"
        weights = [1 / (place + 2) for place in range(len(letters))]
        made = ("".join(self._chance.choices(letters, weights, k=self._chance.randint(2, 10))) for _ in range(_WORDS))
        self._words = list(made)
        self._weights = list(itertools.accumulate(1 / (place + 1) for place in range(_WORDS)))
        self._first_us = _END_US - size * _APART_US
        self._rare = frozenset(size * place // _RARE + 17 for place in range(_RARE))

    def observation(self, number: int) -> Iterator[TelemetryEvent]:
        """An observation, and its trace before the first of eight."""
        trace_id, at_us = f"{number // _PER_TRACE:032x}", self._first_us + number * _APART_US
        if number % _PER_TRACE == 0:
            told = {"name": "chat", "user_id": f"user-{number % 997}", "input": self._text(number, 40)}
            yield _event(EntityKind.TRACE, trace_id, at_us, "timestamp", told)
        texts = {"input": self._text(number, 140), "output": self._text(number, 60)}
        told = {"trace_id": trace_id, "name": "answer", "type": "SPAN", **texts}
        yield _event(EntityKind.OBSERVATION, f"{number:016x}", at_us, "start_time", told)

    def _text(self, number: int, words: int) -> str:
        said = self._chance.choices(self._words, cum_weights=self._weights, k=words)
        said[3] = _id_of(number)
        if number in self._rare:
            said[words // 2] = "Zebrafish"
        if number % 200 == 0:
            said[5:7] = ["refund", "policy,"]
        if number % 3 == 0:
            said[0] = "Please"
        return json.dumps([{"role": "user", "content": " ".join(said)}])


def _event(kind: EntityKind, name: str, at_us: int, time_field: str, told: Mapping[str, object]) -> TelemetryEvent:
    return TelemetryEvent(
        kind=kind,
        entity_id=name,
        event_id=name,
        at_us=at_us,
        is_update=False,
        values=dict(told),
        derived={time_field: at_us},
    )


if __name__ == "__main__":
    main()
