"""Running the examples of one page: a folder, an environment and a server that live as long as the page does."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs.examples import ROOT, Example, matches
from tests.support.server import PROVISIONING, RunningServer, free_port, start_server
from tests.support.venvs import python_from

_TIMEOUT_S = 90
_ADDRESS = re.compile(r"(?:127\.0\.0\.1|localhost):300[01]\b")
_PORT = re.compile(r"\b300[01]\b")
_LEAVE = "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n"
"""An example sends what it has to send; what an SDK does at the end of a process takes seconds."""
_DATABASE = "postgresql://panope@db.example/panope"
_COMMANDS = Path(sys.executable).parent
_REQUIREMENTS = ROOT / "tests" / "conformance" / "requirements"


class Session:
    """Runs examples one after the other. Close it."""

    def __init__(self, folder: Path, make_database: Callable[[], str]) -> None:
        self._folder = folder
        self._make_database = make_database
        self._port = free_port()
        self._variables: dict[str, str] = {}
        self._servers: list[RunningServer] = []
        self._database = ""
        self._told: dict[str, str] = {}

    def run(self, example: Example) -> None:
        """Run one example; fails when it fails or prints something else than the page shows."""
        if example.runner == "serve":
            self._serve(example)
            return
        if not self._servers and (example.language == "python" or "curl" in example.text):
            self._start_usual_server()
        printed = self._run_shell(example) if example.language == "sh" else self._run_python(example)
        if example.output is not None:
            shown = self._adapt(example.output)
            assert matches(shown, printed, is_end=example.is_continued), f"{example} printed:\n{printed}"

    def close(self) -> None:
        """End every server; none of them may have failed in the meantime."""
        for server in self._servers:
            status, output = server.stop(), server.output()
            assert status == 0, output[-4000:]
            assert "Traceback" not in output, output[-4000:]

    def _start_usual_server(self) -> None:
        server = start_server(self._folder / "panope-data", environment=PROVISIONING, port=self._port)
        self._servers.append(server)
        self._variables |= {
            "LANGFUSE_HOST": server.base_url,
            "LANGFUSE_BASE_URL": server.base_url,
            "LANGFUSE_PUBLIC_KEY": server.public_key,
            "LANGFUSE_SECRET_KEY": server.secret_key,
        }

    def _serve(self, example: Example) -> None:
        """Run it in the background until it answers."""
        self._port = free_port()
        log = self._folder / f"server-{len(self._servers)}.log"
        *before, last = self._adapt(example.text).replace("\\\n", " ").strip().split("\n")
        script = "\n".join([*before, f"exec env {last}"])  # so that a signal reaches the server itself
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["sh", "-e", "-c", script],
                cwd=self._folder,
                env=self._environment({"PANOPE_PORT": str(self._port)}),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        server = RunningServer(process, self._port, log)
        self._servers.append(server)
        server.wait_until_healthy()

    def _run_shell(self, example: Example) -> str:
        kept = self._folder / "environment"
        script = f"{self._adapt(example.text)}\nenv -0 > '{kept}'\n"
        printed = self._run(example, ["sh", "-e", "-c", script])
        pairs = (pair.split("=", 1) for pair in kept.read_text().split("\0") if pair)
        self._variables = {name: value for name, value in pairs if name not in {"PWD", "OLDPWD", "_", "SHLVL"}}
        return printed

    def _run_python(self, example: Example) -> str:
        source = self._adapt(example.text)
        if example.is_continued:
            source = self._told[example.runner] + source
        self._told[example.runner] = source
        return self._run(example, [str(_python(example.runner)), "-c", source + _LEAVE])

    def _run(self, example: Example, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment({}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, f"{example} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def _adapt(self, text: str) -> str:
        """The text with the address of this page's server, and a database that exists."""
        if _DATABASE in text:
            self._database = self._database or self._make_database()
            text = text.replace(_DATABASE, self._database)
        text = _ADDRESS.sub(f"127.0.0.1:{self._port}", text)
        return _PORT.sub(str(self._port), text)

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        bare = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        path = f"{_COMMANDS}{os.pathsep}{bare['PATH']}"
        usual = {"LANG": "C.UTF-8", "PYTHONWARNINGS": "ignore::DeprecationWarning", "LANGFUSE_FLUSH_INTERVAL": "0.1"}
        usual["PANOPE_ALLOW_UNSAFE_DATABASE"] = "true"  # that of tests does not sync
        return {**bare, **usual, **self._variables, "PATH": path, **more}


def _python(runner: str) -> Path:
    return Path(sys.executable) if runner == "dev" else python_from(_REQUIREMENTS / f"{runner}.txt")
