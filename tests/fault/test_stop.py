"""Being told to stop: what is in progress is finished, and the process ends well."""

import base64
import http.client
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import (
    PROVISIONING,
    PUBLIC_KEY,
    SECRET_KEY,
    RunningServer,
    ServerDiedError,
    running_server,
    start_server,
    wait_until_in_flight,
)

AUTHORIZATION = "Basic " + base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode()
AT = "2026-11-20T10:00:00.000Z"
BODY = json.dumps(
    {"batch": [{"id": "e", "type": "trace-create", "timestamp": AT, "body": {"id": "late", "name": "late"}}]}
).encode()


def begin_request(server: RunningServer, sent: int) -> socket.socket:
    """Open a connection and send a request's head and part of its body."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    head = (
        "POST /api/public/ingestion HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nAuthorization: {AUTHORIZATION}\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    connection.sendall(head.encode() + BODY[:sent])
    return connection


def read_answer(connection: socket.socket) -> tuple[int, Any]:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, json.loads(response.read())


def accepts(server: RunningServer) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", server.port)) == 0


def test_a_request_in_progress_is_finished_and_the_exit_is_clean(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        with begin_request(server, len(BODY) // 2) as connection:
            wait_until_in_flight(server, 1)
            os.kill(server.pid, signal.SIGTERM)
            # The listening socket closes, so a new connection is refused while the old one is served on.
            while accepts(server):
                assert server.is_running()
            connection.sendall(BODY[len(BODY) // 2 :])
            status, answer = read_answer(connection)
        assert (status, answer["errors"]) == (207, [])
        assert server.stop() == 0
    with running_server(tmp_path / "data") as restarted:
        assert restarted.request("GET", "/api/public/traces/late")[1]["name"] == "late"
        assert restarted.stop() == 0


def test_a_request_that_never_finishes_does_not_hold_the_process(tmp_path: Path) -> None:
    environment = {**PROVISIONING, "PANOPE_SHUTDOWN_TIMEOUT_S": "1"}
    with running_server(tmp_path / "data", environment=environment) as server, begin_request(server, 5):
        assert server.stop() == 0


def test_an_interrupt_from_the_keyboard_ends_it_as_well(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        os.kill(server.pid, signal.SIGINT)
        assert server.stop() == 0
        assert "Traceback" not in server.output()


def test_a_port_in_use_is_said_plainly_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServerDiedError, match="somebody else uses the port") as died:
            start_server(tmp_path / "data", port=taken.getsockname()[1])
    assert "Traceback" not in str(died.value)
    assert not (tmp_path / "data").exists()
