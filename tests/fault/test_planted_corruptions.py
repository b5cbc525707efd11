"""Whatever is changed behind the store's back, `panope verify` finds it and calls it by its name."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from panope.adapters.postgres.snapshot import PostgresStoreSnapshot
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.sqlite.snapshot import SqliteStoreSnapshot
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.features.verification.service import Verification, Verifier, VerifyOptions
from panope.ports.verification import StoreSnapshot
from tests.fault.corruptions import CORRUPTIONS
from tests.fault.corruptions.planting import Corruption, PostgresTables, SqliteTables, Tables
from tests.support.batches import NOW_US
from tests.support.engines import create_telemetry_schema
from tests.support.mixed_store import fill, find_model
from tests.support.postgres import PostgresDatabase


def verify(snapshot: StoreSnapshot, *, deep: bool = False) -> Verification:
    """Check a store of the tests' time and prices."""
    try:
        return Verifier(snapshot, clock=lambda: NOW_US, find_model=find_model).run(VerifyOptions(deep=deep))
    finally:
        snapshot.close()


def fill_postgres(url: str) -> None:
    """Make the tables and the mixed store in them."""

    async def run() -> None:
        telemetry = PostgresTelemetry(url, reader_threads=1)
        await fill(telemetry.writer)
        await telemetry.close()

    create_telemetry_schema(url)
    asyncio.run(run())


@pytest.fixture(scope="module")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mixed") / "telemetry.db"

    async def run() -> None:
        telemetry = SqliteTelemetry.open(path)
        await fill(telemetry.writer)
        await telemetry.close()

    asyncio.run(run())
    return path


Store = tuple[Tables, Callable[[], StoreSnapshot]]


@pytest.fixture(params=["sqlite", "postgres"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path, postgres_database: PostgresDatabase
) -> Iterator[Store]:
    """A copy of the mixed store, and how to open a snapshot of it."""
    if request.param == "sqlite":
        path = Path(shutil.copy(sqlite_template, tmp_path))
        tables = SqliteTables(path)
        yield tables, lambda: SqliteStoreSnapshot(path)
    else:
        url = postgres_database(fill_postgres)
        tables = PostgresTables(url)
        yield tables, lambda: PostgresStoreSnapshot(url)
    tables.close()


def test_a_clean_store_has_nothing_wrong(store: Store) -> None:
    _, open_snapshot = store
    found = verify(open_snapshot(), deep=True)
    assert (found.groups, found.failures) == ([], [])
    assert found.checked == {
        "traces": 13,
        "observations": 16,
        "scores": 10,
        "trace totals": 13,
        "sessions": 4,
        "tagged traces": 6,
        "trace buckets": 13,
        "observation buckets": 16,
        "attribute sets": 4,
        "rows with a tombstone": 0,
        "times of arrival": 11,
        "places in the change sequence": 43,
    }


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda corruption: corruption.name)
def test_a_planted_corruption_is_found_and_named(store: Store, corruption: Corruption) -> None:
    tables, open_snapshot = store
    if corruption.only not in (None, tables.engine):
        pytest.skip(f"only {corruption.only} can be damaged like this")
    tables.plant(corruption)
    found = verify(open_snapshot(), deep=corruption.needs_deep)
    kinds = {group.kind.value for group in found.groups}
    assert kinds == set(corruption.kinds), found.groups
    if corruption.entity is not None:
        group = next(group for group in found.groups if group.kind == corruption.kinds[0])
        assert corruption.entity in [finding.id for finding in group.examples]
        assert group.examples[0].fields == corruption.fields or corruption.fields == ()
    assert found.failures == []


def test_there_are_fifty_of_them() -> None:
    names = [corruption.name for corruption in CORRUPTIONS]
    assert len(set(names)) == len(names)
    assert len([corruption for corruption in CORRUPTIONS if corruption.only != "postgres"]) >= 50
