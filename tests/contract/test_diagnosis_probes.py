"""Probes: what they say of a machine and a database is so, and they change nothing."""

import asyncio
import hashlib
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import psycopg
import pytest

from panope.adapters.host.directory import inspect_directory
from panope.adapters.host.probe import HostProbe
from panope.adapters.postgres.probe import SUPPORTED, PostgresProbe
from panope.adapters.sql.migrations.runner import Plane
from panope.adapters.sqlite.connection import open_writer
from panope.adapters.sqlite.diagnosis.probe import SqliteProbe
from panope.adapters.sqlite.directory import DataDirectory
from panope.adapters.sqlite.driver import sqlite3
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.adapters.sqlite.reader import SqliteTelemetryReader
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.errors import UnavailableError
from panope.ports.diagnosis import FileFacts, ServerFacts
from tests.contract.world import EVENTS, PROJECT
from tests.support.batches import batch
from tests.support.engines import create_telemetry_schema
from tests.support.postgres import PostgresDatabase, postgres_versions
from tests.support.server import free_port
from tests.support.told import observation

FILES = ("telemetry.db", "catalog.db")
MB = 1_000_000
_NOBODY = 65_534


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def open_to_others(folder: Path) -> None:
    folder.chmod(0o755)


async def test_a_directory_is_described(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "kept")
    directory.create()
    (directory.path / "telemetry.db").touch()
    facts = await HostProbe().inspect_directory(str(directory.path), FILES)
    assert facts.exists
    assert facts.is_private
    assert facts.can_write
    assert facts.can_read_files
    assert facts.owner == facts.user
    assert facts.total_bytes > facts.free_bytes > 0
    assert (facts.is_network, facts.holder) == (False, None)


async def test_a_directory_that_is_not_there_is_judged_by_the_one_above_and_not_made(tmp_path: Path) -> None:
    facts = await HostProbe().inspect_directory(str(tmp_path / "not" / "there"), FILES)
    assert (facts.exists, facts.is_directory, facts.can_write) == (False, True, True)
    assert names(tmp_path) == []


async def test_a_directory_that_others_may_look_into_and_one_that_is_a_file(tmp_path: Path) -> None:
    open_to_others(tmp_path)
    assert not (await HostProbe().inspect_directory(str(tmp_path), FILES)).is_private
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "media", tmp_path / "file" / "a" / "b"):
        assert not (await HostProbe().inspect_directory(str(path), FILES)).is_directory


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the machine does not say who holds a lock")
async def test_the_server_of_a_directory_is_named_and_its_lock_left_alone(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    with directory.lock():
        assert (await HostProbe().inspect_directory(str(tmp_path), FILES)).holder == os.getpid()
    assert (await HostProbe().inspect_directory(str(tmp_path), FILES)).holder is None
    with directory.lock():
        pass


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can become somebody else")
async def test_a_user_who_may_not_is_told_apart(tmp_path: Path) -> None:
    await (await filled(tmp_path / "kept")).close()
    os.seteuid(_NOBODY)
    try:
        beside = inspect_directory(Path("/var"), ("telemetry.db",))
        with pytest.raises(OSError, match="denied"):
            inspect_directory(tmp_path / "kept", FILES)
        with pytest.raises(
            UnavailableError, match=r"cannot be looked into \(Permission denied\): run this as its owner"
        ):
            await SqliteProbe(DataDirectory(tmp_path / "kept")).inspect()
        with pytest.raises(
            UnavailableError, match=r"cannot be looked into \(Permission denied\): run this as its owner"
        ):
            SqliteMigrationTarget(tmp_path / "kept" / "catalog.db").recorded_revision(Plane.CATALOG)
    finally:
        os.seteuid(0)
    assert (beside.can_write, beside.owner, beside.user) == (False, "root", "nobody")


async def test_a_free_port_is_free_afterwards_too() -> None:
    port = free_port()
    for _ in range(2):
        facts = await HostProbe().inspect_port("127.0.0.1", port)
        assert (facts.is_free, facts.address) == (True, f"127.0.0.1:{port}")


async def test_a_port_that_a_stranger_holds_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        facts = await HostProbe().inspect_port("0.0.0.0", listener.getsockname()[1])
    assert (facts.is_free, facts.answers_as, facts.refusal) == (False, None, None)


class Impostor(BaseHTTPRequestHandler):
    """Answers everything like a health check, and without end."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status":"OK"' + b" " * 10_000)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


async def test_who_answers_otherwise_is_not_taken_for_panope() -> None:
    server = HTTPServer(("127.0.0.1", 0), Impostor)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        facts = await HostProbe().inspect_port("127.0.0.1", server.server_port)
    finally:
        await asyncio.to_thread(server.shutdown)
        thread.join()
        server.server_close()
    assert (facts.is_free, facts.answers_as) == (False, None)


async def test_an_address_of_another_machine_is_refused() -> None:
    facts = await HostProbe().inspect_port("192.0.2.1", 3001)
    assert (facts.is_free, facts.refusal) == (False, "the address is not one of this machine's")


def digest(folder: Path) -> dict[str, str]:
    """What the databases hold; the files that SQLite keeps beside them come and go."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.db")}


async def filled(folder: Path) -> SqliteTelemetry:
    DataDirectory(folder).create()
    telemetry = SqliteTelemetry.open(folder / "telemetry.db")
    await telemetry.writer.apply(batch(PROJECT, EVENTS))
    return telemetry


async def test_a_file_is_described_and_left_as_it_is(tmp_path: Path) -> None:
    await (await filled(tmp_path)).close()
    before = digest(tmp_path)
    probe = SqliteProbe(DataDirectory(tmp_path))
    facts = await probe.inspect()
    assert isinstance(facts, FileFacts)
    assert (facts.journal_mode, facts.library) == ("wal", f"SQLite {sqlite3.sqlite_version}")
    assert facts.file_bytes == (tmp_path / "telemetry.db").stat().st_size
    rows = {table.name: table.rows for table in await probe.list_table_sizes()}
    assert (rows["observation"], rows["score"], rows["project"]) == (
        sum(event.kind == "observation" for event in EVENTS),
        len({event.entity_id for event in EVENTS if event.kind == "score"}),
        1,
    )
    assert digest(tmp_path) == before


async def test_a_file_in_use_is_described_while_its_writer_goes_on(tmp_path: Path) -> None:
    telemetry = await filled(tmp_path)
    probe = SqliteProbe(DataDirectory(tmp_path))
    facts = await probe.inspect()
    assert isinstance(facts, FileFacts)
    assert facts.log_bytes > 0
    await telemetry.writer.apply(batch(PROJECT, [observation("later", 1)]))
    reader = SqliteTelemetryReader(tmp_path / "telemetry.db", threads=1, read_only=True)
    assert await reader.get_observation(PROJECT, "later") is not None
    await reader.close()
    await telemetry.close()


async def test_what_a_crash_left_in_the_log_is_read_and_left_there(tmp_path: Path) -> None:
    telemetry = await filled(tmp_path)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("telemetry.db", "telemetry.db-wal"):
        (crashed / name).write_bytes((tmp_path / name).read_bytes())
    await telemetry.close()
    log = (crashed / "telemetry.db-wal").read_bytes()
    assert log
    rows = {table.name: table.rows for table in await SqliteProbe(DataDirectory(crashed)).list_table_sizes()}
    assert rows["observation"]
    assert (crashed / "telemetry.db-wal").read_bytes() == log


async def test_there_is_nothing_to_say_of_no_file_and_none_is_made(tmp_path: Path) -> None:
    probe = SqliteProbe(DataDirectory(tmp_path))
    assert await probe.inspect() is None
    assert await probe.list_table_sizes() == []
    assert names(tmp_path) == []


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "telemetry.db").write_bytes(b"no database at all" * 1_000)
    with pytest.raises(UnavailableError, match="cannot be read as a SQLite database"):
        await SqliteProbe(DataDirectory(tmp_path)).inspect()


async def test_sizes_of_tables_add_up_to_the_file_and_are_near_the_truth(tmp_path: Path) -> None:
    telemetry = SqliteTelemetry.open(tmp_path / "telemetry.db")
    for start in range(0, 6_000, 500):
        events = [
            observation(f"o{n}", n, trace_id=f"t{n // 8}", input=f"{n} " * 300 if n % 8 == 0 else "short", name="step")
            for n in range(start, start + 500)
        ]
        await telemetry.writer.apply(batch(PROJECT, events))
    await telemetry.close()
    sizes = {table.name: table for table in await SqliteProbe(DataDirectory(tmp_path)).list_table_sizes()}
    with open_writer(tmp_path / "telemetry.db") as connection:
        used = (
            connection.execute("PRAGMA page_count").fetchone()[0] * connection.execute("PRAGMA page_size").fetchone()[0]
        )
        vacuumed = {}
        for name in ("observation_payload", "ledger"):
            connection.execute("BEGIN")
            connection.execute(f"DROP TABLE {name}")
            free = connection.execute("PRAGMA freelist_count").fetchone()[0]
            connection.execute("ROLLBACK")
            vacuumed[name] = free * connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    assert sum(table.bytes for table in sizes.values()) == pytest.approx(used, rel=0.01)
    assert sizes["observation"].rows == 6_000
    assert sizes["observation_payload"].bytes == pytest.approx(vacuumed["observation_payload"], rel=0.2)
    assert all(table.is_estimate for table in sizes.values())


@pytest.mark.parametrize("version", postgres_versions())
async def test_a_server_is_described(version: str, postgres_database: PostgresDatabase) -> None:
    url = postgres_database(create_telemetry_schema, version=version)
    facts = await PostgresProbe(url).inspect()
    assert isinstance(facts, ServerFacts)
    assert SUPPORTED[0] <= facts.major_version <= SUPPORTED[1]
    assert facts.product.startswith(f"Postgres {facts.major_version}.")
    assert (facts.encoding, facts.is_read_only, facts.may_create_tables) == ("UTF8", False, True)
    assert facts.durability.keys() == {"fsync", "synchronous_commit", "full_page_writes"}
    assert facts.used_connections is not None
    assert 0 < facts.used_connections <= facts.max_connections
    assert abs(facts.clock_offset_us) < MB
    assert 0 < facts.round_trip_us < MB
    assert (facts.is_cleaning_on, facts.dead_rows, facts.longest_transaction_us) == (True, (), 0)
    tables = await PostgresProbe(url).list_table_sizes()
    assert {"trace", "observation", "ledger", "telemetry_revision"} <= {table.name for table in tables}
    assert [table.bytes for table in tables] == sorted((table.bytes for table in tables), reverse=True)


@pytest.mark.parametrize("version", postgres_versions())
async def test_an_open_transaction_is_seen_with_its_age(version: str, postgres_database: PostgresDatabase) -> None:
    url = postgres_database(version=version)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT 1")
        facts = await PostgresProbe(url).inspect()
    assert isinstance(facts, ServerFacts)
    assert facts.longest_transaction_us > 0
    assert facts.is_longest_idle


@pytest.mark.parametrize("version", postgres_versions())
async def test_a_database_that_refuses_writes_says_so(version: str, postgres_database: PostgresDatabase) -> None:
    url = postgres_database(version=version)
    options = quote("-c default_transaction_read_only=on -c synchronous_commit=off")
    facts = await PostgresProbe(f"{url}{'&' if '?' in url else '?'}options={options}").inspect()
    assert isinstance(facts, ServerFacts)
    assert facts.is_read_only
    assert facts.durability["synchronous_commit"] == "off"


@pytest.mark.parametrize("version", postgres_versions())
async def test_dead_rows_are_counted(version: str, postgres_database: PostgresDatabase) -> None:
    url = postgres_database(version=version)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE many (n integer) WITH (autovacuum_enabled = off)")
        connection.execute("INSERT INTO many SELECT generate_series(1, 12000)")
        connection.execute("UPDATE many SET n = n + 1")
        connection.execute("SELECT pg_stat_force_next_flush()")
        connection.execute("SELECT 1")
    facts = await PostgresProbe(url).inspect()
    assert isinstance(facts, ServerFacts)
    assert [(dead.table, dead.dead) for dead in facts.dead_rows] == [("many", 12_000)]


async def test_a_server_that_is_away_is_told_without_the_password() -> None:
    with pytest.raises(UnavailableError, match="cannot be reached") as refused:
        await PostgresProbe(f"postgresql://me:secretword@127.0.0.1:{free_port()}/x").inspect()
    assert "secretword" not in refused.value.message
