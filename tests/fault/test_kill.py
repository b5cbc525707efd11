"""What was acknowledged survives the death of the process, once each, and nothing else is half there."""

import sys
from pathlib import Path

import pytest

from tests.support.load import Load
from tests.support.senders import ACKNOWLEDGED_BEFORE_KILL, Senders, check_consistent
from tests.support.server import running_server, start_server


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_what_was_acknowledged_before_a_kill_is_there_once_after_the_restart(
    engine: str, tmp_path: Path, load: Load, request: pytest.FixtureRequest
) -> None:
    rounds = load.choose(small=1, bounded=5, full=20)
    acknowledged = 0
    for number in range(rounds):
        database_url = request.getfixturevalue("postgres_database")() if engine == "postgres" else None
        acknowledged += kill_under_load(tmp_path / f"round-{number}", database_url)
    sys.stdout.write(f"{engine}: {rounds} rounds, {acknowledged} batches acknowledged, 0 lost, 0 twice\n")


def kill_under_load(data_dir: Path, database_url: str | None) -> int:
    """One round; returns how many batches were acknowledged before the kill."""
    server = start_server(data_dir, database_url=database_url)
    senders = Senders(server)
    try:
        for thread in senders.threads:
            thread.start()
        assert senders.enough.wait(60), server.output()
    finally:
        server.kill()
    for thread in senders.threads:
        thread.join(20)
    assert senders.refusals == []
    assert len(senders.acknowledged) >= ACKNOWLEDGED_BEFORE_KILL
    with running_server(data_dir, database_url=database_url) as restarted:
        before = check_consistent(restarted, senders)
        for events in senders.sent.values():
            status, answer = restarted.request("POST", "/api/public/ingestion", {"batch": events})
            assert (status, answer["errors"]) == (207, [])
        after = check_consistent(restarted, senders)
        assert set(after) == set(senders.sent)
        assert before.items() <= after.items()
        assert restarted.stop() == 0
    return len(senders.acknowledged)


def test_a_second_server_on_the_same_directory_is_refused_and_the_first_lives_on(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with running_server(data_dir) as first:
        with pytest.raises(Exception, match="Another panope server"):
            start_server(data_dir)
        assert first.request("GET", "/api/public/health")[0] == 200
        assert first.stop() == 0
