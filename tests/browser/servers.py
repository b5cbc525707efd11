"""Servers for the browser's tests, all started in one way.

Two variables run all of it once more: `PANOPE_BROWSE_ON=postgres15` with every server on a Postgres, and
`PANOPE_BROWSE_BELOW=/tools/panope` with the app below a path.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import Clusters
from tests.support.server import RunningServer, running_server

ON, BELOW = os.environ.get("PANOPE_BROWSE_ON", "sqlite"), os.environ.get("PANOPE_BROWSE_BELOW", "")
EMAIL, PASSWORD = "ann@example.com", "correct horse battery"  # of a server that lives for these tests
VIEWER, MEMBER = "vic@example.com", "zoe@example.com"


class Servers:
    """Starts servers on the engine and below the path that were asked for."""

    def __init__(self, request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> None:
        self._request, self._folders = request, folders

    @contextmanager
    def open(
        self,
        name: str,
        *,
        people: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
        below: str = BELOW,
    ) -> Iterator[RunningServer]:
        """A server for the time of the block, with its owner `EMAIL`.

        `people` are others and their roles, by e-mail; `more` is added to the server's environment.
        """
        home = self._folders.mktemp(name) / "data"
        with ExitStack() as stack:
            url = stack.enter_context(self._database())
            variables = {**({"PANOPE_ROOT_PATH": below} if below else {}), **(more or {})}
            server = stack.enter_context(running_server(home, database_url=url, more=variables))
            for email, role in {EMAIL: "owner", **(people or {})}.items():
                make_person(home, url, email, role)
            yield server

    @contextmanager
    def _database(self) -> Iterator[str | None]:
        """Address of a new, empty database on the Postgres that was asked for; None where SQLite was."""
        if ON == "sqlite":
            yield None
            return
        clusters: Clusters = self._request.getfixturevalue("postgres_clusters")
        databases = clusters.databases(ON.removeprefix("postgres") or None)
        url = databases.create()
        yield url
        databases.drop(url)


def make_person(data_dir: Path, database_url: str | None = None, email: str = EMAIL, role: str = "owner") -> None:
    """Make somebody of the organisation: its owner unless said otherwise."""
    command = [str(Path(sys.executable).with_name("panope")), "users", "create", email, "--role", role]
    command += ["--organization", "tests-organization", "--password-stdin", "--data-dir", str(data_dir)]
    done = subprocess.run(
        command,
        input=f"{PASSWORD}\n",
        env={"PATH": os.environ["PATH"], **({"DATABASE_URL": database_url} if database_url else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
