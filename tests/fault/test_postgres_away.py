"""Postgres is stopped, or hangs, for a while under load: clients are told when to come again, and nothing is lost."""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.conformance.harness import python_of
from tests.fault.test_killed import check_answers_without_a_store, restart, stored
from tests.support.load import Load
from tests.support.mixed_load import MixedLoad
from tests.support.postgres import Databases, Server, find_installations
from tests.support.server import RunningServer, running_server
from tests.support.tally import RecordProperty, Tally, read_all, snapshot_of

WAIT_S = 60
SENDERS = Path(__file__).parent / "senders"


class Sender(Struct, frozen=True):
    """A process with an SDK that makes traces all the time."""

    name: str
    requirements: str
    script: str
    settings: dict[str, str] = {}
    is_patient: bool = False
    """Whether its settings let it outlast the outage."""


USUAL = [
    Sender("langfuse 2.60, as it comes", "langfuse-2", "langfuse_2"),
    Sender("langfuse 4.18, as it comes", "langfuse-4.18", "langfuse_4"),
    Sender("langfuse 5.0, as it comes", "langfuse-5", "langfuse_4"),
    Sender("OTLP exporter, as it comes", "opentelemetry", "otlp"),
]
PATIENT = [
    Sender("langfuse 2.60, patient", "langfuse-2", "langfuse_2", {"LANGFUSE_MAX_RETRIES": "12"}, is_patient=True),
    Sender("langfuse 4.18, patient", "langfuse-4.18", "langfuse_4", {"LANGFUSE_TIMEOUT": "120"}, is_patient=True),
    Sender("langfuse 5.0, patient", "langfuse-5", "langfuse_4", {"LANGFUSE_TIMEOUT": "120"}, is_patient=True),
    Sender("OTLP exporter, patient", "opentelemetry", "otlp", {"OTEL_EXPORTER_OTLP_TIMEOUT": "120"}, is_patient=True),
]


@pytest.fixture
def postgres() -> Iterator[Server]:
    """A Postgres of the test's own that syncs as a real one does."""
    installations = find_installations()
    if not installations:
        pytest.skip("no Postgres binaries on this machine")
    server = Server(installations[0], is_durable=True)
    server.start()
    yield server
    server.remove()


def start_sender(sender: Sender, server: RunningServer, run: str) -> subprocess.Popen[str]:
    """Start it against the server."""
    pair = base64.b64encode(f"{server.public_key}:{server.secret_key}".encode()).decode()
    variables: Mapping[str, str] = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "PYTHONPATH": str(SENDERS),
        "PYTHONWARNINGS": "ignore",
        "LANGFUSE_HOST": server.base_url,
        "LANGFUSE_BASE_URL": server.base_url,
        "LANGFUSE_PUBLIC_KEY": server.public_key,
        "LANGFUSE_SECRET_KEY": server.secret_key,
        "LANGFUSE_FLUSH_INTERVAL": "0.5",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{server.base_url}/api/public/otel",
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Basic%20{pair}",
        **sender.settings,
    }
    command = [str(python_of(sender.requirements)), str(SENDERS / f"{sender.script}.py"), run]
    return subprocess.Popen(
        command,
        env=dict(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def wait_until_seen(server: RunningServer, run: str, more_than: int = 0) -> int:
    """Wait until more traces of a run than that are there; returns how many."""
    deadline_s = time.monotonic() + WAIT_S * 2
    while (count := sum(row["name"].startswith(run) for row in read_all(server, "/api/public/traces"))) <= more_than:
        assert time.monotonic() < deadline_s, f"{run}: {count} traces"
        threading.Event().wait(0.2)
    return count


def end_sender(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Let it send what it has and end; returns which traces it made and what it complained of."""
    said, _ = process.communicate("", timeout=WAIT_S * 4)
    assert process.returncode == 0
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told


@pytest.mark.long
@pytest.mark.parametrize("senders", [USUAL, PATIENT], ids=["as they come", "patient"])
def test_sdks_outlast_a_postgres_that_is_away(
    senders: list[Sender], postgres: Server, tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    away_s = load.choose(small=2, bounded=5, full=30)
    url = Databases(postgres.url).create()
    with running_server(tmp_path / "data", database_url=url) as server:
        processes = [start_sender(sender, server, f"run{number}") for number, sender in enumerate(senders)]
        try:
            for number in range(len(senders)):
                wait_until_seen(server, f"run{number}")
            postgres.stop(signal.SIGINT)
            threading.Event().wait(away_s)
            restart(postgres)
            for number in range(len(senders)):
                wait_until_seen(server, f"run{number}", more_than=wait_until_seen(server, f"run{number}"))
            told = [end_sender(process) for process in processes]
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        found = [row["name"] for row in read_all(server, "/api/public/traces")]
        assert len(found) == len(set(found)), "a trace is there twice"
        for sender, said in zip(senders, told, strict=True):
            dropped = len(set(said["made"]) - set(found))
            text = f"Postgres away for {away_s} s: {len(said['made'])} traces made, {dropped} dropped by the SDK"
            record_property(sender.name, text)
            sys.stdout.write(f"\n{sender.name}: {text}")
            assert not (sender.is_patient and dropped), sender.name
        sys.stdout.write("\n")
        assert "Traceback" not in server.output()
        assert server.stop() == 0


def processes_of(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for process in found:
        with suppress(FileNotFoundError, ProcessLookupError):  # one that ended meanwhile
            for task in Path(f"/proc/{process}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


async def test_a_postgres_that_hangs_makes_nobody_lose_anything(
    postgres: Server, tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    tally = Tally("postgres hangs")
    url = Databases(postgres.url).create()
    with running_server(tmp_path / "data", database_url=url) as server:
        for number in range(load.choose(small=1, bounded=2, full=10)):
            clients = MixedLoad(server, f"{number}", enough=50, is_patient=True)
            clients.start()
            assert clients.has_enough.wait(WAIT_S), server.output()
            assert postgres.pid is not None
            frozen = processes_of(postgres.pid)
            for pid in frozen:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            assert server.send("GET", "/api/public/health?failIfDatabaseUnavailable=true")[0] == 503
            assert server.send("GET", "/api/public/health")[0] == 200
            began_s = time.monotonic()
            for pid in frozen:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
            clients.require(20)
            assert clients.has_enough.wait(WAIT_S), server.output()
            recovery_s = time.monotonic() - began_s
            clients.finish()
            tally.check(server, clients, recovery_s)
        assert server.stop() == 0
    assert await stored(tmp_path, url) == await snapshot_of(tally.acknowledged)
    tally.report(record_property)


async def test_a_postgres_that_is_away_for_long_costs_nothing_but_time(
    postgres: Server, tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    away_s = load.choose(small=2, bounded=5, full=30)
    tally = Tally(f"postgres away for {away_s} s")
    url = Databases(postgres.url).create()
    with running_server(tmp_path / "data", database_url=url) as server:
        clients = MixedLoad(server, "away", enough=50, is_patient=True)
        clients.start()
        assert clients.has_enough.wait(WAIT_S), server.output()
        postgres.stop(signal.SIGINT)
        assert clients.was_unavailable.wait(WAIT_S), server.output()
        check_answers_without_a_store(server)
        threading.Event().wait(away_s)
        began_s = time.monotonic()
        restart(postgres)
        clients.require(1)
        assert clients.has_enough.wait(WAIT_S), server.output()
        recovery_s = time.monotonic() - began_s
        clients.finish()
        assert clients.unanswered == []
        tally.check(server, clients, recovery_s)
        assert server.stop() == 0
    assert await stored(tmp_path, url) == await snapshot_of(tally.acknowledged)
    tally.report(record_property)
