"""A Postgres that may forget what it has committed is refused, whenever that comes to light, unless it is allowed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.support.mixed_load import MixedLoad
from tests.support.postgres import Databases, PostgresDatabase, Server, find_installations
from tests.support.server import PROVISIONING, ServerDiedError, running_server, start_server

WAIT_S = 60
STRICT = {"PANOPE_ALLOW_UNSAFE_DATABASE": "false"}


@contextmanager
def postgres(*, is_durable: bool) -> Iterator[Server]:
    """A Postgres of the test's own."""
    installations = find_installations()
    if not installations:
        pytest.skip("no Postgres binaries on this machine")
    server = Server(installations[0], is_durable=is_durable)
    server.start()
    try:
        yield server
    finally:
        server.remove()


def test_a_server_does_not_start_on_a_postgres_without_fsync(tmp_path: Path) -> None:
    said = "settings off: fsync, full_page_writes"
    with postgres(is_durable=False) as unsafe, pytest.raises(ServerDiedError, match=said) as died:
        start_server(tmp_path / "data", database_url=Databases(unsafe.url).create(), more=STRICT)
    assert "allow_unsafe_database" in str(died.value)
    assert "Traceback" not in str(died.value)


def test_a_database_that_commits_asynchronously_is_refused_by_name(tmp_path: Path) -> None:
    with postgres(is_durable=True) as durable:
        url = Databases(durable.url).create()
        with psycopg.connect(url, autocommit=True) as connection:
            name = sql.Identifier(connection.info.dbname)
            connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
        with pytest.raises(ServerDiedError, match="settings off: synchronous_commit"):
            start_server(tmp_path / "data", database_url=url, more=STRICT)


def test_an_unsafe_postgres_that_is_allowed_is_used_with_a_warning(
    tmp_path: Path, postgres_database: PostgresDatabase
) -> None:
    url = postgres_database()
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    with running_server(tmp_path / "data", database_url=url, environment=PROVISIONING) as server:
        server.wait_until_written('"synchronous_commit"')
        assert server.request("POST", "/api/public/ingestion", {"batch": []})[0] == 207
        assert server.stop() == 0


def test_a_postgres_that_comes_back_without_fsync_gets_no_more_writes(tmp_path: Path) -> None:
    with postgres(is_durable=True) as restarted:
        url = Databases(restarted.url).create()
        with running_server(tmp_path / "data", database_url=url, more=STRICT) as server:
            clients = MixedLoad(server, "unsafe", enough=10, is_patient=True)
            clients.start()
            assert clients.has_enough.wait(WAIT_S), server.output()
            restarted.stop(signal.SIGINT)
            restarted.settings["fsync"] = "off"
            restarted.start()
            clients.wait_until_told("settings off: fsync")
            assert server.send("GET", "/api/public/traces?limit=1")[0] == 200
            restarted.stop(signal.SIGINT)
            restarted.settings["fsync"] = "on"
            restarted.start()
            clients.require(10)
            assert clients.has_enough.wait(WAIT_S), server.output()
            clients.finish()
            assert (clients.refusals, clients.unanswered) == ([], [])
            assert server.stop() == 0
