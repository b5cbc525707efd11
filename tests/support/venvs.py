"""Python environments with published SDKs, made once and kept under `.venvs/`."""

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

_ROOT = Path(__file__).parents[2] / ".venvs"
_INSTALL_TIMEOUT_S = 600


def python_with(*requirements: str) -> Path:
    """A Python interpreter that has exactly these requirements installed; made when it is first asked for."""
    key = hashlib.sha256("\n".join([sys.version, *sorted(requirements)]).encode()).hexdigest()[:12]
    home = _ROOT / f"sdk-{key}"
    python = home / "bin" / "python"
    _ROOT.mkdir(exist_ok=True)
    with (_ROOT / f"sdk-{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / ".ready").exists():
            venv.create(home, clear=True, with_pip=True)
            command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
            subprocess.run(command, check=True, timeout=_INSTALL_TIMEOUT_S)
            (home / ".ready").touch()
    return python


def run_snippet(python: Path, source: str, environment: dict[str, str]) -> str:
    """Run Python source in a process of its own with nothing but this environment; returns what it printed."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [str(python), "-c", source],
        env={**bare, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
