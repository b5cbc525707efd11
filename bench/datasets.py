"""`python -m bench.datasets`: what an item costs when files of 1,000, 10,000 and 100,000 are imported and exported.

Runs the use cases on the store itself, without HTTP. Prints microseconds of wall time and of CPU per item, and writes
bench/results/datasets-<engine>.json. The CPU of a Postgres server is not in it; its wall time is.
"""

import argparse
import asyncio
import io
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from bench.postgres import Cluster
from panope.adapters.postgres import catalog as postgres
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite import catalog as sqlite
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.domain.accounts import Organization, Project
from panope.domain.datasets.datasets import DatasetDraft
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.datasets.importing import ItemImport
from panope.features.datasets.service import DatasetService
from panope.kit.clock import now_us
from panope.kit.ids import new_id
from panope.ports.catalog import Catalog
from panope.ports.datasets import ItemQuery
from panope.wire.tables.columns import Columns
from panope.wire.tables.formats import FileFormat, ItemFile, make_writer

SIZES = (1_000, 10_000, 100_000)
PROJECT = ProjectId("bench")
SCHEMA = '{"type":"object","required":["question"],"properties":{"question":{"type":"string"}}}'
_US = 1_000_000
Figures = dict[str, dict[str, float]]


def main() -> None:
    """Measure one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # a Postgres that is started here runs as another user
        if options.engine == "sqlite":
            figures = asyncio.run(_measure_all(_open_sqlite(Path(folder)), options.sizes))
        else:
            cluster = Cluster(Path(folder) / "cluster")
            try:
                figures = asyncio.run(_measure_all(_open_postgres(cluster.url), options.sizes))
            finally:
                cluster.stop()
    _print(options.engine, figures)
    path = Path(__file__).parent / "results" / f"datasets-{options.engine}.json"
    path.write_text(json.dumps(figures, indent=2) + "\n")


def _open_sqlite(folder: Path) -> Catalog:
    path = folder / "catalog.db"
    upgrade(SqliteMigrationTarget(path), Plane.CATALOG)
    return sqlite.open_catalog(path)


def _open_postgres(url: str) -> Catalog:
    upgrade(PostgresMigrationTarget(url), Plane.CATALOG)
    return postgres.open_catalog(url)


async def _measure_all(catalog: Catalog, sizes: Sequence[int]) -> Figures:
    organization_id = OrganizationId("bench")
    await catalog.organizations.add(Organization(id=organization_id, name="Bench"))
    await catalog.projects.add(Project(id=PROJECT, organization_id=organization_id, name="Bench"))
    figures: Figures = {}
    for size in sizes:
        print(f"measuring {size:,} items", flush=True)
        figures[str(size)] = await _measure(catalog, size)
    await catalog.close()
    return figures


async def _measure(catalog: Catalog, size: int) -> dict[str, float]:
    items = catalog.dataset_items
    datasets, imports = DatasetService(catalog.datasets, items, now_us, new_id), ItemImport(items, now_us)
    draft = DatasetDraft(name=f"bench-{size}", input_schema=SCHEMA)
    dataset = await datasets.upsert(PROJECT, draft)
    body = _make_file(size)
    file = ItemFile(lambda: io.BytesIO(body), FileFormat.JSONL, Columns())
    figures: dict[str, float] = {}

    async def timed(name: str, work: Callable[[], Awaitable[int]]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        count = await work()
        assert count == size, (name, count)
        figures[f"{name} wall"] = (time.perf_counter() - wall) * _US / size
        figures[f"{name} CPU"] = (time.process_time() - cpu) * _US / size

    async def load() -> int:
        return (await imports.run(PROJECT, dataset, file)).lines

    async def export(file_format: FileFormat) -> int:
        writer, count = make_writer(file_format), 0
        now = await datasets.find(PROJECT, [dataset.name])
        async for items in datasets.walk_items(PROJECT, now):
            writer.write(items)
            count += len(items)
        return count

    async def page() -> int:
        count, query = 0, ItemQuery(limit=100)
        while rows := (await datasets.list_items(PROJECT, [dataset.name], query))[0].rows:
            count += len(rows)
            query = replace(query, offset=count)
        return count

    async def check() -> int:
        await datasets.upsert(PROJECT, replace(draft, expected_output_schema='{"type":"object"}'))
        return size

    await timed("import", load)
    await timed("import again", load)
    await timed("export jsonl", lambda: export(FileFormat.JSONL))
    await timed("export csv", lambda: export(FileFormat.CSV))
    await timed("read by pages of 100", page)
    await timed("set a schema", check)
    return figures


def _make_file(size: int) -> bytes:
    """Items of half a kilobyte, as question-and-answer sets have them."""
    rows = (
        {
            "id": f"item-{size}-{number:08}",
            "input": {"question": f"What is number {number}?", "context": "lorem ipsum dolor " * 15},
            "expectedOutput": {"answer": f"It is {number}."},
            "metadata": {"source": "bench", "difficulty": number % 5},
        }
        for number in range(size)
    )
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _print(engine: str, figures: Figures) -> None:
    sizes = list(figures)
    print(f"\n{engine}: µs per item" + "".join(f"{int(size):>12,}" for size in sizes))
    for name in figures[sizes[0]]:
        print(f"{name:<26}" + "".join(f"{figures[size][name]:>12.1f}" for size in sizes))


if __name__ == "__main__":
    main()
