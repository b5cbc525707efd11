"""The server under load as a process of its own, and what it and its database cost."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

PUBLIC_KEY, SECRET_KEY = "pk-lf-bench", "sk-lf-bench"
_TICKS = os.sysconf("SC_CLK_TCK")
_START_LIMIT_S = 30


class Server:
    """A `panope serve` process on a free port."""

    def __init__(
        self,
        data_dir: Path,
        database_url: str | None = None,
        *,
        indexes_texts: bool = True,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PANOPE_", "LANGFUSE_"))},
            "LANGFUSE_INIT_ORG_ID": "bench",
            "LANGFUSE_INIT_PROJECT_ID": "bench",
            "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": PUBLIC_KEY,
            "LANGFUSE_INIT_PROJECT_SECRET_KEY": SECRET_KEY,
            "PANOPE_LOG_LEVEL": "warning",
            "PANOPE_TEXT_INDEX": "on" if indexes_texts else "off",
            **(more or {}),
        }
        if database_url:
            environment["DATABASE_URL"] = database_url
        command = [sys.executable, "-m", "panope", "serve", "--port", str(self.port), "--data-dir", str(data_dir)]
        started = time.perf_counter()
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            self._await_health()
        except BaseException:  # a signal too: nobody else knows of the process yet
            self.stop()
            raise
        self.start_s = time.perf_counter() - started

    def cpu_s(self) -> float:
        """User and system CPU seconds of the server and its children."""
        return process_cpu_s(self._process.pid)

    def rss_mb(self) -> float:
        """Resident memory in MB."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def written_bytes(self) -> int:
        """What it had written to disks so far."""
        lines = Path(f"/proc/{self._process.pid}/io").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))

    def stop(self) -> None:
        """End it and wait."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=30)

    def _await_health(self) -> None:
        deadline = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode} before it was healthy")
            try:
                with urllib.request.urlopen(f"{self.base}/api/public/health", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise RuntimeError("the server was not healthy in time")


def process_cpu_s(pid: int) -> float:
    """User and system CPU seconds of a process and its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS


def tree_cpu_s(pid: int) -> float:
    """The same for a process and all its living descendants: a Postgres server and its backends."""
    total = 0.0
    pending = [pid]
    while pending:
        found = pending.pop()
        try:
            total += process_cpu_s(found)
            for task in Path(f"/proc/{found}/task").iterdir():
                pending += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
