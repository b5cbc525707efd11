"""What clients get wrong about comments and annotation queues is refused by name; what is only odd is kept."""

from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.api.bad_inputs import reviews
from tests.api.bad_inputs.shapes import Accepted, Refused, event, named, write
from tests.api.edge import Edge, Scene
from tests.api.test_bad_inputs import before_storage, edge, scene

__all__ = ["edge", "scene"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def make_config(edge: Edge) -> str:
    response = await edge.send("/score-configs", write({"name": "quality", "dataType": "NUMERIC"}))
    assert response.status_code == 200, response.text
    return str(response.json()["id"])


async def make_queue(edge: Edge) -> str:
    body = {"name": "Review", "scoreConfigIds": [await make_config(edge)]}
    return str((await edge.send("/annotation-queues", write(body))).json()["id"])


@pytest_asyncio.fixture(loop_scope="module")
async def queue_id(edge: Edge) -> str:
    return await make_queue(edge)


def with_config(sent: Any, config_id: str) -> Any:
    if isinstance(sent, dict) and sent.get("scoreConfigIds") == ["config"]:
        return {**sent, "scoreConfigIds": [config_id]}
    return sent


async def check_refused(edge: Edge, path: str, row: Refused, sent: Any) -> None:
    response = await edge.send(path, write(sent, row.raw))
    assert response.status_code == 400, response.text
    answer = response.json()
    assert answer["message"] == "Invalid request data"
    assert all(sorted(issue) == ["code", "message", "path"] for issue in answer["error"])
    assert row.code in {issue["code"] for issue in answer["error"]}
    assert row.says in str(answer["error"])
    assert (await edge.get(path))[1]["data"] == []


@before_storage
@pytest.mark.parametrize("row", named(reviews.COMMENTS))
async def test_a_bad_comment_is_a_400_that_names_the_place(edge: Edge, row: Refused) -> None:
    await edge.send("/ingestion", write({"batch": [event("trace-create", {"id": "t"}, id="e")]}))
    await check_refused(edge, "/comments", row, row.sent)


@before_storage
@pytest.mark.parametrize("row", named(reviews.QUEUES))
async def test_a_bad_queue_is_a_400_that_names_the_place(edge: Edge, row: Refused) -> None:
    await check_refused(edge, "/annotation-queues", row, with_config(row.sent, await make_config(edge)))


@before_storage
@pytest.mark.parametrize("row", named(reviews.ITEMS))
async def test_a_bad_item_is_a_400_that_names_the_place(edge: Edge, queue_id: str, row: Refused) -> None:
    await check_refused(edge, f"/annotation-queues/{queue_id}/items", row, row.sent)


@pytest.mark.parametrize("row", named(reviews.ACCEPTED_QUEUES))
async def test_an_odd_queue_is_stored(edge: Edge, row: Accepted) -> None:
    sent = with_config(row.sent, await make_config(edge))
    response = await edge.send("/annotation-queues", write(sent))
    assert response.status_code == 200, response.text
    status, shown = await edge.show("annotation-queues", response.json()["id"])
    assert status == 200
    assert {key: shown[key] for key in sent} == sent


@pytest.mark.parametrize("object_id", reviews.ODD_IDS.values(), ids=reviews.ODD_IDS)
async def test_objects_of_any_id_are_commented_on_and_queued(edge: Edge, queue_id: str, object_id: str) -> None:
    told = await edge.send("/ingestion", write({"batch": [event("trace-create", {"id": object_id}, id="e")]}))
    assert told.json()["errors"] == []
    comment = await edge.send("/comments", write({**reviews.COMMENT, "objectId": object_id}))
    assert comment.status_code == 200, comment.text
    status, listed = await edge.get(f"/comments?objectType=TRACE&objectId={quote(object_id, safe='')}")
    assert (status, [row["objectId"] for row in listed["data"]]) == (200, [object_id])
    item = await edge.send(f"/annotation-queues/{queue_id}/items", write({**reviews.ITEM, "objectId": object_id}))
    assert item.json()["objectId"] == object_id


@pytest.mark.parametrize("name", ["é" * 401, "a%00b", "..%2f..", "🙂", "a/b", "%25", "x" * 3_000, " "])
async def test_a_name_that_nothing_has_is_not_found(edge: Edge, queue_id: str, name: str) -> None:
    quoted = name if "%" in name or "/" in name else quote(name, safe="")
    queue = f"/annotation-queues/{queue_id}/items/{quoted}"
    for path in (f"/comments/{quoted}", f"/annotation-queues/{quoted}", f"/annotation-queues/{quoted}/items", queue):
        status, answer = await edge.get(path)
        assert (status, answer["error"]) == (404, "LangfuseNotFoundError"), path
    for method, path, body in (
        ("DELETE", queue, b""),
        ("PATCH", queue, b'{"status":"COMPLETED"}'),
        ("POST", f"/annotation-queues/{quoted}/items", write(reviews.ITEM)),
        ("POST", f"/annotation-queues/{quoted}/assignments", b'{"userId":"ann"}'),
        ("DELETE", f"/annotation-queues/{quoted}/assignments", b'{"userId":"ann"}'),
        ("POST", f"/../panope/v1/annotation-queues/{quoted}/next", b'{"reviewer":"ann"}'),
        ("PATCH", f"/../panope/v1/annotation-queues/{quoted}", b'{"archived":true}'),
        ("DELETE", f"/../panope/v1/annotation-queues/{quoted}", b""),
    ):
        response = await edge.send(path, body, method=method)
        assert response.status_code == 404, (method, path, response.text)


async def test_bodies_of_the_work_are_checked(edge: Edge, queue_id: str) -> None:
    work = f"/../panope/v1/annotation-queues/{queue_id}"
    item = await edge.send(f"/annotation-queues/{queue_id}/items", write(reviews.ITEM))
    one = f"{work}/items/{item.json()['id']}"
    wrong: list[tuple[str, str, Any]] = [
        *(("POST", f"{work}/next", body) for body in (None, [], {"reviewer": 7}, {"reviewer": "a", "more": 1})),
        *(("PUT", f"{one}/lock", body) for body in (None, {}, {"token": None}, {"token": "x", "leaseSeconds": 86_401})),
        *(("POST", f"{one}/complete", body) for body in (None, {}, {"token": "x", "scores": {}})),
        ("POST", f"{one}/complete", {"token": "x", "scores": [{"configId": "c", "value": 1}] * 101}),
        ("POST", f"{one}/complete", {"token": "x", "datasetItem": {}}),
        *(("PATCH", work, body) for body in (None, {"name": None}, {"archived": "yes"}, {"scoreConfigIds": []})),
    ]
    for method, path, body in wrong:
        response = await edge.send(path, write(body), method=method)
        assert response.status_code == 400, (method, path, body, response.text)
    for method, path, body in (
        ("PUT", f"{one}/lock", {"token": "é" * 5_000}),
        ("POST", f"{one}/complete", {"token": "none"}),
        ("DELETE", f"{one}/lock", None),
    ):
        response = await edge.send(path, write(body), method=method)
        assert response.status_code == 409, (method, path, response.text)


async def test_another_projects_queue_is_not_found(scene: Scene, edge: Edge, queue_id: str) -> None:
    stranger = await scene.new_project()
    assert (await stranger.get(f"/annotation-queues/{queue_id}"))[0] == 404
    assert (await stranger.get(f"/annotation-queues/{queue_id}/items"))[0] == 404
    sent = await stranger.send(f"/annotation-queues/{queue_id}/items", write(reviews.ITEM))
    assert sent.status_code == 404
    assert (await edge.get(f"/annotation-queues/{queue_id}/items"))[1]["data"] == []
