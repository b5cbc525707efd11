"""File systems are told apart by the kernel's table."""

from pathlib import Path

import pytest

from panope.adapters.host.directory import find_holder
from panope.adapters.host.mounts import file_system_of, is_network, is_temporary

TABLE = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 0:41 / /srv rw,relatime shared:2 master:3 - nfs4 filer:/srv rw,vers=4.2
41 40 0:42 / /srv/agents\040data rw - xfs /dev/vdb rw
42 27 0:43 / /run rw - tmpfs tmpfs rw
43 27 0:44 / /opt/bucket rw - fuse.s3fs s3fs rw
44 27 0:45 / /srv rw - cifs //other/srv rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/panope", "ext4"),
        ("/srv/x", "cifs"),
        ("/srv/agents data/x", "xfs"),
        ("/srvx", "ext4"),
        ("/run/panope", "tmpfs"),
        ("/opt/bucket", "fuse.s3fs"),
    ],
)
def test_the_innermost_and_latest_mount_counts(path: str, kind: str) -> None:
    assert file_system_of(Path(path), TABLE) == kind


def test_no_table_no_answer() -> None:
    assert file_system_of(Path("/x"), "") is None


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "fuse.sshfs", "fuse.s3fs", "ceph"])
def test_what_other_machines_may_have_mounted_is_a_network(kind: str) -> None:
    assert is_network(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "apfs", "fuse.lxcfs", "fuseblk", "overlay", "tmpfs"])
def test_local_disks_are_none(kind: str) -> None:
    assert not is_network(kind)


def test_memory_and_the_layer_of_a_container_do_not_last() -> None:
    assert [kind for kind in ("tmpfs", "overlay", "ext4", "nfs4") if is_temporary(kind)] == ["tmpfs", "overlay"]


def test_a_lock_of_another_file_has_no_holder() -> None:
    assert find_holder(Path("/nowhere/server.lock"), "1: FLOCK  ADVISORY  WRITE 42 fe:00:1 0 EOF\n") is None
