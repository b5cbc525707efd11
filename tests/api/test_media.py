"""The media API: handshake, upload, report, download; what is refused, and what never leaves its project."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from panope.assembly import AppOptions
from panope.features.media.access import MediaOptions
from panope.features.media.links import SETTING
from tests.api.bad_inputs import media
from tests.api.bad_inputs.media import REPORT
from tests.api.conftest import AUTH, LIMITS, NOW_US, OTHER_AUTH, Stage, staged
from tests.support.media.content import PNG, announcement, chunks_of, id_of, sha256_of, upload_headers

MEDIA = "/api/public/media"
HTML = b"<script>alert(1)</script>"


async def announce(stage: Stage, auth: dict[str, str] = AUTH, content: bytes = PNG, **fields: Any) -> httpx2.Response:
    return await stage.client.post(MEDIA, json=announcement(content, **fields), headers=auth)


async def put(stage: Stage, url: str, content: bytes = PNG, headers: dict[str, str] | None = None) -> httpx2.Response:
    return await stage.client.put(url, content=content, headers=headers or upload_headers(content))


async def upload(stage: Stage, auth: dict[str, str] = AUTH, content: bytes = PNG, **fields: Any) -> str:
    """Announce, put and report; returns the id."""
    answer = (await announce(stage, auth, content, **fields)).json()
    headers = upload_headers(content, fields.get("content_type", "image/png"))
    assert (await put(stage, answer["uploadUrl"], content, headers)).status_code == 200
    reported = await stage.client.patch(f"{MEDIA}/{answer['mediaId']}", json=REPORT, headers=auth)
    assert (reported.status_code, reported.json()) == (200, {"message": "OK"})
    return answer["mediaId"]


async def show(stage: Stage, media_id: str, auth: dict[str, str] = AUTH) -> httpx2.Response:
    return await stage.client.get(f"{MEDIA}/{quote(media_id, safe='')}", headers=auth)


async def test_what_is_uploaded_comes_back_equal_without_a_key(stage: Stage) -> None:
    announced = await announce(stage)
    assert announced.status_code == 201
    answer = announced.json()
    assert answer["mediaId"] == id_of(PNG)
    assert answer["uploadUrl"].startswith("http://panope.test/api/public/media-content/")
    assert (await show(stage, id_of(PNG))).status_code == 404  # announced is not uploaded
    stored = await put(stage, answer["uploadUrl"])
    assert (stored.status_code, stored.content) == (200, b"")
    await stage.client.patch(f"{MEDIA}/{id_of(PNG)}", json=REPORT, headers=AUTH)
    shown = (await show(stage, id_of(PNG))).json()
    url = shown.pop("url")
    assert shown == {
        "mediaId": id_of(PNG),
        "contentType": "image/png",
        "contentLength": len(PNG),
        "uploadedAt": "2027-01-15T08:00:01.500Z",
        "urlExpiry": "2027-01-15T09:00:00.000Z",
    }
    fetched = await stage.client.get(url)
    assert (fetched.status_code, fetched.content) == (200, PNG)
    assert fetched.headers["content-type"] == "image/png"
    assert fetched.headers["content-disposition"] == f'inline; filename="{id_of(PNG)}.png"'
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in fetched.headers["content-security-policy"]
    assert fetched.headers["content-length"] == str(len(PNG))


async def test_the_same_content_is_uploaded_once_per_project_and_type(stage: Stage) -> None:
    await upload(stage)
    assert (await announce(stage, traceId="trace-2")).json() == {"mediaId": id_of(PNG), "uploadUrl": None}
    assert (await announce(stage, OTHER_AUTH)).json()["uploadUrl"]
    again = (await announce(stage, content_type="image/webp")).json()
    assert again["uploadUrl"]
    assert (await put(stage, again["uploadUrl"], headers=upload_headers(PNG, "image/webp"))).status_code == 200
    assert (await show(stage, id_of(PNG))).json()["contentType"] == "image/webp"
    assert len(stage.blobs._blobs) == 1


async def test_content_that_went_missing_is_asked_for_again(stage: Stage) -> None:
    await upload(stage)
    url = (await show(stage, id_of(PNG))).json()["url"]
    stage.blobs._blobs.clear()
    assert (await stage.client.get(url)).status_code == 404
    assert (await announce(stage)).json()["uploadUrl"]


async def test_a_dataset_item_has_media_too(stage: Stage) -> None:
    place = {"traceId": None, "observationId": None, "datasetId": "d", "datasetItemId": "i", "field": "expectedOutput"}
    assert await upload(stage, **place) == id_of(PNG)
    assert (await announce(stage, traceId="t", observationId="o", field="metadata")).json()["uploadUrl"] is None


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/pdf", "application/javascript"])
async def test_what_could_run_in_a_browser_is_saved_and_sandboxed(stage: Stage, content_type: str) -> None:
    media_id = await upload(stage, content=HTML, content_type=content_type)
    fetched = await stage.client.get((await show(stage, media_id)).json()["url"])
    assert fetched.content == HTML
    assert fetched.headers["content-type"] == content_type
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    policy = fetched.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("asked", "status", "content", "content_range"),
    [
        ("bytes=0-9", 206, PNG[:10], f"bytes 0-9/{len(PNG)}"),
        ("bytes=10-", 206, PNG[10:], f"bytes 10-{len(PNG) - 1}/{len(PNG)}"),
        ("bytes=-5", 206, PNG[-5:], f"bytes {len(PNG) - 5}-{len(PNG) - 1}/{len(PNG)}"),
        ("bytes=-999999", 206, PNG, f"bytes 0-{len(PNG) - 1}/{len(PNG)}"),
        ("bytes=5-999999", 206, PNG[5:], f"bytes 5-{len(PNG) - 1}/{len(PNG)}"),
        ("bytes=999999-", 416, b"", f"bytes */{len(PNG)}"),
        ("bytes=-0", 416, b"", f"bytes */{len(PNG)}"),
        ("bytes=9-5", 200, PNG, None),
        ("bytes=0-1,4-5", 200, PNG, None),
        ("bytes=-", 200, PNG, None),
        ("lines=1-2", 200, PNG, None),
    ],
)
async def test_a_range_is_answered_alone(
    stage: Stage, asked: str, status: int, content: bytes, content_range: str | None
) -> None:
    url = (await show(stage, await upload(stage))).json()["url"]
    fetched = await stage.client.get(url, headers={"Range": asked})
    assert (fetched.status_code, fetched.content) == (status, content)
    assert fetched.headers.get("content-range") == content_range
    assert fetched.headers["accept-ranges"] == "bytes"


async def test_a_client_that_has_it_or_wants_only_the_head_gets_no_content(stage: Stage) -> None:
    url = (await show(stage, await upload(stage))).json()["url"]
    head = await stage.client.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(PNG)))
    known = await stage.client.get(url, headers={"If-None-Match": head.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    other = await stage.client.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (other.status_code, other.content) == (200, PNG)


WRONG_UPLOADS = {
    "other content": (b"x" * len(PNG), {}),
    "less content": (PNG[:-1], {}),
    "more content": (PNG + b"x", {}),
    "no content": (b"", {}),
    "another type": (PNG, {"Content-Type": "text/html"}),
    "no type": (PNG, {"Content-Type": ""}),
    "another checksum": (PNG, {"x-amz-checksum-sha256": sha256_of(b"x")}),
    "packed content": (PNG, {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("case", WRONG_UPLOADS)
@pytest.mark.parametrize("is_streamed", [False, True])
async def test_what_was_not_announced_is_a_400_and_nothing_is_kept(
    stage: Stage, case: str, *, is_streamed: bool
) -> None:
    content, changed = WRONG_UPLOADS[case]
    url = (await announce(stage)).json()["uploadUrl"]
    headers = {**upload_headers(), **changed}
    sent: Any = chunks_of(content, 100) if is_streamed else content
    refused = await stage.client.put(url, content=sent, headers=headers)
    assert refused.status_code == 400, refused.text
    assert sorted(refused.json()) == ["error", "message"]
    assert stage.blobs._blobs == {}
    assert (await show(stage, id_of(PNG))).status_code == 404
    assert (await put(stage, url)).status_code == 200  # and the right content is still welcome


async def test_a_claim_of_success_without_content_is_not_believed(stage: Stage) -> None:
    await announce(stage)
    assert (await stage.client.patch(f"{MEDIA}/{id_of(PNG)}", json=REPORT, headers=AUTH)).status_code == 200
    assert (await show(stage, id_of(PNG))).status_code == 404
    assert (await announce(stage)).json()["uploadUrl"]


async def links(stage: Stage) -> AsyncIterator[tuple[str, str]]:
    yield "PUT", (await announce(stage)).json()["uploadUrl"]
    yield "GET", (await show(stage, await upload(stage, content=b"other"))).json()["url"]


async def test_a_forged_link_is_a_403(stage: Stage) -> None:
    async for method, url in links(stage):
        base, _, token = url.rpartition("/")
        payload, _, signature = token.partition(".")
        forged = [
            f"{payload}.{signature[:-2]}",
            f"{payload}.{'A' * len(signature)}",
            f"{payload[:-4]}AAAA.{signature}",
            f"{payload}",
            f".{signature}",
            "%00",
            "%F0%9F%98%80",
            f"{payload}.{signature}.{signature}",
            "a" * 4_000,
        ]
        for each in forged:
            refused = await stage.client.request(method, f"{base}/{each}", content=b"", headers=upload_headers())
            assert refused.status_code == 403, (method, each)
            assert list(refused.json()) == ["message"]
        other = "GET" if method == "PUT" else "PUT"
        crossed = await stage.client.request(other, url, headers=upload_headers())
        assert crossed.status_code == 403, "a link is good for one purpose"


async def test_a_link_of_another_key_is_a_403(stage: Stage) -> None:
    url = (await announce(stage)).json()["uploadUrl"]
    await stage.catalog.settings.set(SETTING, "another")
    async with staged(AppOptions(limits=LIMITS)) as stranger:
        assert (await put(stranger, url)).status_code == 403


async def test_a_link_ends() -> None:
    now = NOW_US

    def clock() -> int:
        return now

    async with staged(AppOptions(limits=LIMITS), clock=clock) as stage:
        async for method, url in links(stage):
            made_us = now
            for later_us, status in ((3_599_000_000, 200), (3_600_000_000, 403)):
                now = made_us + later_us
                content = PNG if method == "PUT" else None
                answer = await stage.client.request(method, url, content=content, headers=upload_headers())
                assert answer.status_code == status, (method, later_us)
            now = made_us


@pytest.mark.parametrize(
    "media_id", ["../../etc/passwd", "..%2f..", "/", "a/b", "%2e%2e", "😀", "x" * 801, "\0", " ", "..", "%"]
)
async def test_an_id_that_leads_elsewhere_leads_nowhere(stage: Stage, media_id: str) -> None:
    for method, body in (("GET", None), ("PATCH", REPORT)):
        path = f"{MEDIA}/{quote(media_id, safe='')}"
        answer = await stage.client.request(method, path, json=body, headers=AUTH)
        assert (answer.status_code, answer.json()["error"]) == (404, "LangfuseNotFoundError"), (method, answer.text)


async def test_another_project_sees_and_changes_nothing(stage: Stage) -> None:
    await upload(stage)
    assert (await show(stage, id_of(PNG), OTHER_AUTH)).status_code == 404
    report = {**REPORT, "uploadHttpStatus": 500}
    refused = await stage.client.patch(f"{MEDIA}/{id_of(PNG)}", json=report, headers=OTHER_AUTH)
    assert refused.status_code == 404
    assert (await announce(stage, OTHER_AUTH, PNG)).json()["uploadUrl"]
    assert (await show(stage, id_of(PNG), OTHER_AUTH)).status_code == 404
    await stage.client.delete("/api/public/traces/trace-1", headers=OTHER_AUTH)
    assert (await show(stage, id_of(PNG))).status_code == 200


@pytest.mark.parametrize("is_many", [False, True])
async def test_media_go_with_the_last_trace_that_refers_to_them(stage: Stage, *, is_many: bool) -> None:
    async def delete(trace_id: str) -> None:
        path = "/api/public/traces"
        if is_many:
            await stage.client.request("DELETE", path, json={"traceIds": [trace_id]}, headers=AUTH)
        else:
            await stage.client.delete(f"{path}/{quote(trace_id, safe='')}", headers=AUTH)

    await stage.client.post("/api/public/traces", json={"id": "trace-1"}, headers=AUTH)
    await upload(stage)
    await announce(stage, traceId="trace/2", observationId="o")
    url = (await show(stage, id_of(PNG))).json()["url"]
    await delete("trace-1")
    assert (await stage.client.get(url)).status_code == 200
    await delete("trace/2")  # of which there is no trace, but media
    assert (await stage.client.get(url)).status_code == 404
    assert (await show(stage, id_of(PNG))).status_code == 404
    assert stage.blobs._blobs == {}


async def test_a_link_to_what_was_deleted_keeps_nothing(stage: Stage) -> None:
    url = (await announce(stage)).json()["uploadUrl"]
    await stage.client.delete("/api/public/traces/trace-1", headers=AUTH)
    assert (await put(stage, url)).status_code == 404
    assert stage.blobs._blobs == {}


@pytest.mark.parametrize("row", media.ANNOUNCEMENTS, ids=repr)
async def test_a_bad_announcement_is_a_400_that_names_the_place(row: media.BadMedia) -> None:
    async with staged(AppOptions(limits=LIMITS, media=MediaOptions(max_bytes=media.MAX_BYTES))) as stage:
        refused = await stage.client.post(MEDIA, json=media.announced(row), headers=AUTH)
        assert refused.status_code == 400
        assert refused.json()["message"] == "Invalid request data"
        assert row.place in [issue["path"] for issue in refused.json()["error"]]
        assert len(refused.text) < 3_000
        assert not stage.catalog.media._tables.media


@pytest.mark.parametrize("row", media.REPORTS, ids=repr)
async def test_a_bad_report_is_a_400_that_names_the_place(stage: Stage, row: media.BadMedia) -> None:
    await announce(stage)
    refused = await stage.client.patch(f"{MEDIA}/{id_of(PNG)}", json={**REPORT, **row.changed}, headers=AUTH)
    assert (refused.status_code, [issue["path"] for issue in refused.json()["error"]]) == (400, [row.place])
    (kept,) = stage.catalog.media._tables.media.values()
    assert kept.upload_status is None


async def test_what_a_report_says_is_kept_cut(stage: Stage) -> None:
    await announce(stage)
    report = {**REPORT, "uploadHttpStatus": 503, "uploadHttpError": "é" * 10_000, "uploadTimeMs": 1.5}
    assert (await stage.client.patch(f"{MEDIA}/{id_of(PNG)}", json=report, headers=AUTH)).status_code == 200
    (kept,) = stage.catalog.media._tables.media.values()
    assert (kept.upload_status, len(kept.upload_error or "")) == (503, 2_000)


async def test_a_taken_id_with_other_content_is_a_409(stage: Stage) -> None:
    await upload(stage)
    refused = await announce(stage, contentLength=len(PNG) + 1)
    assert (refused.status_code, refused.json()["error"]) == (409, "LangfuseConflictError")


async def test_links_begin_with_the_public_address(stage: Stage) -> None:
    async with staged(AppOptions(limits=LIMITS, public_url="https://panope.example/llm")) as behind:
        url = (await announce(behind)).json()["uploadUrl"]
        assert url.startswith("https://panope.example/llm/api/public/media-content/")
    async with staged(AppOptions(limits=LIMITS, root_path="/llm")) as prefixed:
        url = (await announce(prefixed)).json()["uploadUrl"]
        assert url.startswith("http://panope.test/llm/api/public/media-content/")
        assert (await put(prefixed, url)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"Host": "panope.example:8443"}, "http://panope.example:8443"),
        ({"Host": "[::1]:3001"}, "http://[::1]:3001"),
        ({"X-Forwarded-Proto": "https"}, "https://panope.test"),
        ({"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "a.example, b"}, "https://a.example"),
        ({"X-Forwarded-Proto": "javascript"}, "http://panope.test"),
        ({"X-Forwarded-Prefix": "/llm"}, "http://panope.test/llm"),
    ],
)
async def test_links_begin_as_the_caller_came(stage: Stage, headers: dict[str, str], address: str) -> None:
    announced = await stage.client.post(MEDIA, json=announcement(), headers={**AUTH, **headers})
    assert announced.json()["uploadUrl"].startswith(f"{address}/api/public/media-content/")


@pytest.mark.parametrize("host", ["", "[::1", "a b", "a/b", "user@host", "ü", "a" * 256])
async def test_a_host_that_is_none_is_a_400(stage: Stage, host: str) -> None:
    headers = [*AUTH.items(), ("Host", host.encode("latin-1"))]
    refused = await stage.client.post(MEDIA, json=announcement(), headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (400, "InvalidRequestError")
