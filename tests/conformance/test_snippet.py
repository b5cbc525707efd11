"""What the first start prints and the start page shows works when it is pasted."""

import html
import os
import pty
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conformance.harness import addressed, python_of
from tests.support.server import RunningServer, free_port, running_server
from tests.support.venvs import run_snippet


@pytest.fixture(scope="module")
def sdk() -> Path:
    return python_of("langfuse-2")


def snippet_in(output: str) -> str:
    found = re.search(
        r"^from langfuse import .*?^print\(trace\.id, .*?\)$", output.replace("\r\n", "\n"), re.MULTILINE | re.DOTALL
    )
    assert found, output
    assert len(found[0].splitlines()) == 7
    return found[0]


def variables_in(credentials: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in credentials.read_text().splitlines())


def check_trace(server: RunningServer, printed: str) -> None:
    trace_id, *said = printed.split()
    assert said == ["cost", "4.25e-05", "USD"]
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
        check_trace(server, printed)
    with running_server(data_dir, environment={}) as server:
        again = server.output().removeprefix(output)
        assert server.base_url in again
        assert variables["LANGFUSE_PUBLIC_KEY"] in again
        assert "langfuse" not in again.lower()
        server.public_key, server.secret_key = variables["LANGFUSE_PUBLIC_KEY"], variables["LANGFUSE_SECRET_KEY"]
        check_trace(server, printed)


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
        check_trace(server, printed)
        assert not (data_dir / "credentials.env").exists()
        assert secret[1] not in server.output()
    finally:
        assert server.stop() == 0
        os.close(controller)
        os.close(terminal)


def read_page(server: RunningServer) -> list[str]:
    """The code blocks of the start page, in their order."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(server.base_url + "/start", timeout=10) as response:
        page = response.read().decode()
    return [html.unescape(block) for block in re.findall(r"<code>([^<]*\n[^<]*)</code>", page)]


def newest_trace(server: RunningServer) -> dict[str, object]:
    status, answer = server.request("GET", "/api/public/traces?limit=1")
    assert status == 200
    (row,) = answer["data"]
    return dict(row)


@pytest.mark.parametrize("generation", ["langfuse-3", "langfuse-4.18", "langfuse-5"])
def test_the_page_has_a_snippet_for_later_sdks_that_works(server: RunningServer, generation: str) -> None:
    (snippet,) = [block for block in read_page(server) if "get_client" in block]
    before = server.request("GET", "/api/public/traces?name=hello")[1]["meta"]["totalItems"]
    run_snippet(python_of(generation), snippet, addressed(server))
    answer = server.request("GET", "/api/public/traces?name=hello")[1]
    assert answer["meta"]["totalItems"] == before + 1
    assert newest_trace(server)["output"] == "One process."


def test_the_shell_lines_of_the_page_point_an_exporter_here(server: RunningServer) -> None:
    keys, exporter = [block for block in read_page(server) if "export " in block]
    assert f"LANGFUSE_HOST={server.base_url} " in keys
    script = "\n".join(
        [
            f"LANGFUSE_PUBLIC_KEY={server.public_key}",
            f"LANGFUSE_SECRET_KEY={server.secret_key}",
            exporter,
            "exec env",
        ]
    )
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=20, check=True)
    variables = dict(line.split("=", 1) for line in shell.stdout.splitlines() if line.startswith("OTEL_"))
    assert len(variables) == 3
    source = """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
with provider.get_tracer("page").start_as_current_span("from the page") as span:
    print(format(span.get_span_context().trace_id, "032x"))
provider.shutdown()
"""
    trace_id = run_snippet(python_of("opentelemetry"), source, variables).strip()
    status, found = server.request("GET", f"/api/public/traces/{trace_id}")
    assert (status, found["name"]) == (200, "from the page")
