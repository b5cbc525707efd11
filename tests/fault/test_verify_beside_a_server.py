"""`panope verify` as a process of its own: beside a server under load, after its death, and without harm to either."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.load import Load
from tests.support.mixed_load import MixedLoad
from tests.support.server import running_server, start_server

REQUESTS = 60


def verify(data_dir: Path, database_url: str | None) -> dict[str, Any]:
    """Run the command; its answer with its status under `status`."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    variables = {**bare, **({"DATABASE_URL": database_url} if database_url else {})}
    command = [str(Path(sys.executable).with_name("panope")), "verify", "--json", "--data-dir", str(data_dir)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return {**json.loads(done.stdout), "status": done.returncode}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_store_is_clean_beside_a_loaded_server_and_after_it_is_killed(
    engine: str, tmp_path: Path, load: Load, request: pytest.FixtureRequest
) -> None:
    for number in range(load.choose(small=1, bounded=3, full=20)):
        database_url = request.getfixturevalue("postgres_database")() if engine == "postgres" else None
        check_round(tmp_path / f"round-{number}", database_url)


def check_round(data_dir: Path, database_url: str | None) -> None:
    """Load, verify beside it, kill, verify again, start again."""
    server = start_server(data_dir, database_url=database_url)
    load = MixedLoad(server, "verified", enough=REQUESTS, is_patient=True)
    try:
        load.start()
        beside = [verify(data_dir, database_url) for _ in range(2)]
        assert load.has_enough.wait(60), server.output()
    finally:
        server.kill()
    load.finish()
    found = [*beside, verify(data_dir, database_url)]
    assert [(one["status"], one["findings"]) for one in found] == [(0, [])] * 3
    counts = [one["checked"]["observations"] for one in found]
    assert counts[-1] > 0
    with running_server(data_dir, database_url=database_url) as restarted:
        assert restarted.stop() == 0
