"""On what kind of file system a path lies, from the kernel's own table."""

import re
from pathlib import Path, PurePosixPath
from typing import Final

_MOUNTS: Final = Path("/proc/self/mountinfo")
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_NETWORK: Final = frozenset(
    """9p afs beegfs ceph cifs coda davfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs3 nfs4 ocfs2 orangefs prl_fs smb2 smb3
    smbfs vboxsf virtiofs vmhgfs""".split()
)
"""Shared with other machines, or with the host of a virtual one: locks and shared memory cannot be relied on."""
_NETWORK_FUSE: Final = frozenset(
    "ceph cephfs gcsfuse glusterfs goofys juicefs mountpoint-s3 rclone s3fs sshfs vmhgfs-fuse weed".split()
)
_TEMPORARY: Final = frozenset({"aufs", "overlay", "ramfs", "tmpfs"})
"""In memory, or the layer of a container that goes with it."""


def file_system_of(path: Path, mountinfo: str | None = None) -> str | None:
    """Type of the file system that holds an absolute path; None when the machine has no such table."""
    if mountinfo is None:
        try:
            mountinfo = _MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    best: tuple[int, str] | None = None
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = PurePosixPath(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if path.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), after.split()[0])
    return best[1] if best else None


def is_network(file_system: str) -> bool:
    """Whether other machines may have it mounted too."""
    kind, _, fuse = file_system.partition(".")
    return file_system in _NETWORK or (kind == "fuse" and fuse in _NETWORK_FUSE)


def is_temporary(file_system: str) -> bool:
    """Whether its content does not outlive the machine's memory or the container."""
    return file_system in _TEMPORARY
