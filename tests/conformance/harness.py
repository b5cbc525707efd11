"""Runs flows: scripts that use a published SDK as its users do, each in its own process, and say what they read."""

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.support.server import RunningServer
from tests.support.venvs import packages_from, python_from

FOLDER = Path(__file__).parent
FLOWS = FOLDER / "flows"
_TIMEOUT_S = 90
_SDK_TIMEOUT_S = 30
"""Five as they come, which a disk that stands still for a moment takes."""

Facts = dict[str, Any]
"""What a flow printed: the attributes of the client's objects, as JSON."""
PythonFacts = Callable[[str, str], Facts]
"""Facts by the name of the SDK's requirements and of the flow."""


def python_of(requirements: str) -> Path:
    """The interpreter with the pins of `requirements/<name>.txt`."""
    return python_from(FOLDER / "requirements" / f"{requirements}.txt")


def run_python(
    requirements: str, flow: str, server: RunningServer, run: str, environment: Mapping[str, str] | None = None
) -> Facts:
    """Run `flows/<flow>.py` against the server; `environment` is added to address and keys."""
    command = [str(python_of(requirements)), str(FLOWS / f"{flow}.py"), run]
    variables = {"PYTHONPATH": str(FLOWS), "PYTHONWARNINGS": "ignore", **addressed(server), **(environment or {})}
    facts = run_process(command, variables)
    return {"run": run, "base_url": server.base_url, **facts}


def run_javascript(
    flow: str,
    server: RunningServer,
    run: str,
    environment: Mapping[str, str] | None = None,
    packages: str = "javascript",
) -> Facts:
    """Run `flows/javascript/<flow>.mjs`, which finds the packages because it runs where they are."""
    home = packages_from(FOLDER / packages)
    source = (FLOWS / "javascript" / f"{flow}.mjs").read_text()
    facts = run_process(
        ["node", "--input-type=module", "-", run], {**addressed(server), **(environment or {})}, source=source, cwd=home
    )
    return {"run": run, "base_url": server.base_url, **facts}


def make_reviewer(server: RunningServer, database_url: str | None = None) -> str:
    """Make a member of the organisation beside the running server; return their id."""
    done = _panope(server, database_url, "users", "create", "ann@example.com", "--password-stdin")
    found = re.search(r"with the id ([0-9a-f-]+)", done.stdout)
    assert found, done.stderr
    return found[1]


def make_organization_key(server: RunningServer, database_url: str | None = None) -> dict[str, str]:
    """Make a key of the organisation itself beside the running server; return the variables that flows find it by."""
    done = _panope(server, database_url, "keys", "create", "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    return {"ORGANIZATION_PUBLIC_KEY": made["public_key"], "ORGANIZATION_SECRET_KEY": made["secret_key"]}


def _panope(server: RunningServer, database_url: str | None, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command about the organisation, beside the running server."""
    command = [str(Path(sys.executable).with_name("panope")), *words, "--organization", "tests-organization"]
    command += ["--data-dir", str(server.log.with_suffix(""))]
    variables = {"PATH": os.environ["PATH"], **({"DATABASE_URL": database_url} if database_url else {})}
    return subprocess.run(command, input="long enough\n", env=variables, capture_output=True, text=True, check=False)


def addressed(server: RunningServer) -> dict[str, str]:
    """The variables by which every generation of SDK finds the server."""
    return {
        "LANGFUSE_HOST": server.base_url,
        "LANGFUSE_BASE_URL": server.base_url,
        "LANGFUSE_BASEURL": server.base_url,
        "LANGFUSE_PUBLIC_KEY": server.public_key,
        "LANGFUSE_SECRET_KEY": server.secret_key,
        "LANGFUSE_TIMEOUT": str(_SDK_TIMEOUT_S),
    }


def run_process(command: list[str], variables: Mapping[str, str], *, source: str | None = None, **where: Any) -> Facts:
    """Run a command with nothing but these variables; its last line is JSON, and SDKs have nothing to complain of."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        command,
        input=source,
        env={**bare, "LANG": "C.UTF-8", "TZ": "UTC", **variables},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
        **where,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    facts: Facts = json.loads(done.stdout.splitlines()[-1])
    return facts


class FactsOnce:
    """Facts of flows that ran already, kept in files, so that the processes of a test run share them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, flow: str, run: Callable[[], Facts]) -> Facts:
        """What the flow read back; it runs unless it did, and nobody runs it at the same time."""
        self._folder.mkdir(exist_ok=True)
        kept = self._folder / f"{flow.replace('/', '-')}.json"
        with Path(f"{kept}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                try:
                    kept.write_text(json.dumps(run()))
                except (AssertionError, subprocess.TimeoutExpired) as failure:
                    kept.write_text(json.dumps(str(failure)))  # a second run would meet what the first left behind
        facts: Facts | str = json.loads(kept.read_text())
        assert not isinstance(facts, str), facts
        return facts


def by_name(rows: list[Facts]) -> dict[str, Facts]:
    """Rows by their name, which has to be another for each."""
    named = {row["name"]: row for row in rows}
    assert len(named) == len(rows), sorted(row["name"] for row in rows)
    return named


def at(facts: Facts, fields: Iterable[str]) -> Facts:
    """Only these fields, each of which must be there."""
    return {field: facts[field] for field in fields}


def without(facts: Facts, *fields: str) -> Facts:
    """All fields but these."""
    return {field: fact for field, fact in facts.items() if field not in fields}
