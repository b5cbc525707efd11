"""Killed again and again under mixed load, on one store: what was acknowledged is there once, every sum is right."""

import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.ids import ProjectId
from tests.support.load import Load
from tests.support.mixed_load import (
    MixedLoad,
    Sending,
    check_totals,
    count_entities,
    find_missing,
    is_shared,
    read_rows,
    snapshot_of,
)
from tests.support.postgres import Databases, Server, ServerNotStartedError, find_installations, postgres_versions
from tests.support.server import PROJECT_ID, RunningServer, start_server

WAIT_S = 60
RESTARTS = 40

Record = Callable[[str, object], None]


class Tally:
    """What was sent to one store so far, and what became of it."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.rounds = 0
        self.acknowledged: list[Sending] = []
        self.unanswered = 0
        self.found_unanswered = 0

    def check(self, server: RunningServer, load: MixedLoad) -> None:
        """Compare what the server shows with what clients know, then send again what nobody knows about."""
        self.rounds += 1
        assert load.refusals == []
        self.acknowledged += load.acknowledged
        rows = read_rows(server)
        lost = sum(find_missing(rows, sending) for sending in self.acknowledged)
        assert lost == 0, f"{self.what}, round {self.rounds}: {lost} acknowledged entities are lost"
        known = sum(map(count_entities, self.acknowledged))
        for sending in load.unanswered:
            missing = find_missing(rows, sending)
            assert missing in {0, count_entities(sending)}, "a request is there in part"
            self.unanswered += 1
            self.found_unanswered += not missing
            known += count_entities(sending) - missing
        present = sum(map(len, rows.values())) - sum(map(is_shared, rows["traces"]))
        assert present == known, "there is more than was sent"
        check_totals(rows)
        self._send_again([*load.unanswered, *load.acknowledged[-3:]], server)
        self.acknowledged += load.unanswered

    def _send_again(self, sendings: list[Sending], server: RunningServer) -> None:
        """Clients repeat what they got no answer to, and sometimes what they did."""
        for sending in sendings:
            status, _, _ = server.send("POST", sending.path, sending.body, sending.content_type)
            assert status in {200, 207}

    def report(self, record: Record) -> None:
        """Say in one line what happened."""
        entities = sum(map(count_entities, self.acknowledged))
        text = (
            f"{self.rounds} rounds, {len(self.acknowledged)} requests with {entities} entities, 0 lost, 0 twice; "
            f"of {self.unanswered} without an answer {self.found_unanswered} were there"
        )
        record(self.what, text)
        sys.stdout.write(f"\n{self.what}: {text}\n")


async def stored(data_dir: Path, database_url: str | None) -> dict[str, list[dict[str, Any]]]:
    telemetry: Any
    if database_url is None:
        telemetry = SqliteTelemetry.open(data_dir / "telemetry.db")
    else:
        telemetry = PostgresTelemetry(database_url)
    try:
        found: dict[str, list[dict[str, Any]]] = await telemetry.reader.snapshot(ProjectId(PROJECT_ID))
    finally:
        await telemetry.close()
    return found


def database_of(engine: str, request: pytest.FixtureRequest) -> str | None:
    if engine == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_database")(version=engine.removeprefix("postgres") or None)
    return url


ENGINES = ["sqlite", *(f"postgres{version.values[0]}" for version in postgres_versions()[:1])]  # type: ignore[attr-defined]


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_store_outlives_kill_after_kill_with_every_sum_right(
    engine: str, tmp_path: Path, load: Load, request: pytest.FixtureRequest, record_property: Record
) -> None:
    chance, tally = random.Random(engine), Tally(f"{engine}, server killed")
    data_dir, database_url = tmp_path / "data", database_of(engine, request)
    for number in range(load.choose(small=2, bounded=5, full=20)):
        server = start_server(data_dir, database_url=database_url)
        clients = MixedLoad(
            server, f"{number}", enough=chance.randrange(10, load.choose(small=120, bounded=200, full=400))
        )
        try:
            clients.start()
            assert clients.has_enough.wait(WAIT_S), server.output()
            threading.Event().wait(chance.random() / 20)  # dies at a moment that no answer decides
        finally:
            server.kill()
        clients.finish()
        server = start_server(data_dir, database_url=database_url)
        try:
            tally.check(server, clients)
            assert server.stop() == 0
        finally:
            server.kill()
    assert await stored(data_dir, database_url) == await snapshot_of(tally.acknowledged)
    tally.report(record_property)


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_server_told_to_stop_under_load_keeps_what_it_acknowledged_and_ends_well(
    engine: str, tmp_path: Path, load: Load, request: pytest.FixtureRequest, record_property: Record
) -> None:
    chance, tally = random.Random(engine), Tally(f"{engine}, server stopped")
    data_dir, database_url = tmp_path / "data", database_of(engine, request)
    for number in range(load.choose(small=1, bounded=3, full=20)):
        server = start_server(data_dir, database_url=database_url)
        clients = MixedLoad(
            server, f"{number}", enough=chance.randrange(10, load.choose(small=120, bounded=200, full=400))
        )
        try:
            clients.start()
            assert clients.has_enough.wait(WAIT_S), server.output()
            assert server.stop() == 0
            assert "Traceback" not in server.output()
        finally:
            server.kill()
        clients.finish()
        server = start_server(data_dir, database_url=database_url)
        try:
            tally.check(server, clients)
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
    durable_postgres: Server, tmp_path: Path, load: Load, record_property: Record
) -> None:
    chance, tally = random.Random(3), Tally("postgres killed")
    database_url = Databases(durable_postgres.url).create()
    server = start_server(tmp_path / "data", database_url=database_url)
    try:
        for number in range(load.choose(small=2, bounded=5, full=20)):
            clients = MixedLoad(
                server,
                f"{number}",
                enough=chance.randrange(10, load.choose(small=120, bounded=200, full=400)),
                is_patient=True,
            )
            clients.start()
            assert clients.has_enough.wait(WAIT_S), server.output()
            durable_postgres.stop(signal.SIGKILL)
            assert clients.was_unavailable.wait(WAIT_S), server.output()
            answer = server.send("GET", "/api/public/traces?limit=1")
            assert (answer[0], bool(answer[1]["Retry-After"])) == (503, True)
            assert server.send("GET", "/api/public/health?failIfDatabaseUnavailable=true")[0] == 503
            assert server.send("GET", "/api/public/health")[0] == 200
            restart(durable_postgres)
            clients.require(20)
            assert clients.has_enough.wait(WAIT_S), server.output()
            clients.finish()
            assert clients.unanswered == []
            tally.check(server, clients)
        assert server.stop() == 0
    finally:
        server.kill()
    assert await stored(tmp_path, database_url) == await snapshot_of(tally.acknowledged)
    tally.report(record_property)


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
