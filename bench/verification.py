"""`python -m bench.verification`: seeds a clean store through the real writer, then times `panope verify` on it.

Half of the traces come as OTLP, half as Langfuse batches whose half are updates; every fifth trace is scored, and one
in five hundred is deleted. A store of the same size is kept in bench/.data and used again.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.traffic import SPANS_PER_BATCH, Traffic
from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.assembly import Engines
from panope.bootstrap import open_engines
from panope.composition import schema_status
from panope.config.load import load_settings
from panope.domain.accounts import Access, Principal
from panope.domain.events import Acceptance, DecodedBatch, EntityKind, TelemetryEvent
from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId
from panope.domain.pricing import PriceBook
from panope.features.ingest.service import Arrival, IngestService
from panope.features.pricing.managed import load_managed
from panope.features.scores.configs import ScoreConfigService
from panope.features.scores.screening import ScoreScreen
from panope.kit.clock import now_us
from panope.kit.ids import new_id
from panope.kit.metrics import ServerMetrics
from panope.wire.langfuse.ingestion import decode_ingestion
from panope.wire.otlp.decode import decode_otlp

DATA: Final = Path(__file__).parent / ".data"
PROJECTS: Final = (ProjectId("bench"), ProjectId("bench-two"))
_BATCHES_PER_STREAM: Final = 20
_AT_ONCE: Final = 8
_START_US: Final = 1_790_000_000_000_000
_DELETE_EVERY: Final = 500


def main() -> None:
    """Seed unless it is there, verify, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=100_000)
    parser.add_argument("--database-url", help="an empty Postgres database, or one that this has seeded")
    parser.add_argument("--deep", action="store_true", help="pass --deep on")
    options = parser.parse_args()
    folder = DATA / f"verify-{options.observations}"
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / "seeded"
    flags = {"storage.data_dir": folder, "storage.database_url": options.database_url}
    if _is_empty(flags) if options.database_url else not mark.exists():
        begin_s = time.perf_counter()
        asyncio.run(_seed(flags, options.observations))
        mark.touch()
        print(f"seeded in {time.perf_counter() - begin_s:.0f} s", flush=True)
    _verify(folder, options.database_url, deep=options.deep)


def _is_empty(flags: dict[str, Any]) -> bool:
    return all(plane.current is None for plane in schema_status(load_settings(flags)))


async def _seed(flags: dict[str, Any], observations: int) -> None:
    async with open_engines(load_settings(flags), ServerMetrics("bench")) as engines:
        seeding = _Seeding(engines)
        waiting: set[asyncio.Task[None]] = set()
        for number, (project, batch) in enumerate(_batches(observations)):
            waiting.add(asyncio.create_task(seeding.ingest(number, project, batch)))
            if len(waiting) >= _AT_ONCE:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            if not number % 500:
                print(f"  {number} batches", flush=True)
        await asyncio.gather(*waiting)
        await seeding.delete()


class _Prices:
    """The shipped prices for every project."""

    def __init__(self) -> None:
        self._book = PriceBook((), load_managed())

    async def get_book(self, _project_id: ProjectId) -> PriceBook:
        return self._book


def _without_configs() -> ScoreScreen:
    """Of projects that have no score configs."""
    catalog = MemoryCatalog()
    return ScoreScreen(ScoreConfigService(catalog.score_configs, catalog.version, now_us, new_id))


class _Seeding:
    """Ingests batches as the server would, and deletes some of their traces in the end."""

    def __init__(self, engines: Engines) -> None:
        self._writer = engines.writer
        self._service = IngestService(engines.writer, _Prices(), _without_configs())
        self._doomed: dict[ProjectId, list[str]] = {project: [] for project in PROJECTS}
        self._traces = 0

    async def ingest(self, number: int, project: ProjectId, batch: DecodedBatch) -> None:
        named = {event.entity_id for event in batch.events if event.kind is EntityKind.TRACE}
        for trace_id in sorted(named):
            self._traces += 1
            if not self._traces % _DELETE_EVERY:
                self._doomed[project].append(trace_id)
        arrival = Arrival(
            principal=_principal(project),
            request_id=f"seed-{number}",
            received_us=_START_US + number * 1000,
            protocol="langfuse",
        )
        await self._service.ingest(arrival, batch, body_bytes=0, status=207)

    async def delete(self) -> None:
        for project, trace_ids in self._doomed.items():
            await self._writer.delete_traces(project, trace_ids, at_us=_START_US)


def _batches(observations: int) -> Iterator[tuple[ProjectId, DecodedBatch]]:
    """So many observations and those that will be deleted, in requests of two projects and two protocols in turn."""
    left, stream = observations + 2 * observations // _DELETE_EVERY, 0
    while left > 0:
        traffic = Traffic(stream)
        project = PROJECTS[stream // 2 % 2]
        if stream % 2:
            bodies = traffic.langfuse_batches(_BATCHES_PER_STREAM * SPANS_PER_BATCH * 17 // 8 // 60)
            decoded = [_decode_langfuse(body, project) for body in bodies]
        else:
            decoded = [_decode_otlp(body, project) for body in traffic.otlp_batches(_BATCHES_PER_STREAM)]
        for batch in decoded:
            yield project, batch
            yield project, _scores(batch)
        told = {event.entity_id for batch in decoded for event in batch.events if event.kind is EntityKind.OBSERVATION}
        left -= len(told)
        stream += 1


def _principal(project: ProjectId) -> Principal:
    organization = OrganizationId("bench")
    return Principal(
        project_id=project,
        organization_id=organization,
        key_id=ApiKeyId("seed"),
        public_key="pk-lf-bench",
        access=Access.PROJECT,
    )


def _decode_otlp(body: bytes, project: ProjectId) -> DecodedBatch:
    return decode_otlp(body, content_type="protobuf", received_us=_START_US, project_id=project)


def _decode_langfuse(body: bytes, project: ProjectId) -> DecodedBatch:
    return decode_ingestion(body, received_us=_START_US, project_id=project, access=Access.PROJECT)


def _scores(batch: DecodedBatch) -> DecodedBatch:
    """A request that scores every fifth trace of another."""
    traces = {event.entity_id: event.at_us for event in batch.events if event.kind is EntityKind.TRACE}
    events = [_score(trace_id, traces[trace_id]) for trace_id in sorted(traces)[::5]]
    acceptances = [Acceptance(event_id=event.event_id, at_us=event.at_us, is_update=False) for event in events]
    return DecodedBatch(events=events, acceptances=acceptances)


def _score(trace_id: str, at_us: int) -> TelemetryEvent:
    return TelemetryEvent(
        kind=EntityKind.SCORE,
        entity_id=f"{trace_id}-quality",
        event_id=f"{trace_id}-quality",
        at_us=at_us,
        values={"name": "quality", "number": 0.5, "trace_id": trace_id},
        derived={"timestamp": at_us},
    )


def _verify(folder: Path, database_url: str | None, *, deep: bool) -> None:
    command = [sys.executable, "-m", "panope", "verify", "--json", "--data-dir", str(folder)]
    command += ["--deep"] if deep else []
    environment = {**os.environ, **({"DATABASE_URL": database_url} if database_url else {})}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = json.loads(done.stdout or b"{}")
    counts = answer.get("checked", {})
    print(f"panope verify{' --deep' if deep else ''}: status {done.returncode}, {answer.get('storage')}")
    print(f"  {counts.get('observations', 0):,} observations, {counts.get('traces', 0):,} traces")
    print(f"  findings: {sum(group['count'] for group in answer.get('findings', []))}")
    print(
        f"  {answer.get('seconds')} s, CPU {used.ru_utime + used.ru_stime:.1f} s, peak {used.ru_maxrss / 1024:.0f} MB"
    )
    print(f"  not checked: {answer.get('not_checked')}")


if __name__ == "__main__":
    main()
