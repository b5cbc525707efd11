"""Environments with published SDKs, made once and kept under `.venvs/`: Python interpreters and Node packages."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[2] / ".venvs"
_INSTALL_TIMEOUT_S = 600
_INSTALLS_AT_A_TIME = 2
_ATTEMPTS = 3
_NPM_CI = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]


def python_from(pins: Path) -> Path:
    """A Python interpreter that has exactly what a file of pins names; made when it is first asked for."""
    with _place(pins.stem, f"{sys.version}\n{pins.read_text()}") as (home, is_ready):
        python = home / "bin" / "python"
        if not is_ready:
            venv.create(home)
            pip = [sys.executable, "-m", "pip", "--python", str(python), "--quiet", "--disable-pip-version-check"]
            # Nothing is compiled, for much is installed and little of it imported.
            _install([*pip, "install", "--no-compile", "--no-deps", "--requirement", str(pins)], home)
    return python


def packages_from(folder: Path) -> Path:
    """A folder with the Node packages that the lock file in `folder` names; made when it is first asked for."""
    files = [folder / "package.json", folder / "package-lock.json"]
    with _place(folder.name, "\n".join(file.read_text() for file in files)) as (home, is_ready):
        if not is_ready:
            home.mkdir(parents=True)
            for file in files:
                shutil.copy(file, home)
            _install(_NPM_CI, home)
    return home


def _install(command: list[str], folder: Path) -> None:
    for attempt in range(_ATTEMPTS):  # a network that stumbles once is no fault of the code
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False
        )
        if done.returncode == 0:
            return
        time.sleep(attempt)
    raise AssertionError(done.stderr)


@contextmanager
def _place(name: str, key: str) -> Iterator[tuple[Path, bool]]:
    """Where the environment of this key is or shall be; when the block succeeds, it is ready from then on."""
    home = _ROOT / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    ready = home / ".ready"
    _ROOT.mkdir(exist_ok=True)
    with ExitStack() as locks:
        locks.enter_context(_locked(Path(f"{home}.lock")))
        if ready.exists():
            yield home, True
            return
        slot = int(hashlib.sha256(home.name.encode()).hexdigest(), 16) % _INSTALLS_AT_A_TIME
        locks.enter_context(_locked(_ROOT / f"installing-{slot}.lock"))
        shutil.rmtree(home, ignore_errors=True)
        yield home, False
        ready.touch()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
