"""What is Postgres's own in a snapshot: what the server says of its files, and going on after damage."""

from pathlib import Path

import psycopg
import pytest

from panope.adapters.postgres.snapshot import PostgresStoreSnapshot
from panope.domain.errors import UnavailableError
from panope.domain.events import EntityKind
from panope.ports.verification import STORE_DAMAGED
from tests.support.engines import create_telemetry_schema
from tests.support.postgres import PostgresDatabase

_DAMAGE = "DO $do$ BEGIN RAISE EXCEPTION 'invalid page in block 7' USING ERRCODE = 'XX001'; END $do$"


@pytest.fixture
def url(postgres_database: PostgresDatabase) -> str:
    return postgres_database(create_telemetry_schema)


def test_without_amcheck_it_says_how_to_get_it(url: str) -> None:
    snapshot = PostgresStoreSnapshot(url)
    found = snapshot.integrity(deep=True)
    snapshot.close()
    assert (found.damage, found.checked) == ([], [])
    assert "CREATE EXTENSION amcheck" in found.not_checked[0]


def test_with_amcheck_indexes_and_tables_are_checked(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION amcheck")
        except psycopg.Error:
            pytest.skip("this server has no amcheck")
    snapshot = PostgresStoreSnapshot(url)
    quick, deep = snapshot.integrity(deep=False), snapshot.integrity(deep=True)
    snapshot.close()
    assert (quick.damage, deep.damage, deep.not_checked) == ([], [], [])
    assert quick.not_checked == ["indexes against their tables: run again with --deep"]
    assert [place.split(" ", 1)[1] for place in deep.checked] == [
        "indexes by amcheck against their tables",
        "tables by amcheck",
    ]
    assert int(quick.checked[0].split()[0]) > 20


def test_a_user_who_may_not_call_amcheck_is_told_so(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION amcheck")
        except psycopg.Error:
            pytest.skip("this server has no amcheck")
        connection.execute("CREATE ROLE panope_reader LOGIN")
        try:
            connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO panope_reader")
            parameters = psycopg.conninfo.conninfo_to_dict(url)
            snapshot = PostgresStoreSnapshot(psycopg.conninfo.make_conninfo(**{**parameters, "user": "panope_reader"}))
            found = snapshot.integrity(deep=False)
            snapshot.close()
        finally:
            connection.execute("DROP OWNED BY panope_reader")
            connection.execute("DROP ROLE panope_reader")
    assert found.not_checked == ["the files of Postgres: this user may not call the functions of amcheck"]


def test_after_damage_the_same_moment_can_be_read_elsewhere(url: str) -> None:
    snapshot = PostgresStoreSnapshot(url)
    rows = snapshot.rows(EntityKind.TRACE, None)
    with pytest.raises(UnavailableError, match="invalid page in block 7") as caught:
        snapshot._session.execute(_DAMAGE)
    assert caught.value.code == STORE_DAMAGED
    assert snapshot.sizes(None)["trace"] == 0
    assert list(rows) == []
    snapshot.close()


def test_nothing_can_be_written_through_it(url: str, tmp_path: Path) -> None:
    snapshot = PostgresStoreSnapshot(url)
    with pytest.raises(UnavailableError):
        snapshot._session.execute("DELETE FROM ledger")
    snapshot.close()
