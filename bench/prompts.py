"""`python -m bench.prompts`: what serving a prompt costs, beside a bare Starlette route that answers the same bytes.

Both are server processes on loopback with the same loop and parser, asked in turn in every round; what counts is the
CPU that the server's process takes. Prints a table and writes bench/results/prompts-<engine>.json.
"""

import argparse
import base64
import http.client
import json
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.process import PUBLIC_KEY, SECRET_KEY, Server, process_cpu_s

ROUNDS: Final = 5
REQUESTS: Final = 20_000
WARM_UP: Final = 2_000
CLIENTS: Final = 8
PATH: Final = "/api/public/v2/prompts/support%2Ftriage?label=production"
_AUTHORIZATION: Final = "Basic " + base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode()
_HEAD: Final = (
    f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
    f"User-Agent: langfuse-python\r\nConnection: keep-alive\r\nAuthorization: {_AUTHORIZATION}\r\n"
    "X-Langfuse-Sdk-Name: python\r\nX-Langfuse-Sdk-Version: 4.14.0\r\nX-Langfuse-Public-Key: pk\r\n\r\n"
).encode()
_TEXT: Final = "You are a support agent. Answer {{question}} in few words.\n" * 30
_BARE: Final = """
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

BODY = open(sys.argv[2], "rb").read()

async def answer(request):
    return Response(BODY, media_type="application/json")

app = Starlette(routes=[Route("/api/public/v2/prompts/{name:path}", answer)])
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning", access_log=False)
"""


def main() -> None:
    """Run the rounds, print the medians, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--database-url", help="measure Postgres at this address instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options)
    engine = "postgres" if options.database_url else "sqlite"
    summary = {
        name: {"median": statistics.median(values), "min": min(values), "max": max(values)}
        for name, values in figures.items()
    }
    for name, row in summary.items():
        print(f"{name:<46}{row['median']:>10.1f}  ({row['min']:.1f} to {row['max']:.1f})")
    described = {"python": platform.python_version(), "requests": options.requests, "clients": CLIENTS}
    path = Path(__file__).parent / "results" / f"prompts-{engine}.json"
    path.write_text(json.dumps({"machine": described, "figures": summary}, indent=2) + "\n")


def measure(folder: Path, options: argparse.Namespace) -> dict[str, list[float]]:
    """Figures of every round; in each the two servers take turns, twice, so that neither has the better minute."""
    server = Server(folder / "data", options.database_url)
    answer = _prepare(server)
    bare = _Bare(folder, answer)
    figures: dict[str, list[float]] = {}
    try:
        for ask in (server, bare):
            _load(ask.port, WARM_UP, len(answer))
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            for name, value in _round(server, bare, options.requests, len(answer)).items():
                figures.setdefault(name, []).append(value)
    finally:
        bare.stop()
        server.stop()
    return figures


def _round(server: Server, bare: "_Bare", requests: int, size: int) -> dict[str, float]:
    costs: dict[str, list[float]] = {"panope": [], "bare": []}
    seconds: dict[str, list[float]] = {"panope": [], "bare": []}
    latencies: list[float] = []
    turns: list[tuple[str, int, Callable[[], float]]] = [
        ("panope", server.port, server.cpu_s),
        ("bare", bare.port, bare.cpu_s),
    ]
    for name, port, cpu_s in [*turns, *reversed(turns)]:
        before = cpu_s()
        elapsed_s, slow = _load(port, requests // 2, size)
        costs[name].append(1e6 * (cpu_s() - before) / (requests // 2))
        seconds[name].append(elapsed_s)
        latencies += slow if name == "panope" else []
    panope, plain = statistics.mean(costs["panope"]), statistics.mean(costs["bare"])
    latencies.sort()
    return {
        "panope CPU µs per request": panope,
        "bare Starlette CPU µs per request": plain,
        "requests per CPU second, % of bare": 100 * plain / panope,
        "panope requests per second": requests / sum(seconds["panope"]),
        "panope p50 ms, 8 clients": 1000 * latencies[len(latencies) // 2],
        "panope p99 ms, 8 clients": 1000 * latencies[len(latencies) * 99 // 100],
    }


class _Bare:
    """The floor: Starlette alone, one route, the same bytes."""

    def __init__(self, folder: Path, answer: bytes) -> None:
        body, script = folder / "answer.json", folder / "bare.py"
        body.write_bytes(answer)
        script.write_text(_BARE)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process = subprocess.Popen([sys.executable, str(script), str(self.port), str(body)])
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("the bare server did not start")

    def cpu_s(self) -> float:
        """User and system CPU seconds."""
        return process_cpu_s(self._process.pid)

    def stop(self) -> None:
        """End it and wait."""
        self._process.terminate()
        self._process.wait(timeout=20)


def _prepare(server: Server) -> bytes:
    """Write the prompt and read what its readers get."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Authorization": _AUTHORIZATION, "Content-Type": "application/json"}
    body = {"name": "support/triage", "prompt": _TEXT, "labels": ["production"], "config": {"model": "gpt-4o"}}
    connection.request("POST", "/api/public/v2/prompts", json.dumps(body), headers)
    connection.getresponse().read()
    connection.request("GET", PATH, headers=headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {said[:200]!r}")
    return said


def _load(port: int, requests: int, size: int) -> tuple[float, list[float]]:
    """Ask so many times over `CLIENTS` kept-alive connections; wall seconds, and each answer's seconds."""
    latencies: list[float] = []
    failures: list[str] = []

    def run(count: int) -> None:
        own = []
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            for _ in range(count):
                started = time.perf_counter()
                connection.sendall(_HEAD)
                received = connection.recv(65536)
                end = received.find(b"\r\n\r\n") + 4
                while len(received) < end + size:
                    more = connection.recv(65536)
                    if not more:
                        break
                    received += more
                if not received.startswith(b"HTTP/1.1 200") or len(received) != end + size:
                    failures.append(received[:200].decode(errors="replace"))
                    return
                own.append(time.perf_counter() - started)
        latencies.extend(own)

    threads = [threading.Thread(target=run, args=(requests // CLIENTS,)) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return time.perf_counter() - started, latencies


if __name__ == "__main__":
    main()
