"""A Postgres server of the benchmark's own, whose data stay where they are between runs."""

import signal
from pathlib import Path
from typing import Final

from tests.support.postgres import Server, find_installations

_SETTINGS: Final = {"shared_buffers": "512MB", "max_wal_size": "4GB", "autovacuum": "on", "timezone": "UTC"}


class Cluster:
    """The newest Postgres that is installed, durable, on a Unix socket in its directory."""

    def __init__(self, directory: Path) -> None:
        installations = find_installations()
        if not installations:
            raise RuntimeError("no Postgres is installed: name a server with --database-url")
        self._server = Server(installations[0], is_durable=True, directory=directory, settings=_SETTINGS)
        self._server.start(keep_on_failure=True)
        self.url = self._server.url
        self.pid = self._server.pid
        """Of the process whose descendants do its work."""

    def stop(self) -> None:
        """Stop it, its data in order."""
        self._server.stop(signal.SIGINT)
