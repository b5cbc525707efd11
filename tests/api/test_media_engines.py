"""The media API over every engine: from announcement to deletion, with ids that are hard to keep."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.api.bad_inputs.media import REPORT
from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES
from tests.support.media.content import PNG, announcement, id_of, upload_headers

pytestmark = pytest.mark.asyncio(loop_scope="module")
IDS = ["t", "a\nb", "a/b//", "../..", "%2F%41", "😀", "ü" * 400, " ", "\u202e"]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("scene")
    async with opened_scene(request.param, request, folder) as opened:
        yield opened


async def upload(edge: Edge, trace_id: str, observation_id: str = "o") -> str | None:
    body = announcement(traceId=trace_id, observationId=observation_id)
    announced = await edge.send("/media", json.dumps(body).encode())
    assert announced.status_code == 201, announced.text
    url: str | None = announced.json()["uploadUrl"]
    if url is not None:
        assert (await edge.client.put(url, content=PNG, headers=upload_headers())).status_code == 200
        reported = await edge.send(f"/media/{id_of(PNG)}", json.dumps(REPORT).encode(), method="PATCH")
        assert reported.status_code == 200
    return url


@pytest.mark.parametrize("trace_id", IDS)
async def test_media_live_as_long_as_the_last_trace_of_their_project(scene: Scene, trace_id: str) -> None:
    mine, theirs = await scene.new_project(), await scene.new_project()
    assert await upload(mine, trace_id) is not None
    assert await upload(mine, "another") is None
    assert await upload(theirs, trace_id) is not None
    for gone, status in (("another", 200), (trace_id, 404)):
        response = await mine.send(f"/traces/{quote(gone, safe='')}", b"", method="DELETE")
        assert response.status_code == 200
        assert (await mine.show("media", id_of(PNG)))[0] == status
    status, shown = await theirs.show("media", id_of(PNG))
    assert status == 200
    assert (await theirs.client.get(shown["url"])).content == PNG
    assert await upload(mine, trace_id) is not None
    assert "request failed unexpectedly" not in scene.log.getvalue()
