"""Killed and stopped again and again under mixed load: what was acknowledged is there once, every sum is right."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.ids import ProjectId
from tests.support.faults.checkpoints import sometimes
from tests.support.load import Load
from tests.support.mixed_load import MixedLoad
from tests.support.postgres import Databases, Server, ServerNotStartedError, find_installations, postgres_versions
from tests.support.server import PROJECT_ID, RunningServer, start_server
from tests.support.tally import RecordProperty, Snapshot, Tally, snapshot_of

WAIT_S = 60
ROUNDS_PER_STORE = 10
"""A store grows over so many rounds and is then compared whole; the next round begins with an empty one."""


async def stored(data_dir: Path, database_url: str | None) -> Snapshot:
    """Everything in a store, read without a server."""
    telemetry: Any
    if database_url is None:
        telemetry = SqliteTelemetry.open(data_dir / "telemetry.db")
    else:
        telemetry = PostgresTelemetry(database_url)
    try:
        found: Snapshot = await telemetry.reader.snapshot(ProjectId(PROJECT_ID))
    finally:
        await telemetry.close()
    return found


def database_of(engine: str, request: pytest.FixtureRequest) -> str | None:
    """A new database of the engine, None for SQLite."""
    if engine == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_database")(version=engine.removeprefix("postgres") or None)
    return url


ENGINES = ["sqlite", *(f"postgres{version.values[0]}" for version in postgres_versions()[:1])]  # type: ignore[attr-defined]


def stores(rounds: int) -> Iterator[range]:
    """The numbers of the rounds, store by store."""
    for first in range(0, rounds, ROUNDS_PER_STORE):
        yield range(first, min(rounds, first + ROUNDS_PER_STORE))


def run_clients(server: RunningServer, number: int, load: Load, chance: random.Random) -> MixedLoad:
    """Let clients send until the server has acknowledged enough, and a little longer."""
    enough = chance.randrange(10, load.choose(small=120, bounded=200, full=300))
    clients = MixedLoad(server, f"{number}", enough=enough)
    clients.start()
    assert clients.has_enough.wait(WAIT_S), server.output()
    threading.Event().wait(chance.random() / 20)  # ends at a moment that no answer decides
    return clients


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_store_outlives_kill_after_kill_with_every_sum_right(
    engine: str, tmp_path: Path, load: Load, request: pytest.FixtureRequest, record_property: RecordProperty
) -> None:
    chance, tally = random.Random(engine), Tally(f"{engine}, server killed")
    for rounds in stores(load.choose(small=2, bounded=5, full=100)):
        data_dir, database_url = tmp_path / f"from-{rounds.start}", database_of(engine, request)
        tally.begin_store()
        for number in rounds:
            server = start_server(data_dir, database_url=database_url, more=sometimes(number))
            try:
                clients = run_clients(server, number, load, chance)
            finally:
                server.kill()
            clients.finish()
            server = start_server(data_dir, database_url=database_url)
            try:
                tally.check(server, clients, server.start_s)
                assert server.stop() == 0
            finally:
                server.kill()
        assert await stored(data_dir, database_url) == await snapshot_of(tally.acknowledged)
    tally.report(record_property)


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_server_told_to_stop_under_load_keeps_what_it_acknowledged_and_ends_well(
    engine: str, tmp_path: Path, load: Load, request: pytest.FixtureRequest, record_property: RecordProperty
) -> None:
    chance, tally = random.Random(engine), Tally(f"{engine}, server stopped")
    for rounds in stores(load.choose(small=1, bounded=3, full=20)):
        data_dir, database_url = tmp_path / f"from-{rounds.start}", database_of(engine, request)
        tally.begin_store()
        for number in rounds:
            server = start_server(data_dir, database_url=database_url, more=sometimes(number))
            try:
                clients = run_clients(server, number, load, chance)
                assert server.stop() == 0
                clients.finish()
                assert "Traceback" not in server.output()
                server = start_server(data_dir, database_url=database_url)
                tally.check(server, clients, server.start_s)
                assert server.stop() == 0
            finally:
                server.kill()
        assert await stored(data_dir, database_url) == await snapshot_of(tally.acknowledged)
    tally.report(record_property)


@pytest.fixture
def durable_postgres() -> Iterator[Server]:
    """A Postgres of the test's own that syncs as a real one does."""
    installations = find_installations()
    if not installations:
        pytest.skip("no Postgres binaries on this machine")
    server = Server(installations[0], is_durable=True)
    server.start()
    yield server
    server.remove()


async def test_a_server_outlives_its_postgres_again_and_again(
    durable_postgres: Server, tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    chance, tally = random.Random(3), Tally("postgres killed")
    for rounds in stores(load.choose(small=2, bounded=5, full=100)):
        database_url = Databases(durable_postgres.url).create()
        tally.begin_store()
        server = start_server(tmp_path / f"from-{rounds.start}", database_url=database_url)
        try:
            for number in rounds:
                enough = chance.randrange(10, load.choose(small=120, bounded=200, full=300))
                clients = MixedLoad(server, f"{number}", enough=enough, is_patient=True)
                clients.start()
                assert clients.has_enough.wait(WAIT_S), server.output()
                durable_postgres.stop(signal.SIGKILL)
                assert clients.was_unavailable.wait(WAIT_S), server.output()
                check_answers_without_a_store(server)
                began_s = time.monotonic()
                restart(durable_postgres)
                clients.require(1)
                assert clients.has_enough.wait(WAIT_S), server.output()
                recovery_s = time.monotonic() - began_s
                clients.require(20)
                assert clients.has_enough.wait(WAIT_S), server.output()
                clients.finish()
                assert clients.unanswered == []
                tally.check(server, clients, recovery_s)
            assert server.stop() == 0
        finally:
            server.kill()
        assert await stored(tmp_path, database_url) == await snapshot_of(tally.acknowledged)
    tally.report(record_property)


def check_answers_without_a_store(server: RunningServer) -> None:
    """Reads say when to come again; the process itself is well."""
    status, headers, _ = server.send("GET", "/api/public/traces?limit=1")
    assert (status, bool(headers["Retry-After"])) == (503, True)
    assert server.send("GET", "/api/public/health?failIfDatabaseUnavailable=true")[0] == 503
    assert server.send("GET", "/api/public/health")[0] == 200


def restart(postgres: Server) -> None:
    """Start again; orphaned backends may hold the old shared memory for a moment."""
    deadline_s = time.monotonic() + WAIT_S
    while True:
        try:
            postgres.start(keep_on_failure=True)
        except ServerNotStartedError:
            assert time.monotonic() < deadline_s, "Postgres did not come back"
        else:
            return
