"""Public traces: anybody reads them, and what belongs to them, and nothing else; and private again at once."""

import base64
import hashlib
from collections.abc import AsyncIterator
from itertools import count

import httpx2
import pytest
from msgspec import Struct

from panope.assembly import AppOptions
from panope.domain.accounts import Organization, Role
from panope.domain.ids import OrganizationId
from panope.features.tracing.sharing import DAY_US
from tests.api.conftest import AUTH, LIMITS, NOW_US, OTHER_AUTH, OTHER_PROJECT, PROJECT, Stage, staged
from tests.api.signin.people import make_user, signed_in
from tests.api.ui.conftest import Web, segment, sign_in
from tests.support.told import MINUTE_US, NOON_US, observation, score, trace

PIXEL = b"\x89PNG not really"
ID = segment("t/1")


class Shared(Struct):
    """A trace that may be shared, and a hand that shares it."""

    web: Web
    media_id: str

    async def share(self, *, is_public: bool, path: str = ID) -> None:
        response = await self.web.stage.client.put(
            f"/api/ui/projects/{PROJECT}/traces/{path}/sharing", json={"isPublic": is_public}, headers=self.web.headers
        )
        assert response.status_code == 204, response.text

    def paths(self) -> list[str]:
        media = f"/media/{self.media_id}"
        return [
            f"/traces/{ID}",
            f"/traces/{ID}/skeleton",
            f"/traces/{ID}/io?field=input",
            f"/traces/{ID}/search?text=secret",
            "/observations/o",
            "/observations/o/io?field=input",
            f"{media}?traceId={ID}",
            f"{media}/content?traceId={ID}",
        ]

    async def read(self, path: str, headers: dict[str, str] | None = None) -> httpx2.Response:
        return await self.web.stage.client.get(f"/api/ui/projects/{PROJECT}{path}", headers=headers or {})


async def upload(web: Web, trace_id: str) -> str:
    digest = base64.b64encode(hashlib.sha256(PIXEL).digest()).decode()
    told = {"contentType": "image/png", "contentLength": len(PIXEL), "sha256Hash": digest, "field": "input"}
    client = web.stage.client
    announced = (await client.post("/api/public/media", json={**told, "traceId": trace_id}, headers=AUTH)).json()
    if announced["uploadUrl"]:
        sent = {"Content-Type": "image/png", "x-amz-checksum-sha256": digest}
        assert (await client.put(announced["uploadUrl"], content=PIXEL, headers=sent)).status_code == 200
    return str(announced["mediaId"])


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The app with a clock that goes on: what is said later counts."""
    ticks = count(NOW_US)
    async with staged(AppOptions(limits=LIMITS), clock=lambda: next(ticks)) as made:
        yield made


@pytest.fixture
async def shared(web: Web) -> Shared:
    member = Web(web.stage, await sign_in(web.stage, Role.MEMBER))
    await member.tell(
        trace("t/1", 1, name="agent", input="secret"),
        observation("o", 1, trace_id="t/1", input="secret too"),
        trace("private", 1, input="untold"),
        observation("p", 1, trace_id="private", input="untold"),
        score("s", 1, trace_id="t/1", name="judge", number=1.0, comment="true"),
        score("m", 1, trace_id="t/1", name="mine", number=1.0, source="ANNOTATION", author_user_id="ann", comment="us"),
    )
    return Shared(member, await upload(member, "t/1"))


async def test_nobody_reads_what_is_private(shared: Shared) -> None:
    for path in shared.paths():
        assert (await shared.read(path)).status_code == 401, path


async def test_anybody_reads_what_is_public_and_at_once_no_more(shared: Shared) -> None:
    for _ in range(2):
        await shared.share(is_public=True)
        for path in shared.paths():
            response = await shared.read(path)
            assert response.status_code == 200, (path, response.text)
            assert response.headers["cache-control"] == "private, no-store", path
        await shared.share(is_public=False)
        for path in shared.paths():
            assert (await shared.read(path)).status_code == 401, path


async def test_somebody_of_elsewhere_reads_what_is_public_too(shared: Shared) -> None:
    await shared.web.stage.catalog.organizations.add(Organization(id=OrganizationId("else"), name="Else"))
    eve = await make_user(shared.web.stage, "eve", Role.OWNER, organization_id=OrganizationId("else"))
    headers = await signed_in(shared.web.stage, eve)
    assert (await shared.read(f"/traces/{ID}", headers)).status_code == 404
    await shared.share(is_public=True)
    for path in shared.paths():
        assert (await shared.read(path, headers)).status_code == 200, path


async def test_nothing_else_is_open_beside_a_public_trace(shared: Shared) -> None:
    await shared.share(is_public=True)
    other = await upload(shared.web, "private")
    assert other == shared.media_id
    for path in (
        "/traces/private",
        "/observations/p",
        "/observations/p/io?field=input",
        f"/media/{shared.media_id}",
        f"/media/{shared.media_id}/content?traceId=private",
        f"/media/none/content?traceId={ID}",
        f"/comments?objectType=TRACE&objectId={ID}",
        "/traces",
        "/changes",
    ):
        assert (await shared.read(path)).status_code == 401, path
    elsewhere = await shared.web.stage.client.get(f"/api/ui/projects/{OTHER_PROJECT}/traces/{ID}")
    assert elsewhere.status_code == 401


async def test_visitors_are_told_of_nobody(shared: Shared) -> None:
    await shared.share(is_public=True)
    told = {"objectType": "TRACE", "objectId": "t/1", "content": "between us"}
    made = await shared.web.stage.client.post(
        f"/api/ui/projects/{PROJECT}/comments", json=told, headers=shared.web.headers
    )
    assert made.status_code == 201
    body = (await shared.read(f"/traces/{ID}")).json()
    assert (body["commentCounts"], body["scoreAuthors"]) == ({}, {})
    told_by = {one["name"]: (one["authorUserId"], one["comment"]) for one in body["scores"]}
    assert told_by == {"judge": (None, "true"), "mine": (None, None)}
    own = (await shared.read(f"/traces/{ID}", shared.web.headers)).json()
    assert own["commentCounts"] == {"t/1": 1}
    assert {(one["authorUserId"], one["comment"]) for one in own["scores"]} == {(None, "true"), ("ann", "us")}


async def test_visitors_learn_a_cost_and_nothing_of_the_projects_prices(shared: Shared) -> None:
    stage = shared.web.stage
    price = {"modelName": "zeus", "matchPattern": "(?i)^zeus$", "inputPrice": 0.5, "outputPrice": 2, "unit": "TOKENS"}
    assert (await stage.client.post("/api/public/models", json=price, headers=AUTH)).status_code < 300
    told = {"id": "z", "traceId": "t/1", "type": "GENERATION", "name": "z", "model": "Zeus"}
    event = {"type": "generation-create", "id": "e", "timestamp": "2025-10-09T08:53:20Z"}
    batch = [{**event, "body": {**told, "startTime": event["timestamp"], "usage": {"input": 3, "output": 1}}}]
    assert (await stage.client.post("/api/public/ingestion", json={"batch": batch}, headers=AUTH)).status_code == 207
    await shared.share(is_public=True)
    own = (await shared.read("/observations/z", shared.web.headers)).json()
    assert (own["cost"], own["explanation"]["model"]["matched"]["name"]) == ("3.5", "zeus")
    seen = await shared.read("/observations/z")
    body, explanation = seen.json(), seen.json()["explanation"]
    assert (body["cost"], explanation["total"], explanation["totalNow"]) == ("3.5", "3.5", "3.5")
    assert (body["modelId"], explanation["model"], explanation["tier"]) == (
        None,
        {"sent": "Zeus", "matched": None},
        None,
    )
    assert {(line["usageType"], line["price"], line["priceOf"]) for line in explanation["lines"]} == {
        ("input", None, None),
        ("output", None, None),
    }
    assert own["modelId"] not in seen.text
    assert "(?i)" not in seen.text


async def test_public_traces_are_found_by_their_id(shared: Shared) -> None:
    async def find(trace_id: str) -> list[str]:
        response = await shared.web.stage.client.get("/api/ui/public-traces", params={"id": trace_id})
        return [one["projectId"] for one in response.json()["traces"]]

    assert await find("t/1") == []
    await shared.share(is_public=True)
    assert await find("t/1") == [PROJECT]
    assert await find("private") == []
    told = {"id": "t/1", "public": True}
    assert (await shared.web.stage.client.post("/api/public/traces", json=told, headers=OTHER_AUTH)).status_code < 300
    assert sorted(await find("t/1")) == [OTHER_PROJECT, PROJECT]
    assert await find("\u0000") == []


async def test_a_clock_that_is_ahead_does_not_keep_a_trace_public(shared: Shared) -> None:
    await shared.web.tell(trace("t/1", (NOW_US + DAY_US - NOON_US) / MINUTE_US, public=True, is_update=True))
    assert (await shared.read(f"/traces/{ID}")).status_code == 200
    await shared.share(is_public=False)
    assert (await shared.read(f"/traces/{ID}")).status_code == 401


async def test_content_comes_in_ranges_and_runs_nothing(shared: Shared) -> None:
    path = f"/media/{shared.media_id}/content"
    whole = await shared.read(path, shared.web.headers)
    assert (whole.content, whole.headers["content-type"]) == (PIXEL, "image/png")
    assert "sandbox" in whole.headers["content-security-policy"]
    part = await shared.read(path, shared.web.headers | {"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, PIXEL[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(PIXEL)}"
    shown = (await shared.read(f"/media/{shared.media_id}", shared.web.headers)).json()
    assert shown == {"mediaId": shared.media_id, "contentType": "image/png", "contentLength": len(PIXEL)}
