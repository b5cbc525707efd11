"""The data directory: private to its owner, served by one server at a time."""

import contextlib
import errno
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from panope.domain.errors import ConflictError, UnavailableError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PRIVATE_DIRECTORY: Final = 0o700
_LOCK_NAME: Final = "server.lock"
_CANNOT_SYNC: Final = frozenset({errno.EBADF, errno.EINVAL, errno.ENOTSUP})
"""What file systems say that know no sync of a directory."""
_CREDENTIALS_NAME: Final = "credentials.env"


class FileLock:
    """An advisory lock on a file, given up when the process dies. Not reentrant, also not within one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def try_acquire(self) -> bool:
        """Take the lock; False when somebody else has it. Raises `UnavailableError` when there can be no such file."""
        try:
            file = self._path.open("a+b")
        except OSError as error:
            raise UnavailableError(
                f"The file {self._path} cannot be written ({error.strerror}): change its owner, or choose another "
                "directory with --data-dir",
                code="data_directory_unusable",
            ) from None
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def note(self, text: str) -> None:
        """Write into the locked file, for whoever finds it locked; on a full disk it goes without."""
        assert self._file is not None
        with contextlib.suppress(OSError):
            self._file.truncate(0)
            os.write(self._file.fileno(), text.encode())

    def release(self) -> None:
        """Give the lock up. Idempotent."""
        if self._file is not None:
            self._file.close()
            self._file = None


class DataDirectory:
    """Where SQLite's files, the lock of the server and the first credentials live."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.catalog_path = path / "catalog.db"
        self.telemetry_path = path / "telemetry.db"
        self.credentials_path = path / _CREDENTIALS_NAME

    def create(self) -> None:
        """Make the directory unless it is there, readable by its owner alone. Raises `UnavailableError`.

        On return it outlives a power cut, also when an earlier process made it and died.
        """
        try:
            missing = [folder for folder in self.path.absolute().parents if not folder.exists()]
            self.path.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            for folder in [self.path, *missing]:
                _sync_directory(folder.absolute().parent)
        except OSError as error:
            raise UnavailableError(
                f"The data directory {self.path} cannot be made ({error.strerror}): choose another with --data-dir",
                code="data_directory_unusable",
            ) from None
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise UnavailableError(
                f"The data directory {self.path} is not writable: change its owner or choose another with --data-dir",
                code="data_directory_unusable",
            )

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the directory for one server. Raises `ConflictError` when another server holds it."""
        lock = FileLock(self.path / _LOCK_NAME)
        if not lock.try_acquire():
            raise ConflictError(
                f"Another panope server{self._holder()} uses the data directory {self.path}: "
                "stop it, or choose another directory with --data-dir",
                code="data_directory_locked",
            )
        try:
            lock.note(str(os.getpid()))
            yield
        finally:
            lock.release()

    def write_credentials(self, variables: Mapping[str, str]) -> Path:
        """Write `NAME=value` lines that a shell can source, readable by the owner alone; return the file.

        Durable on return: nothing else holds the secret.
        """
        text = "".join(f"{name}={value}\n" for name, value in variables.items())
        with tempfile.NamedTemporaryFile("w", dir=self.path, delete=False, encoding="utf-8") as file:  # mode 0600
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self.credentials_path)
        _sync_directory(self.path)
        return self.credentials_path

    def _holder(self) -> str:
        with contextlib.suppress(OSError):
            process = (self.path / _LOCK_NAME).read_text(encoding="ascii", errors="replace").strip()
            return f" (process {process})" if process.isdecimal() else ""
        return ""


def is_there(file: Path) -> bool:
    """Whether a data directory has this file. Raises `UnavailableError` where this user may not look into it."""
    try:
        return file.exists()
    except OSError as error:
        raise UnavailableError(
            f"The data directory {file.parent} cannot be looked into ({error.strerror}): run this as its owner, or "
            "choose another with --data-dir",
            code="data_directory_unusable",
        ) from None


def _sync_directory(folder: Path) -> None:
    """Make the names in a folder durable, where the system has a way and lets this user."""
    if sys.platform == "win32" or not os.access(folder, os.R_OK):
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
