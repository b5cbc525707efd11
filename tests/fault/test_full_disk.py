"""No room left for the store: clients are told to wait, reads go on, and with room again nothing is missing."""

import resource
from pathlib import Path

import pytest

from tests.support.mixed_load import MixedLoad, check_totals, find_missing, read_rows
from tests.support.server import RunningServer, running_server

WAIT_S = 60
ROOM_BYTES = 300_000


def limit_files(server: RunningServer, largest_bytes: int) -> None:
    """Files of the process may not grow beyond this, which it meets as a disk that is full."""
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest_bytes, hard))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits the files of a running process")
def test_a_full_disk_is_a_503_that_ends_with_room_and_loses_nothing(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
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
        assert (clients.refusals, clients.unanswered) == ([], [])
        rows = read_rows(server)
        assert sum(find_missing(rows, sending) for sending in clients.acknowledged) == 0
        check_totals(rows)
        assert server.stop() == 0
    with running_server(data_dir) as restarted:
        assert read_rows(restarted) == rows
        assert restarted.stop() == 0
