"""The data directory from outside: what can be told without making or changing anything."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from panope.adapters.host.mounts import file_system_of, is_network, is_temporary
from panope.ports.diagnosis import DirectoryFacts

_LOCKS: Final = Path("/proc/locks")
_LOCK_NAME: Final = "server.lock"
_FOR_OTHERS: Final = 0o077


def inspect_directory(path: Path, files: Sequence[str]) -> DirectoryFacts:
    """See `MachineProbe.inspect_directory`. A path that is not there is judged by the nearest directory above it."""
    path = path.absolute()
    there = next((above for above in (path, *path.parents) if above.exists()), Path("/"))
    folder = there if there.is_dir() else there.parent
    usage = shutil.disk_usage(folder)
    file_system = file_system_of(folder.resolve())
    kept = [path / name for name in files if (path / name).exists()]
    return DirectoryFacts(
        path=str(path),
        exists=path.exists(),
        is_directory=there.is_dir(),
        can_write=_may(folder, os.W_OK | os.X_OK),
        can_read_files=all(_may(file, os.R_OK | os.W_OK) for file in kept),
        owner=_owner(folder),
        user=_user(),
        is_private=not path.is_dir() or sys.platform == "win32" or not path.stat().st_mode & _FOR_OTHERS,
        total_bytes=usage.total,
        free_bytes=usage.free,
        free_files=_free_files(folder),
        file_system=file_system,
        is_network=file_system is not None and is_network(file_system),
        is_temporary=file_system is not None and is_temporary(file_system),
        holder=find_holder(path / _LOCK_NAME),
    )


def find_holder(lock: Path, locks: str | None = None) -> int | None:
    """Process that holds the lock of a server, without touching the lock; None when nobody does or nobody can tell.

    Taking the lock to see whether it is free would refuse a server that starts in that moment.
    """
    try:
        status = lock.stat()
        table = _LOCKS.read_text(encoding="ascii", errors="replace") if locks is None else locks
    except OSError:
        return None
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in table.splitlines():
        fields = line.split()
        if len(fields) >= 6 and fields[1] == "FLOCK" and fields[5] == place and fields[4].isdecimal():
            return int(fields[4])
    return None


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


def _owner(folder: Path) -> str | None:
    if sys.platform == "win32":
        return None
    try:
        return folder.owner()
    except KeyError:
        return str(folder.stat().st_uid)


def _user() -> str | None:
    if sys.platform == "win32":
        return None
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _free_files(folder: Path) -> int | None:
    if sys.platform == "win32":
        return None
    status = os.statvfs(folder)
    return status.f_favail if status.f_files else None
