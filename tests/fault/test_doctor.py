"""The doctor at real stores, healthy and broken, beside running servers and where none can start."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec import Struct
from msgspec.structs import replace

from panope.adapters.sql.migrations import runner
from panope.adapters.sqlite.driver import connect
from panope.assembly import Engines
from panope.bootstrap import open_engines
from panope.checkup import compose_doctor
from panope.composition import compose_accounts
from panope.config.load import load_settings
from panope.config.tolerant import read_tolerantly
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.key_failures import KeyFailure
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceBook
from panope.domain.rollups import HOUR_US
from panope.features.diagnosis.finding import Finding, Severity
from panope.features.pricing.managed import load_managed
from panope.kit.metrics import ServerMetrics
from panope.ports.telemetry import IngestBatch
from tests.support.postgres import PostgresDatabase, Server, find_installations, postgres_versions
from tests.support.server import PROJECT_ID, SECRET_KEY, RunningServer, free_port, running_server, start_server
from tests.support.told import NOON_US, observation, trace

PROJECT = ProjectId("default")
SALT = "a-salt-that-nobody-guesses"
OF_TEST_SERVERS = {"not_durable"}
"""The databases of tests are not meant to last."""
OF_THIS_MACHINE = {"far_database", "slow_database", "disk_low", "media_disk_low", "temporary_file_system"}
"""What the machine that runs the tests may be warned of."""


class World(Struct, frozen=True):
    """A store by its settings."""

    environ: dict[str, str]

    async def examine(self, **more: str) -> list[Finding]:
        """What the doctor finds; telemetry of the last day."""
        reading = read_tolerantly(environ={**self.environ, **more})
        return await compose_doctor(reading).examine(None, now_us() - 24 * HOUR_US)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Engines]:
        """The engines of a server on the store, with a project and a key."""
        settings = load_settings(environ=self.environ)
        async with open_engines(settings, ServerMetrics("0")) as engines:
            accounts = await compose_accounts(engines.catalog, settings)
            if await accounts.provisioner.ensure_project():
                await accounts.keys.create(PROJECT)
            yield engines

    def execute(self, plane: str, *statements: str) -> None:
        """Run SQL on the store of a plane, past panope."""
        url = self.environ.get("DATABASE_URL")
        if url:
            with psycopg.connect(url) as server:
                for statement in statements:
                    server.execute(statement.encode())
            return
        with closing(connect(Path(self.environ["PANOPE_DATA_DIR"]) / f"{plane}.db")) as file:
            for statement in statements:
                file.execute(statement)


def now_us() -> int:
    return time.time_ns() // 1_000


def environment(folder: Path, **more: str) -> dict[str, str]:
    own = {"PANOPE_DATA_DIR": str(folder / "kept"), "PANOPE_PORT": str(free_port()), "PANOPE_SALT": SALT}
    return {**own, "PANOPE_ALLOW_UNSAFE_DATABASE": "true", **more}  # a Postgres for tests does not sync


@pytest.fixture(params=["sqlite", *postgres_versions()])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """An empty store of each engine."""
    if request.param == "sqlite":
        return World(environment(tmp_path))
    url = request.getfixturevalue("postgres_database")(version=request.param)
    return World(environment(tmp_path, DATABASE_URL=url))


@pytest.fixture
def sqlite_world(tmp_path: Path) -> World:
    return World(environment(tmp_path))


def codes(found: list[Finding], *severities: Severity) -> set[str]:
    return {
        finding.code
        for finding in found
        if (not severities or finding.severity in severities) and finding.code not in OF_THIS_MACHINE
    }


def problems(found: list[Finding]) -> set[str]:
    return codes(found, Severity.PROBLEM) - OF_TEST_SERVERS


def moved(events: list[TelemetryEvent], by_us: int) -> list[TelemetryEvent]:
    """Events of the worked examples, moved in time."""
    return [
        replace(
            event,
            at_us=event.at_us + by_us,
            derived={name: value + by_us if isinstance(value, int) else value for name, value in event.derived.items()},
        )
        for event in events
    ]


async def send(engines: Engines, events: list[TelemetryEvent], ago_us: int = 60_000_000, **told: Any) -> None:
    """Events that happened a while ago by their sender's clock and arrive as long ago as `received_ago_us` says."""
    received_us = now_us() - told.pop("received_ago_us", 0)
    receipt = Receipt(
        request_id="r",
        received_us=received_us,
        protocol="langfuse",
        **{"sdk_name": "python", "sdk_version": "2.60.10", "accepted": len(events), **told},
    )
    happened = moved(events, received_us - ago_us - NOON_US)
    book = PriceBook((), load_managed())
    await engines.writer.apply(IngestBatch(project_id=PROJECT, events=happened, receipt=receipt, prices=book))


GENERATION = {"trace_id": "t", "type": "GENERATION", "usage": {"input": 10, "output": 5, "total": 15}}
GOOD = [
    trace("t", 0, name="run"),
    observation("root", 0, trace_id="t"),
    observation("call", 0, **GENERATION, parent_id="root", model="gpt-4o"),
]


async def test_a_healthy_store_has_no_problem_and_nothing_to_warn_of(world: World) -> None:
    async with world.opened() as engines:
        await send(engines, GOOD)
    found = await world.examine()
    assert problems(found) == set()
    assert codes(found, Severity.WARNING) == set()
    assert {"client", "all_priced", "all_rooted", "keys", "no_refused_keys", "project_size"} <= codes(found)
    assert "unchecked" not in codes(found)


async def test_a_durable_server_is_found_to_be_one(tmp_path: Path) -> None:
    installations = find_installations()
    if not installations:
        pytest.skip("no Postgres of our own to start")
    server = Server(installations[0], is_durable=True)
    server.start()
    try:
        world = World(environment(tmp_path, DATABASE_URL=server.url))
        async with world.opened() as engines:
            await send(engines, GOOD)
        found = await world.examine()
        assert codes(found, Severity.PROBLEM, Severity.WARNING) == set()
    finally:
        server.remove()


async def test_a_server_that_may_forget_is_a_problem(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    url = postgres_database()
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
    found = await World(environment(tmp_path, DATABASE_URL=url)).examine()
    assert "synchronous_commit" in {finding.subject for finding in found if finding.code == "not_durable"}


async def test_a_store_that_is_not_there_yet_is_no_problem_and_is_not_made(world: World, tmp_path: Path) -> None:
    found = await world.examine()
    assert problems(found) == set()
    assert "no_schema" in codes(found, Severity.NOTE)
    assert not (tmp_path / "kept").exists()


async def test_senders_that_do_wrong_are_told_apart(world: World) -> None:
    lost = [observation(f"lost-{n}", 0, trace_id=f"lost-{n}", parent_id="away") for n in range(3)]
    async with world.opened() as engines:
        await send(engines, lost, received_ago_us=HOUR_US)
        odd = [observation("house", 0, **GENERATION, model="house-7b"), observation("bare", 0, **GENERATION)]
        await send(engines, odd, rejected=8, reasons={"bad_time": 8}, repairs={"dropped_usage": 2})
        await send(engines, [observation("early", 0, trace_id="t")], ago_us=-20 * 60_000_000, sdk_name="js")
        refused = Receipt(
            request_id="x", received_us=now_us(), protocol="otlp-json", reasons={"malformed_otlp": 1}, status=400
        )
        await engines.writer.record(PROJECT, refused)
    found = await world.examine()
    told = {
        "client_rejected",
        "client_repaired",
        "clients_ahead",
        "nameless_generations",
        "no_price",
        "rootless_traces",
    }
    assert told <= codes(found)
    assert problems(found) == {"client_rejected"}
    subjects = {finding.subject: finding for finding in found if finding.code != "client_repaired"}
    assert "bad_time (8)" in subjects["python 2.60.10"].advice
    assert "1 request refused whole" in subjects["unnamed, otlp-json"].seen
    assert "house-7b" in subjects["house-7b"].command
    assert subjects["no root"].seen.startswith("3 of 4 traces")


async def test_history_that_is_imported_is_noted(world: World) -> None:
    async with world.opened() as engines:
        await send(engines, GOOD, ago_us=5 * HOUR_US)
    assert "clients_behind" in codes(await world.examine(), Severity.NOTE)


async def test_keys_that_fail_are_told(world: World) -> None:
    async with world.opened() as engines:
        [key] = await engines.catalog.keys.list()
        hour_us = now_us() // HOUR_US * HOUR_US
        refused = [
            KeyFailure(hour_us=hour_us, key_prefix=prefix, reason=reason, count=3, last_us=now_us())
            for prefix, reason in ((key.public_key[:14], "wrong_secret"), ("pk-lf-elsewher", "unknown_key"))
        ]
        await engines.catalog.key_failures.add(refused, keep_from_us=0, most_per_hour=9)
        expiring = replace(key, id="k2", public_key="pk-lf-soon", secret_hash="h", expires_us=now_us() + HOUR_US)
        await engines.catalog.keys.create(expiring)
    found = await world.examine()
    assert problems(found) == {"refused_key"}
    assert {"refused_key", "key_expires"} == codes(found, Severity.WARNING)


async def test_another_salt_is_a_problem(world: World) -> None:
    async with world.opened():
        pass
    assert problems(await world.examine(PANOPE_SALT="another-salt-altogether")) == {"wrong_salt"}
    assert problems(await world.examine(PANOPE_SALT="")) == set()


async def test_an_old_schema_is_told_and_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.opened():
        pass
    monkeypatch.setattr(runner, "known_revisions", lambda _plane: ("0001", "0002"))
    found = await world.examine()
    assert problems(found) == set()
    assert {"schema_outdated", "unchecked"} <= codes(found, Severity.WARNING)
    assert problems(await world.examine(PANOPE_AUTO_MIGRATE="false")) == {"schema_outdated"}


async def test_a_schema_of_a_newer_panope_is_a_problem(world: World) -> None:
    async with world.opened():
        pass
    world.execute("telemetry", "UPDATE telemetry_revision SET version_num = '0099'")
    found = await world.examine()
    assert problems(found) == {"schema_refused"}
    assert "unchecked" in codes(found)


@pytest.mark.parametrize("postgres_url", postgres_versions(), indirect=True)
async def test_a_database_of_another_server_is_a_problem(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE _prisma_migrations (id integer)")
    assert problems(await World(environment(tmp_path, DATABASE_URL=postgres_url)).examine()) == {"schema_refused"}


async def test_a_database_that_is_away_is_a_problem_and_the_rest_is_told(tmp_path: Path) -> None:
    url = f"postgresql://u:secretword@127.0.0.1:{free_port()}/n"
    found = await World(environment(tmp_path, DATABASE_URL=url, PANOPE_PROT="1")).examine()
    assert problems(found) == {"database_unreachable"}
    assert {"setting_without_effect", "unchecked", "port_free"} <= codes(found)
    assert "secretword" not in repr(found)


async def test_a_file_in_the_place_of_the_directory_is_a_problem_for_media_too(
    sqlite_world: World, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    found = await sqlite_world.examine(PANOPE_DATA_DIR=str(tmp_path / "file"))
    assert problems(found) == {"data_directory_unusable", "media_directory_unusable"}


async def test_a_file_that_is_no_database_is_a_problem(sqlite_world: World) -> None:
    async with sqlite_world.opened():
        pass
    damage(sqlite_world)
    found = await sqlite_world.examine()
    assert problems(found) == {"database_unreadable"}
    assert "data_directory" in codes(found)


def damage(world: World) -> None:
    path = Path(world.environ["PANOPE_DATA_DIR"]) / "telemetry.db"
    path.write_bytes(b"x" * path.stat().st_size)


async def test_a_directory_that_others_may_look_into_is_warned_of(sqlite_world: World) -> None:
    async with sqlite_world.opened():
        pass
    Path(sqlite_world.environ["PANOPE_DATA_DIR"]).chmod(0o755)  # noqa: ASYNC240 - nobody waits
    assert "data_directory_open" in codes(await sqlite_world.examine(), Severity.WARNING)


async def test_a_port_that_a_stranger_holds_is_a_problem(sqlite_world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = await sqlite_world.examine(PANOPE_PORT=str(listener.getsockname()[1]))
    assert problems(found) == {"port_in_use"}


# The command, in a process of its own.


def doctor(environ: Mapping[str, str], *arguments: str, **options: Any) -> tuple[int, dict[str, Any], str]:
    """Exit status, JSON and standard error of `panope doctor --json`."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [str(Path(sys.executable).with_name("panope")), "doctor", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, env={**bare, **environ}, check=False, text=True, **options)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def found_codes(report: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in report["findings"]}


def settings_of(server: RunningServer, data_dir: Path, url: str | None) -> dict[str, str]:
    database = {"DATABASE_URL": url} if url else {}
    return {"PANOPE_DATA_DIR": str(data_dir), "PANOPE_PORT": str(server.port), **database}


@pytest.fixture(params=["sqlite", *postgres_versions()])
def database_url(request: pytest.FixtureRequest) -> str | None:
    if request.param == "sqlite":
        return None
    return str(request.getfixturevalue("postgres_database")(version=request.param))


BATCH = {
    "batch": [
        {
            "id": "e1",
            "type": "trace-create",
            "timestamp": "2026-01-02T03:04:05Z",
            "body": {"id": "t1", "name": "run", "timestamp": "2026-01-02T03:04:05Z"},
        },
        {"id": "e2", "type": "span-create", "timestamp": "yesterday", "body": {"id": "s1", "traceId": "t1"}},
    ]
}


def test_beside_a_running_server_it_tells_what_the_server_saw_and_disturbs_nothing(
    tmp_path: Path, database_url: str | None
) -> None:
    data_dir = tmp_path / "data"
    with running_server(data_dir, database_url=database_url) as server:
        assert server.request("POST", "/api/public/ingestion", BATCH)[0] == 207
        server.secret_key = "sk-lf-wrong"
        assert server.request("GET", "/api/public/projects")[0] == 401
        server.secret_key = SECRET_KEY
        status, report, errors = doctor(settings_of(server, data_dir, database_url))
        assert {"port_answers", "client_rejected"} <= found_codes(report), errors
        assert status == 1
        assert server.request("POST", "/api/public/ingestion", BATCH)[0] == 207
        assert server.stop() == 0
    _, report, _ = doctor(settings_of(server, data_dir, database_url), "--project", PROJECT_ID)
    refused = [finding for finding in report["findings"] if finding["code"] == "refused_key"]
    assert [(finding["subject"], finding["severity"]) for finding in refused] == [("pk-lf-tests…", "problem")]


def test_after_a_crash_it_reads_and_leaves_everything_for_the_next_start(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    server = start_server(data_dir)
    assert server.request("POST", "/api/public/ingestion", BATCH)[0] == 207
    server.kill()
    before = digest(data_dir)
    status, report, errors = doctor(settings_of(server, data_dir, None))
    assert (status, errors) == (1, "")
    assert {"client_rejected", "port_free"} <= found_codes(report)
    assert digest(data_dir) == before
    with running_server(data_dir) as again:
        assert again.request("GET", "/api/public/traces/t1")[0] == 200


def digest(folder: Path) -> dict[str, str]:
    kept = [path for path in folder.iterdir() if path.name.endswith((".db", ".db-wal"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept if path.stat().st_size}


def test_a_healthy_store_leaves_with_0(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with running_server(data_dir) as server:
        good = {"batch": BATCH["batch"][:1]}
        assert server.request("POST", "/api/public/ingestion", good)[0] == 207
        status, report, errors = doctor(settings_of(server, data_dir, None))
    assert (status, report["problems"], errors) == (0, 0, "")


def test_settings_that_no_server_starts_with_are_told(tmp_path: Path) -> None:
    status, report, errors = doctor({"PANOPE_PORT": "many", "DATABASE_URL": "mysql://x"}, cwd=tmp_path)
    assert (status, report["problems"], errors) == (1, 2, "")
    assert found_codes(report) == {"invalid_setting", "port_free", "unchecked"}


def test_a_span_of_time_that_is_none_is_not_understood(tmp_path: Path) -> None:
    status, _, errors = doctor({}, "--since", "yesterday", cwd=tmp_path)
    assert status == 2
    assert "30m, 24h or 7d" in errors


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file of whoever runs this."""
    monkeypatch.chdir(tmp_path)
