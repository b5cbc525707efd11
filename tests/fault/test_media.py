"""Uploads of media that die, meet a full disk, are slow or huge: never half a file, never all of it in memory."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from panope.adapters.sqlite.driver import connect
from tests.support.faults.preload import Faults, build_library
from tests.support.media.content import PNG, announcement, id_of, upload_headers
from tests.support.postgres import PostgresDatabase
from tests.support.server import PROVISIONING, RunningServer, running_server, start_server

MEDIA = "/api/public/media"
BIG_MB = 200
MOST_GROWTH_MB = 40


def announce(server: RunningServer, content: bytes = PNG) -> str | None:
    status, answer = server.request("POST", MEDIA, announcement(content))
    assert status == 201, answer
    url: str | None = answer["uploadUrl"]
    return url


def put(url: str, content: bytes = PNG, timeout_s: float = 30) -> tuple[int, bytes]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=timeout_s)) as connection:
        connection.request("PUT", parts.path, content, upload_headers(content))
        answer = connection.getresponse()
        return answer.status, answer.read()


def fetch(server: RunningServer, media_id: str) -> tuple[int, bytes]:
    status, shown = server.request("GET", f"{MEDIA}/{media_id}")
    if status != 200:
        return status, b""
    parts = urlsplit(shown["url"])
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)) as connection:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def begin(url: str, content: bytes) -> socket.socket:
    """Send the head of an upload, and half of its content."""
    parts = urlsplit(url)
    connection = socket.create_connection((str(parts.hostname), parts.port or 80), 30)
    headers = {"Host": parts.netloc, "Content-Length": str(len(content)), **upload_headers(content)}
    head = f"PUT {parts.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(head.encode() + b"\r\n" + content[: len(content) // 2])
    return connection


def files_of(data_dir: Path) -> dict[str, list[Path]]:
    """Files of the media directory: whole ones, and those that nobody reads."""
    files = [path for path in (data_dir / "media").rglob("*") if path.is_file()]
    return {
        "whole": [path for path in files if path.parent.name != "unfinished"],
        "unfinished": [path for path in files if path.parent.name == "unfinished"],
    }


def wait_for_unfinished(data_dir: Path, connection: socket.socket) -> None:
    """Until the server writes what came of an upload."""
    connection.settimeout(0.02)
    for _ in range(500):
        if any(path.stat().st_size for path in files_of(data_dir)["unfinished"]):
            return
        with pytest.raises(TimeoutError):
            connection.recv(1)
    pytest.fail("the server never began to write")


def test_a_server_that_is_killed_during_an_upload_leaves_no_half_file(tmp_path: Path) -> None:
    content = PNG * 5_000
    data_dir = tmp_path / "data"
    server = start_server(data_dir)
    url = announce(server, content)
    assert url is not None
    with begin(url, content) as connection:
        wait_for_unfinished(data_dir, connection)
        server.kill()
    assert files_of(data_dir)["whole"] == []
    with running_server(data_dir, port=server.port) as again:
        assert fetch(again, id_of(content))[0] == 404
        assert put(url, content)[0] == 200  # the link outlives the process
        assert fetch(again, id_of(content)) == (200, content)
        assert announce(again, content) is None
        assert len(files_of(data_dir)["whole"]) == 1
        assert again.stop() == 0


def test_a_client_that_goes_away_during_an_upload_leaves_nothing(tmp_path: Path) -> None:
    content = PNG * 5_000
    with running_server(tmp_path / "data") as server:
        url = announce(server, content)
        assert url is not None
        with begin(url, content) as connection:
            wait_for_unfinished(tmp_path / "data", connection)
        with begin(url, content) as connection:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(30)
            while connection.recv(4096):
                pass
        assert put(url, content)[0] == 200
        assert files_of(tmp_path / "data")["unfinished"] == []
        assert "Traceback" not in server.output()
        assert server.stop() == 0


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[Faults]:
    made = Faults(build_library(tmp_path), tmp_path / "data" / "media")
    yield made
    made.remove()


def test_a_full_disk_is_a_503_that_ends_with_room(tmp_path: Path, faults: Faults) -> None:
    with running_server(tmp_path / "data", more=faults.environment()) as server:
        url = announce(server)
        assert url is not None
        faults.fill_disk()
        status, answer = put(url)
        assert (status, json.loads(answer)["error"]) == (503, "ServiceUnavailableError")
        assert "is full" in json.loads(answer)["message"]
        server.wait_until_written('"code":"disk_full"')
        assert fetch(server, id_of(PNG))[0] == 404
        assert files_of(tmp_path / "data") == {"whole": [], "unfinished": []}
        faults.free_disk()
        assert put(url)[0] == 200
        assert fetch(server, id_of(PNG)) == (200, PNG)
        assert "Traceback" not in server.output()
        assert server.stop() == 0


def test_a_client_that_pauses_is_given_up_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {**PROVISIONING, "PANOPE_BODY_TIMEOUT_S": "0.5"}
    with running_server(tmp_path / "data", environment=environment) as server:
        url = announce(server)
        assert url is not None
        with begin(url, PNG) as connection:
            connection.settimeout(30)
            assert b" 408 " in connection.recv(4096).split(b"\r\n")[0]
        assert files_of(tmp_path / "data") == {"whole": [], "unfinished": []}
        assert server.stop() == 0


def peak_mb(server: RunningServer) -> int:
    """The most memory that the process ever had."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much memory a process had")
def test_a_large_media_is_never_whole_in_memory(tmp_path: Path) -> None:
    content = bytes(range(256)) * (BIG_MB * 1024 * 4)
    with running_server(tmp_path / "data") as server:
        assert put(str(announce(server)))[0] == 200
        before_mb = peak_mb(server)
        url = announce(server, content)
        assert url is not None
        assert put(url, content, timeout_s=120)[0] == 200
        assert fetch(server, id_of(content)) == (200, content)
        assert peak_mb(server) - before_mb < MOST_GROWTH_MB
        assert server.stop() == 0


def unfinished_bytes(looking: psycopg.Connection[Any]) -> int:
    """Bytes in Postgres of uploads that are not whole."""
    row = looking.execute(
        "SELECT coalesce(sum(octet_length(bytes)), 0) FROM catalog_blob JOIN catalog_blob_chunk ON blob_id = id "
        "WHERE key IS NULL"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_server_that_is_killed_during_an_upload_into_postgres_leaves_what_is_swept(
    tmp_path: Path, postgres_database: PostgresDatabase
) -> None:
    content = PNG * 5_000
    url = postgres_database()
    server = start_server(tmp_path / "data", database_url=url)
    address = announce(server, content)
    assert address is not None
    with begin(address, content) as connection, psycopg.connect(url, autocommit=True) as looking:
        connection.settimeout(0.02)
        for _ in range(500):
            if unfinished_bytes(looking):
                break
            with pytest.raises(TimeoutError):
                connection.recv(1)
        server.kill()
        assert unfinished_bytes(looking) > 0
        looking.execute("UPDATE catalog_blob SET began_us = 0")
        with running_server(tmp_path / "data", database_url=url, port=server.port) as again:
            assert fetch(again, id_of(content))[0] == 404
            assert put(address, content)[0] == 200  # the link outlives the process
            assert fetch(again, id_of(content)) == (200, content)
            assert announce(again, content) is None
            assert again.stop() == 0
        assert unfinished_bytes(looking) == 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much memory a process had")
def test_a_large_media_in_postgres_is_never_whole_in_memory(
    tmp_path: Path, postgres_database: PostgresDatabase
) -> None:
    content = bytes(range(256)) * (BIG_MB * 1024 * 4)
    with running_server(tmp_path / "data", database_url=postgres_database()) as server:
        assert put(str(announce(server)))[0] == 200
        before_mb = peak_mb(server)
        address = announce(server, content)
        assert address is not None
        assert put(address, content, timeout_s=120)[0] == 200
        assert fetch(server, id_of(content)) == (200, content)
        assert peak_mb(server) - before_mb < MOST_GROWTH_MB
        assert server.stop() == 0


def test_nothing_of_a_link_or_a_media_is_logged(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        url = announce(server)
        assert url is not None
        token = urlsplit(url).path.rpartition("/")[2]
        put(url, PNG[:-1])
        put(url)
        fetch(server, id_of(PNG))
        with closing(connect(tmp_path / "data" / "catalog.db")) as catalog:
            ((key,),) = catalog.execute("SELECT value FROM catalog_setting WHERE name = 'media_signing_key'").fetchall()
        output = server.output()
        assert token not in output
        assert token.partition(".")[2] not in output
        assert key not in output
        assert server.stop() == 0
