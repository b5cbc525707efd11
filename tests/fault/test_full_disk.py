"""No room left for the store: clients are told so and to wait, reads go on, and with room again nothing is missing."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.faults.checkpoints import OFTEN
from tests.support.faults.preload import Faults, build_library
from tests.support.load import Load
from tests.support.mixed_load import MixedLoad
from tests.support.postgres import Databases, Server, find_installations
from tests.support.server import RunningServer, ServerDiedError, running_server, start_server
from tests.support.tally import RecordProperty, Tally, read_rows

WAIT_S = 60
ROOM_BYTES = 300_000


@contextmanager
def faults_below(root: Path, folder: Path) -> Iterator[Faults]:
    """A disk that can be filled."""
    faults = Faults(build_library(folder), root)
    try:
        yield faults
    finally:
        faults.remove()


def run_dry(server: RunningServer, faults: Faults, clients: MixedLoad, is_told: Callable[[], None]) -> float:
    """Fill the disk under load, see that reads go on, make room; returns the seconds until a write succeeds again."""
    clients.start()
    assert clients.has_enough.wait(WAIT_S), server.output()
    faults.fill_disk()
    is_told()
    status, _, page = server.send("GET", "/api/public/traces?limit=1")
    assert (status, b'"data":[{' in page) == (200, True)
    assert clients.refusals == []
    began_s = time.monotonic()
    faults.free_disk()
    clients.require(1)
    assert clients.has_enough.wait(WAIT_S), server.output()
    recovery_s = time.monotonic() - began_s
    clients.require(20)
    assert clients.has_enough.wait(WAIT_S), server.output()
    clients.finish()
    assert (clients.refusals, clients.unanswered) == ([], [])
    return recovery_s


def test_a_full_disk_under_sqlite_is_said_and_ends_with_room_and_nothing_is_lost(
    tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    tally = Tally("sqlite, full disk")
    with faults_below(tmp_path, tmp_path) as faults:
        with running_server(tmp_path / "data", more={**faults.environment(), **OFTEN}) as server:
            for number in range(load.choose(small=2, bounded=5, full=20)):
                clients = MixedLoad(server, f"{number}", enough=10 + 7 * number, is_patient=True)
                recovery_s = run_dry(server, faults, clients, lambda: clients.wait_until_told("is full"))  # noqa: B023
                tally.check(server, clients, recovery_s)
            rows = read_rows(server)
            assert "Traceback" not in server.output()
            assert server.stop() == 0
        with running_server(tmp_path / "data") as restarted:
            assert read_rows(restarted) == rows
            assert restarted.stop() == 0
    tally.report(record_property)


def test_a_full_disk_under_postgres_is_a_503_that_ends_with_room_and_nothing_is_lost(
    tmp_path: Path, load: Load, record_property: RecordProperty
) -> None:
    installations = find_installations()
    if not installations:
        pytest.skip("no Postgres binaries on this machine")
    tally = Tally("postgres, full disk")
    postgres = Server(installations[0], is_durable=True)
    try:
        with faults_below(postgres.data_dir, tmp_path) as faults:
            postgres.environment = faults.environment()
            postgres.start()
            url = Databases(postgres.url).create()
            with running_server(tmp_path / "data", database_url=url) as server:
                for number in range(load.choose(small=1, bounded=3, full=20)):
                    clients = MixedLoad(server, f"{number}", enough=10 + 7 * number, is_patient=True)
                    recovery_s = run_dry(server, faults, clients, lambda: clients.wait_until_told("is full"))  # noqa: B023
                    tally.check(server, clients, recovery_s)
                assert "Traceback" not in server.output()
                assert server.stop() == 0
    finally:
        postgres.remove()
    tally.report(record_property)


def test_a_server_that_finds_no_room_at_its_start_says_so(tmp_path: Path) -> None:
    with faults_below(tmp_path / "disk", tmp_path) as faults:
        options = {"more": faults.environment(), "log": tmp_path / "log"}
        for _ in range(2):  # on nothing, and on what the last try left
            faults.fill_disk()
            with pytest.raises(ServerDiedError, match="is full") as died:
                start_server(tmp_path / "disk" / "data", **options)
            assert "Traceback" not in str(died.value)
            faults.free_disk()
            with running_server(tmp_path / "disk" / "data", **options) as server:
                assert server.stop() == 0


def limit_files(server: RunningServer, largest_bytes: int) -> None:
    """Files of the process may not grow beyond this, which it meets as a disk that is full."""
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest_bytes, hard))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits the files of a running process")
def test_a_limit_on_the_size_of_files_is_a_503_that_ends_with_it_and_loses_nothing(
    tmp_path: Path, record_property: RecordProperty
) -> None:
    data_dir, tally = tmp_path / "data", Tally("sqlite, limited files")
    with running_server(data_dir) as server:
        clients = MixedLoad(server, "full", enough=10, is_patient=True)
        clients.start()
        assert clients.has_enough.wait(WAIT_S), server.output()
        limit_files(server, max(file.stat().st_size for file in data_dir.iterdir()) + ROOM_BYTES)
        assert clients.was_unavailable.wait(WAIT_S), server.output()
        assert server.send("GET", "/api/public/traces?limit=1")[0] == 200
        assert clients.refusals == []
        limit_files(server, resource.RLIM_INFINITY)
        clients.require(20)
        assert clients.has_enough.wait(WAIT_S), server.output()
        clients.finish()
        assert clients.unanswered == []
        rows = tally.check(server, clients)
        assert server.stop() == 0
    with running_server(data_dir) as restarted:
        assert read_rows(restarted) == rows
        assert restarted.stop() == 0
    tally.report(record_property)
