"""Media in messages: from the server itself to the browser, wherever they are kept. Check 52."""

import base64
import json
import struct
import wave
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from msgspec import Struct

from tests.browser.servers import BELOW, Servers
from tests.browser.visits import Visits
from tests.support.media.buckets import BUCKET, CREDENTIALS, bucket_service
from tests.support.media.content import announcement, id_of, upload_headers
from tests.support.server import PROJECT_ID, RunningServer

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
RECORD = """async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
  const brush = canvas.getContext('2d'), pieces = [];
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const done = new Promise(resolve => { recorder.onstop = resolve; });
  recorder.start();
  for (let step = 0; step < 20; step += 1) {
    brush.fillStyle = `rgb(${step * 10}, 80, 120)`;
    brush.fillRect(0, 0, 64, 48);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  recorder.stop();
  await done;
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}"""


def picture() -> bytes:
    """A real one, 40 by 30 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + b"".join(bytes((x * 6, y * 8, 90)) for x in range(40)) for y in range(30))
    header = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def sound(seconds: int = 40) -> bytes:
    """Silence, long enough that nobody fetches all of it to hear its end."""
    kept = BytesIO()
    with wave.open(kept, "wb") as told:
        told.setparams((2, 2, 44_100, 0, "NONE", ""))
        told.writeframes(bytes(4 * 44_100 * seconds))
    return kept.getvalue()


class Gallery(Struct):
    """A server with a trace that refers to one media of each kind."""

    server: RunningServer
    contents: dict[str, bytes]


@pytest.fixture(scope="module", params=["directory", "bucket"])
def gallery(
    request: pytest.FixtureRequest, servers: Servers, visits: Visits, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gallery]:
    with ExitStack() as stack:
        more = {}
        if request.param == "bucket":
            service = stack.enter_context(bucket_service(tmp_path_factory.mktemp("bucket")))
            more = {
                "PANOPE_MEDIA_S3_BUCKET": BUCKET,
                "PANOPE_MEDIA_S3_ENDPOINT": service.endpoint,
                "PANOPE_MEDIA_S3_ACCESS_KEY_ID": CREDENTIALS.access_key_id,
                "PANOPE_MEDIA_S3_SECRET_ACCESS_KEY": CREDENTIALS.secret_access_key,
                "PANOPE_MEDIA_S3_FORCE_PATH_STYLE": "true",
            }
        server = stack.enter_context(servers.open("gallery", more=more))
        with visits.page(server) as page:
            contents = fill(server, page)
        yield Gallery(server, contents)


def fill(server: RunningServer, page: Any) -> dict[str, bytes]:
    """Send one media of each kind and the trace that refers to them; returns them by their type."""
    film = base64.b64decode(page.evaluate(RECORD))
    contents = {"image/png": picture(), "audio/wav": sound(), "video/webm": film, "application/pdf": PDF}
    for kind, content in contents.items():
        put(page, server, kind, content)
    references = [
        f"@@@langfuseMedia:type={kind}|id={id_of(content)}|source=bytes@@@" for kind, content in contents.items()
    ]
    embedded = "data:image/png;base64," + base64.b64encode(contents["image/png"]).decode()
    said = [
        {"role": "user", "content": "see " + " and ".join(references)},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": embedded}}]},
    ]
    body = {"id": "trace-1", "name": "gallery", "input": said, "timestamp": datetime.now(UTC).isoformat()}
    assert server.request("POST", "/api/public/traces", body)[0] < 300
    return contents


def put(page: Any, server: RunningServer, kind: str, content: bytes) -> None:
    status, announced = server.request("POST", "/api/public/media", announcement(content, kind))
    assert status == 201
    headers = upload_headers(content, kind)
    sent = page.request.put(announced["uploadUrl"], data=content, headers=headers)
    assert sent.ok, sent.text()
    told = {"uploadedAt": datetime.now(UTC).isoformat(), "uploadHttpStatus": 200}
    assert server.request("PATCH", f"/api/public/media/{id_of(content)}", told)[0] == 200


@pytest.fixture
def opened(visits: Visits, gallery: Gallery) -> Iterator[Any]:
    with visits.page(gallery.server) as page:
        page.goto(f"/project/{PROJECT_ID}/traces/trace-1")
        page.get_by_test_id("io-section-input").locator("img").first.wait_for()
        yield page


def test_pictures_are_shown_and_never_as_text(opened: Any) -> None:
    section = opened.get_by_test_id("io-section-input")
    shown = section.locator("img")
    shown.nth(1).wait_for()
    for picture_shown in shown.all():
        width = picture_shown.evaluate(
            "async one => { await one.decode(); return [one.naturalWidth, one.naturalHeight]; }"
        )
        assert width == [40, 30]
    assert "base64" not in section.inner_text()
    assert "langfuseMedia" not in section.inner_text()


def test_a_sound_is_heard_from_where_one_likes(opened: Any, gallery: Gallery) -> None:
    answers: list[Any] = []
    opened.on("response", lambda one: answers.append(one))  # noqa: PLW0108 -- Playwright wants a function
    player = opened.get_by_test_id("io-section-input").locator("audio")
    length = player.evaluate(
        """one => new Promise((resolve, reject) => {
        one.onloadedmetadata = () => resolve(one.duration);
        one.onerror = () => reject(new Error(one.error?.message));
        one.load(); one.preload = 'auto'; })"""
    )
    assert round(length) == 40
    at = player.evaluate(
        """one => new Promise((resolve, reject) => {
        one.onseeked = () => resolve(one.currentTime);
        one.onerror = () => reject(new Error(one.error?.message));
        one.currentTime = 30; })"""
    )
    assert at == 30
    ranges = [one for one in answers if "/content" in one.url]
    assert ranges
    assert 206 in {one.status for one in ranges} <= {200, 206}
    assert all(one.url.startswith(gallery.server.base_url) for one in ranges)


def test_a_film_plays(opened: Any) -> None:
    player = opened.get_by_test_id("io-section-input").locator("video")
    size = player.evaluate(
        """one => new Promise((resolve, reject) => {
        one.onloadeddata = () => resolve([one.videoWidth, one.videoHeight]);
        one.onerror = () => reject(new Error(one.error?.message));
        one.preload = 'auto'; one.load(); })"""
    )
    assert size == [64, 48]


def test_a_file_is_saved_as_it_was_sent(opened: Any, gallery: Gallery) -> None:
    link = opened.get_by_test_id("io-section-input").get_by_role("link", name="Open")
    saved = opened.request.get(
        opened.evaluate("path => new URL(path, document.baseURI).href", link.get_attribute("href"))
    )
    assert saved.body() == gallery.contents["application/pdf"]
    assert saved.headers["content-type"] == "application/pdf"
    assert "sandbox" in saved.headers["content-security-policy"]
    part = opened.request.get(saved.url, headers={"Range": "bytes=0-7"})
    assert (part.status, part.body()) == (206, PDF[:8])


def test_the_lane_never_names_the_bucket(gallery: Gallery, opened: Any) -> None:
    answer = opened.request.get(
        f"{BELOW}/api/ui/projects/{PROJECT_ID}/media/{id_of(gallery.contents['image/png'])}", max_redirects=0
    )
    assert json.loads(answer.body()).keys() == {"mediaId", "contentType", "contentLength"}
