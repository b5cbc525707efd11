"""Postgres dies under load: nothing acknowledged is lost, clients are told to wait, and the server finds it again."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.load import Load
from tests.support.postgres import Databases, Server, ServerNotStartedError, find_installations
from tests.support.senders import ACKNOWLEDGED_BEFORE_KILL, Senders, check_consistent
from tests.support.server import running_server

_RESTART_TRIES = 40


@pytest.fixture(scope="module")
def durable_postgres() -> Iterator[Server]:
    """A server of this module's own that syncs as a real one does."""
    installations = find_installations()
    if not installations:
        pytest.skip("no Postgres binaries on this machine")
    server = Server(installations[0], is_durable=True)
    server.start()
    yield server
    server.remove()


def test_what_was_acknowledged_before_postgres_was_killed_is_there_once(
    durable_postgres: Server, tmp_path: Path, load: Load
) -> None:
    rounds = load.choose(small=1, bounded=5, full=20)
    acknowledged = sum(_round(durable_postgres, tmp_path / f"round-{number}") for number in range(rounds))
    sys.stdout.write(f"postgres killed: {rounds} rounds, {acknowledged} batches acknowledged, 0 lost, 0 twice\n")


def _round(postgres: Server, data_dir: Path) -> int:
    database_url = Databases(postgres.url).create()
    with running_server(data_dir, database_url=database_url) as server:
        senders = Senders(server, is_patient=True)
        for thread in senders.threads:
            thread.start()
        try:
            assert senders.enough.wait(60), server.output()
            postgres.stop(signal.SIGKILL)
            assert senders.unavailable.wait(60), server.output()
            _restart(postgres)
            before = len(senders.acknowledged)
            _wait_for_more(senders, before + ACKNOWLEDGED_BEFORE_KILL, server.output)
        finally:
            senders.is_done = True
        for thread in senders.threads:
            thread.join(30)
        assert senders.refusals == []
        held = check_consistent(server, senders)
        assert senders.acknowledged <= set(held)
        assert server.stop() == 0
    return len(senders.acknowledged)


def _restart(postgres: Server) -> None:
    """Start again; orphaned backends may hold the old shared memory for a moment."""
    for _ in range(_RESTART_TRIES):
        try:
            postgres.start(keep_on_failure=True)
        except ServerNotStartedError:
            continue
        return
    raise AssertionError("Postgres did not come back")


def _wait_for_more(senders: Senders, count: int, output: object) -> None:
    deadline = time.monotonic() + 60
    while len(senders.acknowledged) < count:
        assert time.monotonic() < deadline, output() if callable(output) else output
        assert any(thread.is_alive() for thread in senders.threads), senders.refusals
        senders.threads[0].join(0.05)
