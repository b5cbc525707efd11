"""Media in a bucket: SDKs upload to it by themselves when it has an address for them, else through the server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.harness import run_javascript, run_python
from tests.support.media.buckets import BUCKET, CREDENTIALS, BucketService, bucket_service
from tests.support.server import PROVISIONING, RunningServer, running_server

CONTENT_PATH = "/api/public/media-content/"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketService]:
    with bucket_service(tmp_path_factory.mktemp("bucket")) as running:
        yield running


@pytest.fixture(params=["by themselves", "through the server"])
def server(request: pytest.FixtureRequest, bucket: BucketService, tmp_path: Path) -> Iterator[RunningServer]:
    environment = {
        **PROVISIONING,
        "LANGFUSE_S3_MEDIA_UPLOAD_BUCKET": BUCKET,
        "LANGFUSE_S3_MEDIA_UPLOAD_PREFIX": f"{tmp_path.name}/",
        "LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT": bucket.endpoint,
        "LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID": CREDENTIALS.access_key_id,
        "LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY": CREDENTIALS.secret_access_key,
        "LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE": "true",
    }
    if request.param == "by themselves":
        environment["PANOPE_MEDIA_S3_PUBLIC_ENDPOINT"] = bucket.endpoint
    with running_server(tmp_path / "data", environment=environment) as running:
        yield running
        assert running.stop() == 0
        output = running.output()
        assert "Traceback" not in output
        assert CREDENTIALS.secret_access_key not in output
        assert (CONTENT_PATH in output) is (request.param == "through the server")


@pytest.mark.parametrize("sdk", ["langfuse-2", "langfuse-3", "langfuse-4.18", "langfuse-5", "javascript"])
def test_what_is_resolved_is_what_was_sent(server: RunningServer, sdk: str) -> None:
    if sdk == "javascript":
        if shutil.which("node") is None or shutil.which("npm") is None:
            pytest.skip("node or npm not installed: the JavaScript SDKs cannot run")
        facts = run_javascript("media5", server, "bucket")
    else:
        facts = run_python(sdk, "media/python2" if sdk == "langfuse-2" else "media/python", server, "bucket")
    assert facts["is_equal"] == {"image": True, "sound": True, "document": True}
    assert facts["announced_again"]["uploadUrl"] is None
    trace = server.request("GET", "/api/public/traces?limit=1")[1]["data"][0]
    assert server.request("DELETE", f"/api/public/traces/{trace['id']}")[0] == 200
