"""Comments and media in the web app."""

import pytest

from panope.domain.accounts import Role, User
from panope.domain.ids import UserId
from panope.domain.review.comments import Comment, CommentId, CommentObjectType
from tests.api.conftest import NOW_US, ORGANIZATION, OTHER_PROJECT, PROJECT
from tests.api.test_media import upload
from tests.api.ui.conftest import Web
from tests.support.media.content import PNG


async def comment(web: Web, number: int, object_id: str, author: str | None = None) -> None:
    told = Comment(
        id=CommentId(f"c{number}"),
        object_type=CommentObjectType.TRACE,
        object_id=object_id,
        content=f"number {number}",
        author_user_id=None if author is None else UserId(author),
        created_us=NOW_US + number,
        updated_us=NOW_US + number,
    )
    await web.stage.catalog.comments.add(PROJECT, told)


async def test_comments_come_newest_first_with_their_authors(web: Web) -> None:
    ann = User(id=UserId("ann"), email="ann@panope.test", name="Ann", roles={ORGANIZATION: Role.VIEWER})
    await web.stage.catalog.users.create(ann)
    await comment(web, 1, "a/b", "ann")
    await comment(web, 2, "a/b", "gone")
    await comment(web, 3, "other")
    body = await web.get("/comments", objectType="TRACE", objectId="a/b")
    assert body == {
        "total": 2,
        "comments": [
            {"id": "c2", "content": "number 2", "author": None, "createdUs": NOW_US + 2, "updatedUs": NOW_US + 2},
            {
                "id": "c1",
                "content": "number 1",
                "author": {"id": "ann", "name": "Ann", "email": "ann@panope.test"},
                "createdUs": NOW_US + 1,
                "updatedUs": NOW_US + 1,
            },
        ],
    }
    assert (await web.get("/comments", objectType="OBSERVATION", objectId="a/b"))["total"] == 0
    assert (await web.get("/comments", objectType="TRACE", objectId="a/b", project=OTHER_PROJECT))["total"] == 0


@pytest.mark.parametrize(
    "params", [{}, {"objectType": "TRACE"}, {"objectId": "t"}, {"objectType": "X", "objectId": "t"}]
)
async def test_comments_are_on_something(web: Web, params: dict[str, str]) -> None:
    assert (await web.refusal("/comments", **params))[0] == 400


async def test_media_are_shown_with_a_link_that_needs_no_key(web: Web) -> None:
    media_id = await upload(web.stage)
    body = await web.get(f"/media/{media_id}")
    assert (body["id"], body["contentType"], body["contentLength"]) == (media_id, "image/png", len(PNG))
    assert body["urlExpiresUs"] > NOW_US
    assert (await web.stage.client.get(body["url"])).content == PNG
    leading = await web.ask(f"/media/{media_id}/content")
    assert (leading.status_code, leading.headers["cache-control"]) == (302, "no-store")
    assert (await web.stage.client.get(leading.headers["location"])).content == PNG
    for path in (f"/media/{media_id}", f"/media/{media_id}/content"):
        assert (await web.refusal(path, project=OTHER_PROJECT))[0] == 404
    assert (await web.refusal("/media/none"))[0] == 404
