"""Clients that read or send a byte at a time get what they asked for, hold up nobody and cannot keep a server alive."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import (
    PROVISIONING,
    RunningServer,
    basic_authorization,
    running_server,
    wait_until_in_flight,
)

SLOW = 10
STEPS = 30
LARGE = "x" * 3_000_000
"""More than the buffers of both ends of a connection hold."""
AT = "2026-11-20T10:00:00.000Z"
ENVIRONMENT = {
    **PROVISIONING,
    "PANOPE_SHUTDOWN_TIMEOUT_S": "1",
    "PANOPE_BODY_TIMEOUT_S": "10",
    "PANOPE_MAX_IN_FLIGHT_REQUESTS": str(SLOW),
}


def batch_of(trace_id: str, text: str) -> bytes:
    """The body of a request that makes one trace."""
    body = {"id": trace_id, "name": trace_id, "input": text}
    return json.dumps({"batch": [{"id": trace_id, "type": "trace-create", "timestamp": AT, "body": body}]}).encode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "data", environment=ENVIRONMENT) as running:
        status, _, answer = running.send("POST", "/api/public/ingestion", batch_of("large", LARGE))
        assert (status, json.loads(answer)["errors"]) == (207, [])
        yield running


@pytest.fixture
def connections() -> Iterator[ExitStack]:
    """Closes every connection in the end."""
    with ExitStack() as stack:
        yield stack


def connect(server: RunningServer, connections: ExitStack, head: str) -> socket.socket:
    """Open a connection that takes little at a time, and send the head of a request."""
    connection = connections.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(f"{head}\r\nHost: x\r\nAuthorization: {basic_authorization(server)}\r\n".encode())
    return connection


def ask_for_the_large_one(server: RunningServer, connections: ExitStack) -> socket.socket:
    """Send a request whose answer does not fit into any buffer."""
    connection = connect(server, connections, "GET /api/public/traces/large HTTP/1.1")
    connection.sendall(b"Connection: close\r\n\r\n")
    return connection


def body_of(answer: bytes | bytearray) -> Any:
    """What an answer of status 200 or 207 says."""
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    assert head.split()[1] in {b"200", b"207"}, head
    return json.loads(body)


def test_readers_of_one_byte_at_a_time_get_everything_and_hold_up_nobody(
    server: RunningServer, connections: ExitStack
) -> None:
    readers = [ask_for_the_large_one(server, connections) for _ in range(SLOW)]
    answers = [bytearray() for _ in readers]
    for step in range(STEPS):
        for reader, answer in zip(readers, answers, strict=True):
            answer.extend(reader.recv(1))
        status, answered = server.request("GET", "/api/public/traces?limit=1&fields=core")
        assert (status, answered["meta"]["totalItems"]) == (200, step + 1)
        assert server.send("POST", "/api/public/ingestion", batch_of(f"small-{step}", "x"))[0] == 207
    for reader, answer in zip(readers, answers, strict=True):
        while piece := reader.recv(65_536):
            answer.extend(piece)
        assert body_of(answer)["input"] == LARGE


def test_senders_of_one_byte_at_a_time_are_served_and_others_are_told_to_wait_meanwhile(
    server: RunningServer, connections: ExitStack
) -> None:
    bodies = [batch_of(f"slow-{number}", "x") for number in range(SLOW)]
    senders = []
    for body in bodies:
        sender = connect(server, connections, "POST /api/public/ingestion HTTP/1.1")
        sender.sendall(f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        senders.append(sender)
    wait_until_in_flight(server, SLOW)
    status, headers, answer = server.send("POST", "/api/public/ingestion", batch_of("other", "x"))
    assert (status, headers["Retry-After"]) == (429, "1")
    assert b"max_in_flight_requests" in answer
    assert server.send("GET", "/api/public/traces?limit=1")[0] == 200
    for place in range(max(map(len, bodies))):
        for sender, body in zip(senders, bodies, strict=True):
            sender.sendall(body[place : place + 1])
    for sender in senders:
        answered = bytearray()
        while piece := sender.recv(1):
            answered += piece
        assert body_of(answered)["errors"] == []
    assert server.send("POST", "/api/public/ingestion", batch_of("other", "x"))[0] == 207
    for number in range(SLOW):
        assert server.request("GET", f"/api/public/traces/slow-{number}")[0] == 200


def test_strangers_are_told_so_before_they_send_anything_and_take_no_place(
    server: RunningServer, connections: ExitStack
) -> None:
    for _ in range(3 * SLOW):
        stranger = connections.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
        stranger.sendall(b"POST /api/public/v2/prompts HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n")
        assert stranger.recv(12) == b"HTTP/1.1 401"
    status, _ = server.request("POST", "/api/public/v2/datasets", {"name": "mine"})
    assert status == 200


def test_forms_that_never_come_keep_nobody_from_working(server: RunningServer, connections: ExitStack) -> None:
    for _ in range(3 * SLOW):
        stranger = connections.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
        stranger.sendall(b"POST /auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n")
    status, _ = server.request("POST", "/api/public/v2/datasets", {"name": "mine"})
    assert status == 200


def test_a_reader_that_stopped_reading_does_not_hold_a_server_that_is_told_to_stop(
    server: RunningServer, connections: ExitStack
) -> None:
    reader = ask_for_the_large_one(server, connections)
    assert reader.recv(1) == b"H"
    assert server.stop() == 0
    assert "Traceback" not in server.output()
