"""Comments that people write in the web app."""

from typing import Any

import httpx2
import pytest

from panope.domain.accounts import Role
from tests.api.conftest import AUTH, OTHER_PROJECT, PROJECT
from tests.api.ui.conftest import Web, segment, sign_in
from tests.support.told import observation, trace


@pytest.fixture
async def people(web: Web) -> tuple[Web, Web]:
    """Two members of both projects, with a trace to talk about."""
    await web.tell(trace("t/1", 1, session_id="chat"), observation("o", 1, trace_id="t/1"))
    one, other = [Web(web.stage, await sign_in(web.stage, Role.MEMBER)) for _ in range(2)]
    return one, other


async def send(web: Web, method: str, path: str, body: Any = None, project: str = PROJECT) -> httpx2.Response:
    return await web.stage.client.request(method, f"/api/ui/projects/{project}{path}", json=body, headers=web.headers)


async def write(web: Web, content: str, object_type: str = "TRACE", object_id: str = "t/1") -> Any:
    told = {"objectType": object_type, "objectId": object_id, "content": content}
    response = await send(web, "POST", "/comments", told)
    assert response.status_code == 201, response.text
    return response.json()


async def test_a_comment_has_its_author_and_the_api_and_the_counts_know_at_once(people: tuple[Web, Web]) -> None:
    one, other = people
    made = await write(one, "  **why** so slow?\n")
    assert made["content"] == "**why** so slow?"
    assert made["author"]["email"].endswith("@panope.test")
    await write(other, "no idea", "OBSERVATION", "o")
    await write(other, "later", "SESSION", "chat")
    shown = (await one.stage.client.get(f"/api/public/comments/{made['id']}", headers=AUTH)).json()
    assert (shown["content"], shown["authorUserId"]) == (made["content"], made["author"]["id"])
    assert (await one.get(f"/traces/{segment('t/1')}"))["commentCounts"] == {"t/1": 1}
    assert (await one.get(f"/traces/{segment('t/1')}/skeleton"))["columns"]["commentCount"] == [1]
    listed = await other.get("/comments", objectType="SESSION", objectId="chat")
    assert [comment["content"] for comment in listed["comments"]] == ["later"]


async def test_only_who_wrote_a_comment_changes_and_deletes_it(people: tuple[Web, Web]) -> None:
    one, other = people
    path = f"/comments/{(await write(one, 'first'))['id']}"
    refused = await send(other, "PATCH", path, {"content": "mine"})
    assert (refused.status_code, refused.json()["error"]) == (403, "not_the_author")
    assert (await send(other, "DELETE", path)).status_code == 403
    assert (await send(one, "PATCH", path, {"content": "else"}, OTHER_PROJECT)).status_code == 404
    changed = await send(one, "PATCH", path, {"content": " second "})
    assert changed.json()["content"] == "second"
    assert (await send(one, "DELETE", path)).status_code == 204
    assert (await send(one, "DELETE", path)).status_code == 404


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"objectType": "TRACE", "objectId": "none", "content": "x"}, 404),
        ({"objectType": "TRACE", "objectId": "t/1", "content": " "}, 400),
        ({"objectType": "TRACE", "objectId": "t/1", "content": "x" * 5_001}, 400),
        ({"objectType": "PLANET", "objectId": "t/1", "content": "x"}, 400),
    ],
)
async def test_what_is_no_comment_is_refused(people: tuple[Web, Web], told: dict[str, str], status: int) -> None:
    assert (await send(people[0], "POST", "/comments", told)).status_code == status
