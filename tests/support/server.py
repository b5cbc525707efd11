"""A real server in a process of its own: what conformance and fault tests talk to."""

import base64
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 20
_POLL_S = 0.02
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

PUBLIC_KEY = "pk-lf-tests"
SECRET_KEY = "sk-lf-tests"  # of a server that lives for one test
PROJECT_ID = "tests"
PROVISIONING = {
    "LANGFUSE_INIT_ORG_ID": "tests-organization",
    "LANGFUSE_INIT_PROJECT_ID": PROJECT_ID,
    "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": PUBLIC_KEY,
    "LANGFUSE_INIT_PROJECT_SECRET_KEY": SECRET_KEY,
}


class ServerDiedError(Exception):
    """The server ended, or never became healthy; the message is the end of its output."""


class RunningServer:
    """One `panope serve` process. Give it back with `stop` or `kill`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self._process = process
        self.port = port
        self.log = log
        self.base_url = f"http://127.0.0.1:{port}"
        self.public_key = PUBLIC_KEY
        self.secret_key = SECRET_KEY
        self.start_s = 0.0
        """From the start of the process until it was healthy."""

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def stop(self) -> int:
        """Ask it to end and wait; returns its exit status."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait(STOP_TIMEOUT_S)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def output(self) -> str:
        """What it wrote so far."""
        return self.log.read_text()

    def wait_until_written(self, words: str) -> str:
        """Wait for a line with these words, which a request's has only after its answer left; returns that line."""
        for _ in range(int(START_TIMEOUT_S / _POLL_S)):
            for line in self.output().splitlines(keepends=True):
                if words in line and line.endswith("\n"):
                    return line
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_POLL_S)
                raise ServerDiedError(self.output()[-4000:])
        raise AssertionError(f"No line has {words!r}: " + self.output()[-4000:])

    def wait_until_healthy(self) -> None:
        """Poll until it answers a health check."""
        for _ in range(int(START_TIMEOUT_S / _POLL_S)):
            with suppress(OSError):
                if self.request("GET", "/api/public/health")[0] == 200:
                    return
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_POLL_S)
                raise ServerDiedError(self.output()[-4000:])
        raise ServerDiedError("It never became healthy: " + self.output()[-4000:])

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call the API with its keys; returns the status and the decoded JSON."""
        status, _, answer = self.send(method, path, None if body is None else json.dumps(body).encode())
        return status, json.loads(answer or b"null")

    def send(
        self, method: str, path: str, body: bytes | None = None, content_type: str = "application/json"
    ) -> tuple[int, Message, bytes]:
        """Send bytes with its keys; returns status, headers and body."""
        request = urllib.request.Request(self.base_url + path, body, method=method)
        request.add_header("Authorization", basic_authorization(self))
        if body is not None:
            request.add_header("Content-Type", content_type)
        try:
            with _DIRECT.open(request, timeout=30) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()


def wait_until_in_flight(server: RunningServer, amount: int) -> None:
    """Wait until the server has seen the heads of so many requests that are not answered."""
    line, seen = f"in_flight_requests {amount}.0", ""
    for _ in range(500):
        seen = server.send("GET", "/metrics")[2].decode()
        if line in seen:
            return
    raise AssertionError(seen)


def basic_authorization(server: RunningServer) -> str:
    """Value of the header that carries a server's keys."""
    return "Basic " + base64.b64encode(f"{server.public_key}:{server.secret_key}".encode()).decode()


_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
_FIRST_PORT = 20_000 + 1_000 * (_WORKER % 12)
"""Below those that systems give away by themselves, and another thousand for each worker of a run of tests."""
_ports = itertools.cycle(random.sample(range(_FIRST_PORT, _FIRST_PORT + 1_000), 1_000))


def free_port() -> int:
    """A port that nobody listens on now, and that no other worker is told meanwhile."""
    for port in itertools.islice(_ports, 1_000):
        with suppress(OSError), socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def start_server(
    data_dir: Path,
    *,
    database_url: str | None = None,
    environment: Mapping[str, str] = PROVISIONING,
    more: Mapping[str, str] | None = None,
    port: int | None = None,
    log: Path | None = None,
) -> RunningServer:
    """Start a server on a free port and wait until it is healthy.

    `environment` is added to a bare one; by default it provisions a project with the keys of this module. `more` is
    added to both. Output goes to `log`, by default beside the directory.
    """
    port = port or free_port()
    log = log or data_dir.parent / f"{data_dir.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    variables = {**bare, **(_on_postgres(database_url) if database_url else {}), **environment, **(more or {})}
    command = [str(Path(sys.executable).with_name("panope")), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir)], stdout=output, stderr=subprocess.STDOUT, env=variables
        )
    server = RunningServer(process, port, log)
    began_s = time.monotonic()
    try:
        server.wait_until_healthy()
        server.start_s = time.monotonic() - began_s
    except BaseException:
        server.kill()
        raise
    return server


def _on_postgres(database_url: str) -> dict[str, str]:
    """A Postgres for tests does not sync, unless it is made for the test of just that."""
    return {"DATABASE_URL": database_url, "PANOPE_ALLOW_UNSAFE_DATABASE": "true"}


@contextmanager
def running_server(data_dir: Path, **options: Any) -> Iterator[RunningServer]:
    """A server for the time of the block; see `start_server`."""
    server = start_server(data_dir, **options)
    try:
        yield server
    finally:
        server.kill()
