"""Builds the library that stands between a process and its files, and says how to load it."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import pytest

_SOURCE: Final = Path(__file__).with_name("preload.c")


def build_library(folder: Path) -> Path:
    """Compile the library into `folder`. Skips the test where that is not possible."""
    compiler = shutil.which("cc")
    if not sys.platform.startswith("linux") or compiler is None:
        pytest.skip("a library between a process and its files needs Linux and a C compiler named cc")
    source = _SOURCE.read_bytes()
    library = folder / f"faults-{hashlib.sha256(source).hexdigest()[:12]}.so"
    if not library.exists():
        command = [compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", str(_SOURCE), "-ldl"]
        done = subprocess.run([*command, "-o", str(library)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        library.chmod(0o755)
    return library


class Faults:
    """What one or several processes are to meet, and where they write down what they do."""

    def __init__(self, library: Path, root: Path | None = None) -> None:
        """Watch the files below `root`; without it only the clock moves and answers are written down."""
        self._root = root
        self._folder = Path(tempfile.mkdtemp(prefix="panope-faults-"))
        self._folder.chmod(0o755)  # Postgres may run as somebody else
        self._library = Path(shutil.copy(library, self._folder))
        self.log = self._folder / "log"
        self._control = self._folder / "control"
        for path, content in ((self.log, b""), (self._control, b"\0")):
            path.write_bytes(content)
            path.chmod(0o666)

    def environment(self, *, clock_s: int = 0, is_recorded: bool = False) -> dict[str, str]:
        """Variables of a process that is to meet them.

        Its clock is wrong by so many seconds; when recorded, it writes down what it does.
        """
        variables = {"LD_PRELOAD": str(self._library), "FAULT_CONTROL": str(self._control)}
        if self._root is not None:
            variables["FAULT_ROOT"] = str(self._root)
        if is_recorded:
            variables["FAULT_LOG"] = str(self.log)
        if clock_s:
            variables["FAULT_CLOCK_S"] = str(clock_s)
        return variables

    def fill_disk(self) -> None:
        """From now on no file grows: ENOSPC."""
        self._set(1)

    def fail_syncs(self) -> None:
        """From now on the telemetry file cannot be synced, its log can: EIO."""
        self._set(2)

    def free_disk(self) -> None:
        """There is room again, and syncs succeed."""
        self._set(0)

    def remove(self) -> None:
        """Delete the log. Idempotent."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _set(self, value: int) -> None:
        with self._control.open("r+b") as control:
            os.pwrite(control.fileno(), bytes([value]), 0)
