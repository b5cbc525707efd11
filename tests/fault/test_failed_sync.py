"""A disk that loses what it should have kept: nothing more is taken, and the next start has all of it."""

from pathlib import Path

import pytest

from panope.adapters.sqlite.checkpoints import is_possible
from panope.adapters.sqlite.driver import sqlite_version
from tests.support.faults.checkpoints import OFTEN
from tests.support.faults.preload import Faults, build_library
from tests.support.mixed_load import MixedLoad
from tests.support.server import running_server
from tests.support.tally import Tally

WAIT_S = 60


@pytest.mark.skipif(
    not is_possible(sqlite_version()), reason="this SQLite does not tell when a sync of the file failed"
)
def test_after_a_failed_sync_of_the_file_its_log_is_kept_for_the_next_start(tmp_path: Path) -> None:
    faults, tally = Faults(build_library(tmp_path), tmp_path), Tally("sqlite, failed sync")
    data_dir = tmp_path / "data"
    log = data_dir / "telemetry.db-wal"
    try:
        with running_server(data_dir, more={**faults.environment(), **OFTEN}) as server:
            clients = MixedLoad(server, "one", enough=20)
            clients.start()
            assert clients.has_enough.wait(WAIT_S), server.output()
            faults.fail_syncs()
            clients.wait_until_told("The disk lost")
            faults.free_disk()  # the disk tells it once
            status, _, said = server.send("POST", "/api/public/scores", b'{"name": "n", "value": 1, "traceId": "t"}')
            assert (status, b"start the server again" in said) == (503, True), said
            assert server.send("GET", "/api/public/traces?limit=1")[0] == 200
            assert "the disk failed beneath" in server.output()
            clients.finish()
            assert server.stop() == 0
        kept = log.stat().st_size
        assert kept > 0
        with running_server(data_dir) as restarted:
            tally.check(restarted, clients, restarted.start_s)
            assert restarted.stop() == 0
        assert not log.exists()
    finally:
        faults.remove()
