"""What the first start prints works when it is pasted."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import RunningServer, free_port, running_server
from tests.support.venvs import python_with, run_snippet


@pytest.fixture(scope="module")
def sdk() -> Path:
    return python_with("langfuse==2.60.10")


def snippet_in(output: str) -> str:
    found = re.search(
        r"^from langfuse import .*?^print\(trace\.id\)$", output.replace("\r\n", "\n"), re.MULTILINE | re.DOTALL
    )
    assert found, output
    assert len(found[0].splitlines()) == 6
    return found[0]


def variables_in(credentials: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in credentials.read_text().splitlines())


def check_trace(server: RunningServer, trace_id: str) -> None:
    status, trace = server.request("GET", f"/api/public/traces/{trace_id}")
    assert status == 200
    assert (trace["name"], trace["input"]) == ("hello", "What is panope?")
    (generation,) = trace["observations"]
    assert (generation["type"], generation["model"], generation["output"]) == ("GENERATION", "gpt-4o", "One process.")
    assert (generation["usage"]["input"], generation["usage"]["output"]) == (5, 3)
    assert generation["calculatedTotalCost"] == pytest.approx(5 * 2.5e-6 + 3 * 1e-5)


def test_without_a_terminal_the_snippet_runs_with_the_keys_from_the_file(tmp_path: Path, sdk: Path) -> None:
    data_dir = tmp_path / "data"
    with running_server(data_dir, environment={}) as server:
        output = server.output()
        credentials = data_dir / "credentials.env"
        assert str(credentials) in output
        assert credentials.stat().st_mode & 0o777 == 0o600
        variables = variables_in(credentials)
        assert variables["LANGFUSE_SECRET_KEY"] not in output
        server.public_key, server.secret_key = variables["LANGFUSE_PUBLIC_KEY"], variables["LANGFUSE_SECRET_KEY"]
        printed = run_snippet(sdk, snippet_in(output), variables)
        check_trace(server, printed.strip())
    with running_server(data_dir, environment={}) as server:
        again = server.output().removeprefix(output)
        assert server.base_url in again
        assert variables["LANGFUSE_PUBLIC_KEY"] in again
        assert "langfuse" not in again.lower()
        server.public_key, server.secret_key = variables["LANGFUSE_PUBLIC_KEY"], variables["LANGFUSE_SECRET_KEY"]
        check_trace(server, printed.strip())


def test_on_a_terminal_the_snippet_holds_the_keys_and_no_file_does(tmp_path: Path, sdk: Path) -> None:
    controller, terminal = pty.openpty()
    port = free_port()
    data_dir = tmp_path / "data"
    command = [str(Path(sys.executable).with_name("panope")), "serve", "--port", str(port), "--data-dir", str(data_dir)]
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=terminal, stderr=errors, stdin=subprocess.DEVNULL, env=bare)
    server = RunningServer(process, port, log)
    try:
        server.wait_until_healthy()
        output = os.read(controller, 65536).decode()
        secret = re.search(r'secret_key="(sk-lf-[^"]+)"', output)
        public = re.search(r'public_key="(pk-lf-[^"]+)"', output)
        assert secret
        assert public
        server.public_key, server.secret_key = public[1], secret[1]
        printed = run_snippet(sdk, snippet_in(output), {})
        check_trace(server, printed.strip())
        assert not (data_dir / "credentials.env").exists()
        assert secret[1] not in server.output()
    finally:
        assert server.stop() == 0
        os.close(controller)
        os.close(terminal)
