"""What stands beside a trace in the web app: comments with their authors, media that messages refer to."""

from panope.domain.accounts import Role
from panope.domain.ids import UserId
from panope.domain.review.comments import Comment, CommentId, CommentObjectType
from tests.api.conftest import NOW_US, ORGANIZATION, OTHER_PROJECT, PROJECT
from tests.api.ui.conftest import Web, sign_in


def comment(number: int, object_id: str, user_id: UserId | None = None) -> Comment:
    return Comment(
        id=CommentId(f"c{number}"),
        object_type=CommentObjectType.TRACE,
        object_id=object_id,
        content=f"**{number}**",
        author_user_id=user_id,
        created_us=NOW_US + number,
        updated_us=NOW_US + number,
    )


async def test_comments_say_who_wrote_them(web: Web) -> None:
    await sign_in(web.stage, Role.MEMBER)
    author = (await web.stage.catalog.members.list(ORGANIZATION))[0]
    for number, (object_id, user_id) in enumerate([("t", None), ("t", author.user_id), ("other", None)]):
        await web.stage.catalog.comments.add(PROJECT, comment(number, object_id, user_id))
    body = await web.get("/comments", objectType="TRACE", objectId="t")
    shown = [(one["id"], one["content"], one["author"] and one["author"]["email"]) for one in body["comments"]]
    assert shown == [("c1", "**1**", author.email), ("c0", "**0**", None)]
    assert body["total"] == 2
    assert await web.get("/comments", objectType="OBSERVATION", objectId="t") == {"comments": [], "total": 0}


async def test_comments_are_of_one_object(web: Web) -> None:
    for asked in ({}, {"objectType": "TRACE"}, {"objectType": "TABLE", "objectId": "t"}, {"objectId": "t"}):
        status, _ = await web.refusal("/comments", **asked)
        assert status == 400
    await web.stage.catalog.comments.add(PROJECT, comment(0, "t"))
    elsewhere = await web.ask("/comments", project=OTHER_PROJECT, objectType="TRACE", objectId="t")
    assert elsewhere.json() == {"comments": [], "total": 0}


async def test_media_that_is_not_there_is_not_found(web: Web) -> None:
    status, text = await web.refusal("/media/a%2Fb")
    assert status == 404
    assert "media_not_found" in text
