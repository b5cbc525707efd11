"""What the catalog does when its database goes away, and the promise to revoke at once on every replica."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from panope.adapters.postgres.catalog import open_catalog as open_postgres_catalog
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.sql.catalog import SqlCatalog
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.catalog import open_catalog as open_sqlite_catalog
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.domain.errors import UnauthenticatedError, UnavailableError
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.provision import Provisioned, Provisioner
from panope.features.accounts.secrets import KeyPair, SecretHasher
from panope.features.accounts.users import UserRegistry
from panope.kit.clock import now_us
from panope.kit.ids import new_id
from tests.contract.catalog.test_catalog import migrate_catalog
from tests.support.passwords import PlainPasswords
from tests.support.postgres import PostgresDatabase, postgres_versions

HASHER = SecretHasher("salt")


async def provision(catalog: SqlCatalog) -> Provisioned:
    keys = KeyRing(catalog, HASHER, clock=now_us, new_id=new_id)
    users = UserRegistry(catalog, PlainPasswords(), clock=now_us, new_id=new_id)
    return await Provisioner(catalog, keys, users, now_us).provision(None)


def basic(pair: KeyPair) -> str:
    return "Basic " + base64.b64encode(f"{pair.public_key}:{pair.secret_key}".encode()).decode()


@pytest.fixture(params=["sqlite", *postgres_versions()])
async def replicas(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[SqlCatalog, SqlCatalog]]:
    if request.param == "sqlite":
        path = tmp_path / "catalog.db"
        upgrade(SqliteMigrationTarget(path), Plane.CATALOG)
        pair = open_sqlite_catalog(path), open_sqlite_catalog(path)
    else:
        url = request.getfixturevalue("postgres_database")(migrate_catalog, version=request.param)
        pair = open_postgres_catalog(url), open_postgres_catalog(url)
    yield pair
    for catalog in pair:
        await catalog.close()
        await catalog.close()


async def test_a_key_revoked_on_one_replica_fails_at_once_on_the_other(replicas: tuple[SqlCatalog, SqlCatalog]) -> None:
    first, second = replicas
    created = (await provision(first)).key
    assert created is not None
    authenticator = Authenticator(second, HASHER, now_us)
    for _ in range(2):
        assert (await authenticator.authenticate(basic(created.pair))).key_id == created.key.id
    await first.keys.revoke(created.key.id, at_us=1)
    with pytest.raises(UnauthenticatedError):
        await authenticator.authenticate(basic(created.pair))


async def test_replicas_that_start_together_make_one_pair(replicas: tuple[SqlCatalog, SqlCatalog]) -> None:
    done = await asyncio.gather(*(provision(replicas[number % 2]) for number in range(20)))
    assert len([outcome for outcome in done if outcome.key]) == 1
    assert len(await replicas[0].keys.list()) == 1


async def test_lost_connections_are_replaced_unnoticed(postgres_database: PostgresDatabase) -> None:
    url = postgres_database(migrate_catalog)
    catalog = open_postgres_catalog(url)
    await catalog.settings.set("salt", "x")
    version = await catalog.version.current()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert await catalog.version.current() == version
    assert await catalog.settings.get("salt") == "x"
    await catalog.check()
    await catalog.close()


async def test_a_database_that_is_away_is_an_expected_failure(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    catalog = open_postgres_catalog(f"postgresql://u:s3cret@/x?host={tmp_path}")
    for attempt in (
        catalog.check,
        catalog.version.current,
        catalog.projects.list,
        lambda: catalog.settings.set("a", "b"),
        lambda: catalog.lock.exclusive().__aenter__(),
    ):
        with pytest.raises(UnavailableError) as refused:
            await attempt()
        assert "s3cret" not in refused.value.message
    await catalog.close()


async def test_a_file_without_a_schema_is_an_expected_failure(tmp_path: Path) -> None:
    catalog = open_sqlite_catalog(tmp_path / "catalog.db")
    with pytest.raises(UnavailableError):
        await catalog.check()
    with pytest.raises(UnavailableError):
        await catalog.projects.list()
    await catalog.close()


def test_migrating_a_clone_finds_nothing_to_do(postgres_database: PostgresDatabase) -> None:
    assert upgrade(PostgresMigrationTarget(postgres_database(migrate_catalog)), Plane.CATALOG).is_current
