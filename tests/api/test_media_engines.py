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
PANOPE = "/api/panope/v1"
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


REFERENCE = f"@@@langfuseMedia:type=image/png|id={id_of(PNG)}|source=bytes@@@"
WAYS = ["single", "bulk", "import", "from traces"]


async def write_item(edge: Edge, way: str, trace_id: str) -> None:
    """Make an item `i` of dataset `d` that refers to the media of a trace."""
    item = {"id": "i", "input": {"picture": REFERENCE}}
    if way == "single":
        answer = await edge.send("/dataset-items", json.dumps({"datasetName": "d", **item}).encode())
    elif way == "from traces":
        body = {"id": trace_id, "timestamp": "2026-11-28T09:00:00Z", "input": item["input"]}
        event = {"id": "e", "type": "trace-create", "timestamp": body["timestamp"], "body": body}
        await edge.send("/ingestion", json.dumps({"batch": [event]}).encode())
        answer = await edge.client.post(f"{PANOPE}/datasets/d/from-traces", json={}, headers=edge.auth)
    elif way == "bulk":
        answer = await edge.client.post(f"{PANOPE}/datasets/d/items", json={"items": [item]}, headers=edge.auth)
    else:
        headers = {**edge.auth, "Content-Type": "application/x-ndjson"}
        line = json.dumps(item).encode()
        answer = await edge.client.post(f"{PANOPE}/datasets/d/import?format=jsonl", content=line, headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("way", WAYS)
async def test_the_media_of_an_item_outlive_the_trace_that_brought_them(scene: Scene, way: str) -> None:
    edge = await scene.new_project()
    await upload(edge, "t")
    assert (await edge.send("/v2/datasets", b'{"name": "d"}')).status_code == 200
    await write_item(edge, way, "t")
    assert (await edge.send("/traces/t", b"", method="DELETE")).status_code == 200
    [item] = (await edge.get("/dataset-items?datasetName=d"))[1]["data"]
    [reference] = item["mediaReferences"]
    assert (reference["field"], reference["media"]["mediaId"]) == ("input", id_of(PNG))
    assert (await edge.client.get(reference["media"]["url"])).content == PNG
    assert (await edge.send(f"/dataset-items/{item['id']}", b"", method="DELETE")).status_code == 200
    assert (await edge.show("media", id_of(PNG)))[0] == 404
    assert (await edge.client.get(reference["media"]["url"])).status_code == 404
