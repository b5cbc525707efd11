"""Clients that send prepared bodies over kept-alive connections and time every answer."""

import base64
import http.client
import json
import threading
import time
from collections.abc import Iterable, Sequence

from bench.process import PUBLIC_KEY, SECRET_KEY

_AUTH = "Basic " + base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode()
OTLP = ("/api/public/otel/v1/traces", "application/x-protobuf")
LANGFUSE = ("/api/public/ingestion", "application/json")


def send(port: int, target: tuple[str, str], bodies: Sequence[bytes], clients: int) -> tuple[float, list[float]]:
    """Send every body once by `clients` connections at a time. Returns wall seconds and each answer's seconds."""
    pending = iter(bodies)
    lock = threading.Lock()
    latencies: list[float] = []
    failures: list[str] = []

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                body = next(pending, None)
            if body is None or failures:
                connection.close()
                return
            started = time.perf_counter()
            try:
                post(connection, target, body)
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                failures.append(repr(error))
                return
            latencies.append(time.perf_counter() - started)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return time.perf_counter() - started, latencies


def post(connection: http.client.HTTPConnection, target: tuple[str, str], body: bytes) -> None:
    """Send one body over a connection that is kept alive. Raises `RuntimeError` unless it is taken."""
    connection.request("POST", target[0], body, {"Authorization": _AUTH, "Content-Type": target[1]})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status not in (200, 207):
        raise RuntimeError(f"{answer.status}: {said[:200]!r}")


def read(port: int, path: str, times: int) -> list[float]:
    """Seconds of each of `times` reads over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    latencies = []
    for _ in range(times):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": _AUTH})
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}: {said[:200]!r}")
        latencies.append(time.perf_counter() - started)
    return latencies


def read_back(
    port: int, target: tuple[str, str], sendings: Iterable[tuple[bytes, str]], until: threading.Event | None = None
) -> list[float]:
    """Send bodies one after another; seconds from each answer until a read shows the trace that is named beside it.

    Ends with the last of them, or once `until` is set.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    latencies = []
    for body, trace_id in sendings:
        post(connection, target, body)
        started = time.perf_counter()
        status = 404
        while status == 404:
            connection.request("GET", f"/api/public/traces/{trace_id}", headers={"Authorization": _AUTH})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        if status != 200:
            raise RuntimeError(f"{trace_id}: {status}")
        latencies.append(time.perf_counter() - started)
        if until is not None and until.is_set():
            break
    connection.close()
    return latencies


def first_trace_id(port: int) -> str:
    """Id of the newest trace."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/api/public/traces?limit=1", headers={"Authorization": _AUTH})
    found: str = json.loads(connection.getresponse().read())["data"][0]["id"]
    return found
