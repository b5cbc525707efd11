"""Runs a flow: a script that uses a published SDK as its users do, in a process of its own, and says what it read back."""

import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.server import RunningServer
from tests.support.venvs import python_from

FOLDER = Path(__file__).parent
FLOWS = FOLDER / "flows"
_TIMEOUT_S = 90

Facts = dict[str, Any]
"""What a flow printed: the attributes of the client's objects, as JSON."""


def new_run() -> str:
    """A name that no other run has."""
    return secrets.token_hex(4)


def python_of(requirements: str) -> Path:
    """The interpreter with the pins of `requirements/<name>.txt`."""
    return python_from(FOLDER / "requirements" / f"{requirements}.txt")


def run_python(
    requirements: str, flow: str, server: RunningServer, run: str, environment: Mapping[str, str] | None = None
) -> Facts:
    """Run `flows/<flow>.py` against the server; `environment` is added to address and keys."""
    command = [str(python_of(requirements)), str(FLOWS / f"{flow}.py"), run]
    variables = {"PYTHONPATH": str(FLOWS), "PYTHONDONTWRITEBYTECODE": "", **addressed(server), **(environment or {})}
    return run_process(command, variables)


def addressed(server: RunningServer) -> dict[str, str]:
    """The variables by which every generation of SDK finds the server."""
    return {
        "LANGFUSE_HOST": server.base_url,
        "LANGFUSE_BASE_URL": server.base_url,
        "LANGFUSE_PUBLIC_KEY": server.public_key,
        "LANGFUSE_SECRET_KEY": server.secret_key,
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
