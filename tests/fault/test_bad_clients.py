"""Clients that lie, dawdle, leave or send rubbish: each gets its answer, and nobody else notices."""

import base64
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.server import PROVISIONING, PUBLIC_KEY, SECRET_KEY, RunningServer, running_server

AUTHORIZATION = "Basic " + base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode()
ENVIRONMENT = {**PROVISIONING, "PANOPE_BODY_TIMEOUT_S": "2", "PANOPE_MAX_BODY_BYTES": "100000"}
EMPTY = b'{"batch": []}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("bad-clients") / "data", environment=ENVIRONMENT) as running:
        yield running


@pytest.fixture(autouse=True)
def _lives_on(server: RunningServer) -> Iterator[None]:
    yield
    assert server.request("POST", "/api/public/ingestion", {"batch": []}) == (207, {"successes": [], "errors": []})


def exchange(server: RunningServer, *parts: bytes, path: str = "/api/public/ingestion") -> tuple[int, Any]:
    """Send a request whose head ends with the headers given in the first part; returns status and JSON."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTHORIZATION}\r\n".encode()
        connection.sendall(head + parts[0])
        for part in parts[1:]:
            connection.sendall(part)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.status, json.loads(response.read() or b"null")


def test_a_chunked_body_is_read_whole(server: RunningServer) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (1, EMPTY[index : index + 1]) for index in range(len(EMPTY)))
    status, answer = exchange(server, b"Transfer-Encoding: chunked\r\n\r\n", chunks, b"0\r\n\r\n")
    assert (status, answer) == (207, {"successes": [], "errors": []})


def test_a_chunked_body_without_end_is_cut_at_the_limit(server: RunningServer) -> None:
    chunk = b"%x\r\n%s\r\n" % (60_000, b"x" * 60_000)
    status, answer = exchange(server, b"Transfer-Encoding: chunked\r\n\r\n", chunk, chunk)
    assert status == 413
    assert "max_body_bytes" in answer["message"]


def test_a_length_beyond_the_limit_is_refused_before_the_body_comes(server: RunningServer) -> None:
    status, answer = exchange(server, b"Content-Length: 100001\r\n\r\n")
    assert status == 413
    assert answer["error"] == "PayloadTooLargeError"


@pytest.mark.parametrize("path", ["/api/public/ingestion", "/api/public/otel/v1/traces", "/api/public/models"])
def test_a_body_that_stops_halfway_is_given_up_in_time(server: RunningServer, path: str) -> None:
    status, _ = exchange(server, b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n", b"{", path=path)
    assert status == 408


def test_a_client_that_leaves_halfway_leaves_no_trace_but_a_log_line(server: RunningServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        head = f"POST /api/public/ingestion HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTHORIZATION}\r\n"
        connection.sendall(head.encode() + b"X-Request-Id: leaver\r\nContent-Length: 500\r\n\r\n{")
    line = json.loads(server.wait_until_written('"leaver"'))
    assert (line["event"], line["status"], line["level"]) == ("request", 499, "info")


@pytest.mark.parametrize(
    "headers", [b"Content-Length: -1\r\n\r\n", b"Content-Length: abc\r\n\r\n", b"Transfer-Encoding: nonsense\r\n\r\n"]
)
def test_a_head_that_makes_no_sense_is_refused(server: RunningServer, headers: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST /api/public/ingestion HTTP/1.1\r\nHost: x\r\n" + headers)
        answer = connection.recv(100)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 401"))


def test_no_failure_so_far_left_a_traceback_or_a_secret(server: RunningServer) -> None:
    assert "Traceback" not in server.output()
    assert SECRET_KEY not in server.output()
