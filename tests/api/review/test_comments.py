"""Comments over HTTP."""

from typing import Any

import pytest

from tests.api.review.conftest import PUBLIC, Desk

COMMENTS = f"{PUBLIC}/comments"
BODY = {"projectId": "any", "objectType": "TRACE", "objectId": "t0", "content": "  fine\n"}


async def test_a_comment_on_each_kind_of_object_is_read_back(desk: Desk) -> None:
    trace = {"id": "t", "sessionId": "s"}
    await desk.send(("trace", trace), ("span", {"id": "o", "traceId": "t"}))
    for number, (object_type, object_id) in enumerate((("TRACE", "t"), ("OBSERVATION", "o"), ("SESSION", "s"))):
        body = {**BODY, "objectType": object_type, "objectId": object_id, "authorUserId": "ann"}
        made = await desk.post(COMMENTS, body)
        assert list(made) == ["id"]
        shown = {
            "id": made["id"],
            "projectId": "project",
            "createdAt": "2027-01-15T08:00:00.000Z",
            "updatedAt": "2027-01-15T08:00:00.000Z",
            "objectType": object_type,
            "objectId": object_id,
            "content": "fine",
            "authorUserId": "ann",
        }
        assert await desk.get(f"{COMMENTS}/{made['id']}") == shown
        listed = await desk.get(COMMENTS, objectType=object_type, objectId=object_id, authorUserId="ann")
        assert listed == {"data": [shown], "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}}
        assert (await desk.get(COMMENTS))["meta"]["totalItems"] == number + 1


async def test_nobody_speaks_for_who_is_no_member(desk: Desk) -> None:
    await desk.send_traces(1)
    for author in ("eve", "nobody", "", "a\0b", "é" * 900, "ann@example.com"):
        answer = await desk.post(COMMENTS, {**BODY, "authorUserId": author}, status=400)
        assert author in {"", "a\0b"} or "authorUserId" in str(answer)
    assert (await desk.get(COMMENTS))["data"] == []
    await desk.post(COMMENTS, {**BODY, "authorUserId": None})


@pytest.mark.parametrize("object_type", ["TRACE", "OBSERVATION", "SESSION", "PROMPT"])
@pytest.mark.parametrize("object_id", ["none", "é" * 900, "a%2Fb"])
async def test_what_does_not_exist_cannot_be_commented_on(desk: Desk, object_type: str, object_id: str) -> None:
    answer = await desk.post(COMMENTS, {**BODY, "objectType": object_type, "objectId": object_id}, status=404)
    assert answer["error"] == "LangfuseNotFoundError"


async def test_a_version_of_a_prompt_is_commented_on_by_its_id(desk: Desk, stranger: Desk) -> None:
    prompt = {"name": "a/b", "type": "text", "prompt": "Sum up"}
    first = await desk.post(f"{PUBLIC}/v2/prompts", prompt, status=201)
    await desk.post(f"{PUBLIC}/v2/prompts", prompt, status=201)
    body = {**BODY, "objectType": "PROMPT", "objectId": first["id"]}
    made = await desk.post(COMMENTS, body)
    listed = await desk.get(COMMENTS, objectType="PROMPT", objectId=first["id"])
    assert [comment["id"] for comment in listed["data"]] == [made["id"]]
    await stranger.post(COMMENTS, body, status=404)
    await desk.post(COMMENTS, {**body, "objectId": "a/b"}, status=404)
    gone = await desk.stage.client.delete(f"{PUBLIC}/v2/prompts/a%2Fb?version=1", headers=desk.headers)
    assert gone.status_code == 204
    await desk.post(COMMENTS, body, status=404)


async def test_comments_outlive_their_trace(desk: Desk) -> None:
    await desk.send_traces(1)
    made = await desk.post(COMMENTS, BODY)
    await desk.call("DELETE", f"{PUBLIC}/traces/t0")
    assert (await desk.get(f"{COMMENTS}/{made['id']}"))["content"] == "fine"
    await desk.post(COMMENTS, BODY, status=404)


async def test_another_project_sees_no_comment_and_finds_no_object(desk: Desk, stranger: Desk) -> None:
    await desk.send_traces(1)
    made = await desk.post(COMMENTS, BODY)
    await stranger.get(f"{COMMENTS}/{made['id']}", status=404)
    assert (await stranger.get(COMMENTS))["data"] == []
    await stranger.post(COMMENTS, BODY, status=404)


BAD_QUERIES: list[dict[str, Any]] = [
    {"objectId": "t0"},
    {"objectType": "QUEUE"},
    {"objectType": "trace"},
    {"colour": "red"},
    {"limit": 101},
    {"page": 0},
    {"page": "x"},
]


@pytest.mark.parametrize("query", BAD_QUERIES)
async def test_a_query_that_makes_no_sense_is_refused(desk: Desk, query: dict[str, Any]) -> None:
    answer = await desk.get(COMMENTS, status=400, **query)
    assert answer["message"] == "Invalid request data"


@pytest.mark.parametrize("name", ["a\0b", "é" * 900])
async def test_ids_that_nothing_has_match_nothing(desk: Desk, name: str) -> None:
    assert (await desk.get(COMMENTS, objectType="TRACE", objectId=name))["data"] == []
    assert (await desk.get(COMMENTS, authorUserId=name))["data"] == []
