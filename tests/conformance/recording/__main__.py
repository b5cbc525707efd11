"""Records what published libraries export: `python -m tests.conformance.recording [NAME…]`, all without a name.

Each script of `scripts/` runs with the libraries that `requirements/<environment>.txt` or `javascript/<environment>`
pins, against fake models on the loopback, and what it exports becomes `tests/fixtures/dialects/<name>.json`.
"""

import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.conformance.recording.fixture import merge, scrub, spans_of
from tests.conformance.recording.loopback import Loopback, running_loopback
from tests.support.venvs import packages_from, python_from

FOLDER: Final = Path(__file__).parent
ROOT: Final = FOLDER.parents[2]
FIXTURES: Final = ROOT / "tests" / "fixtures" / "dialects"
_TIMEOUT_S: Final = 120
_MAX_BYTES: Final = 60_000
_FLAT_CHARS: Final = 80
_HEADER: Final = re.compile(r"^(?:#|//) (dialect|environment|libraries|untold): (.+)$", re.MULTILINE)


def main(names: list[str]) -> int:
    """Record the named scripts, or all of them; 1 when one failed."""
    scripts = {path.stem: path for path in sorted((FOLDER / "scripts").rglob("*.*")) if path.suffix in {".py", ".mjs"}}
    failed = 0
    for name in names or scripts:
        try:
            size, spans = record(scripts[name])
        except (AssertionError, subprocess.SubprocessError) as problem:
            sys.stderr.write(f"{name}: {problem}\n")
            failed = 1
        else:
            sys.stdout.write(f"{name}: {spans} spans, {size:,} bytes\n")
    return failed


def record(script: Path) -> tuple[int, int]:
    """Run one script and write its fixture; returns its bytes and spans."""
    header = read_header(script)
    home, command = _command(script, header["environment"])
    with running_loopback() as loopback:
        done = _run(command, home, loopback)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
        assert loopback.exports, "nothing was exported: " + done.stderr[-6000:]
        request = merge(loopback.exports)
        unknown = loopback.unknown
    assert not unknown, f"nobody answered {unknown}"
    fixture = {
        "recorded": True,
        "recorded_on": datetime.now(UTC).date().isoformat(),
        "dialect": header["dialect"],
        "libraries": _versions(script, header),
        "script": script.relative_to(ROOT).as_posix(),
        "request": request,
    }
    places = {f"127.0.0.1:{loopback.server_port}": "127.0.0.1:4010", str(loopback.server_port): "4010"}
    text = scrub(_render(fixture), places | _folders(home))
    (FIXTURES / f"{script.stem}.json").write_text(text, encoding="utf-8")
    size = len(text.encode())
    assert size <= _MAX_BYTES, f"{size:,} bytes are too many for a fixture"
    return size, len(spans_of(request["resourceSpans"]))


def read_header(script: Path) -> dict[str, str]:
    """What a script says of itself: `dialect`, `environment`, `libraries`, and what its library leaves `untold`."""
    header: dict[str, str] = {}
    for name, value in _HEADER.findall(script.read_text(encoding="utf-8")):
        header[name] = f"{header[name]} {value}" if name in header else value
    return header


def _folders(home: Path) -> dict[str, str]:
    """Folders of this machine, as they are named and as they are, and its own name, with a word for each."""
    named = {home: "/env", ROOT: "/app", Path(sys.base_prefix): "/python"}
    found = {place: word for path, word in named.items() for place in (str(path), str(path.resolve()))}
    return {**found, platform.platform(): "Linux"}


def _render(fixture: dict[str, Any]) -> str:
    """JSON with an attribute a line, so that a reviewer can read it."""
    return _lines(fixture, 0) + "\n"


def _lines(node: Any, depth: int) -> str:
    flat = json.dumps(node, ensure_ascii=False)
    if not isinstance(node, dict | list) or len(flat) <= _FLAT_CHARS or (isinstance(node, dict) and "key" in node):
        return flat
    named = [f"{json.dumps(name)}: " for name in node] if isinstance(node, dict) else [""] * len(node)
    children = node.values() if isinstance(node, dict) else node
    start = "\n" + " " * (depth + 1)
    inner = ("," + start).join(name + _lines(child, depth + 1) for name, child in zip(named, children, strict=True))
    opening, closing = "{}" if isinstance(node, dict) else "[]"
    return opening + start + inner + "\n" + " " * depth + closing


def _command(script: Path, environment: str) -> tuple[Path, list[str]]:
    if script.suffix == ".mjs":
        home = packages_from(FOLDER / "javascript" / environment)
        return home, ["node", "--input-type=module", "-", script.read_text(encoding="utf-8")]
    python = python_from(FOLDER / "requirements" / f"{environment}.txt")
    return python.parents[1], [str(python), str(script)]


def _run(command: list[str], home: Path, loopback: Loopback) -> "subprocess.CompletedProcess[str]":
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    source = command.pop() if command[0] == "node" else None
    variables = {
        "MODELS_URL": loopback.url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": loopback.url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OPENAI_API_KEY": "sk-of-nobody",
        "OPENAI_BASE_URL": f"{loopback.url}/v1",
        "OPENAI_API_BASE": f"{loopback.url}/v1",
        "ANTHROPIC_API_KEY": "sk-of-nobody",
        "ANTHROPIC_BASE_URL": loopback.url,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nobody",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": loopback.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "GEMINI_API_KEY": "nobody",
        "GOOGLE_API_KEY": "nobody",
        "GOOGLE_GEMINI_BASE_URL": loopback.url,
        "NO_PROXY": "127.0.0.1",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONWARNINGS": "ignore",
    }
    return subprocess.run(
        command, input=source, env={**bare, **variables}, cwd=home, capture_output=True, text=True,
        timeout=_TIMEOUT_S, check=False,
    )  # fmt: skip


def _versions(script: Path, header: dict[str, str]) -> dict[str, str]:
    """Versions of the libraries that the script names, from the pins."""
    wanted = header["libraries"].split()
    if script.suffix == ".mjs":
        lock = json.loads((FOLDER / "javascript" / header["environment"] / "package-lock.json").read_text())
        return {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted}
    pins = (FOLDER / "requirements" / f"{header['environment']}.txt").read_text()
    found = dict(re.findall(r"^([\w.-]+)==([\w.+-]+)", pins, re.MULTILINE))
    return {name: found[name] for name in wanted}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
