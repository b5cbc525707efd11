"""Lists of sessions, users and scores in the web app."""

from panope.query.ast import Keyset
from panope.query.cursor import encode_cursor
from tests.api.conftest import NOW_US, OTHER_PROJECT
from tests.api.ui.conftest import Web
from tests.api.ui.test_lists import tell_one
from tests.support.told import minute, observation, score, trace

MINUTE_US = 60_000_000


async def test_a_session_is_listed_with_what_its_traces_add_up_to(web: Web) -> None:
    await tell_one(web)
    await web.tell(
        trace("t2", 5, session_id="s", user_id="bob"),
        observation("o", 5, trace_id="t2", level="ERROR", end_time=minute(7)),
        score("c9", 5, session_id="s", name="solved", number=1.0),
    )
    body = await web.get("/sessions")
    [row] = body["rows"]
    [solved] = row.pop("scores")
    assert solved["name"] == "solved"
    assert body["next"] is None
    assert row == {
        "id": "s",
        "startUs": minute(0),
        "lastActivityUs": minute(7),
        "createdAtUs": row["createdAtUs"],
        "environment": "default",
        "traceCount": 2,
        "observationCount": 3,
        "errorCount": 1,
        "inputTokens": 30,
        "outputTokens": 10,
        "totalTokens": 40,
        "cost": None,
        "unpricedCount": 1,
        "durationUs": 7 * MINUTE_US,
        "activeUs": 3 * MINUTE_US,
        "userId": "ann",
        "userCount": 2,
        "tags": [],
        "inputPreview": None,
    }
    assert await web.ids("/sessions", q="user:bob") == ["s"]
    assert await web.ids("/sessions", q="user:nobody") == []
    assert (await web.get("/sessions/count"))["count"] == 1


async def test_a_session_lies_in_the_time_of_any_of_its_traces(web: Web) -> None:
    await web.tell(trace("t1", 0, session_id="one"), trace("t2", 60, session_id="one"))
    await web.tell(trace("t3", 30, session_id="two"), now_us=NOW_US + 1)
    assert await web.ids("/sessions") == ["two", "one"]
    assert await web.ids("/sessions", orderBy="lastActivity-DESC") == ["one", "two"]
    assert await web.ids("/sessions", from_=minute(0), to=minute(1)) == ["one"]
    assert await web.ids("/sessions", from_=minute(30), to=minute(60)) == ["two"]
    assert await web.ids("/sessions", from_=minute(40)) == ["one"]
    assert await web.ids("/sessions", from_=minute(1), to=minute(20)) == []
    assert (await web.get("/sessions/count", from_=minute(40)))["count"] == 1


async def test_a_session_shows_what_was_asked_last(web: Web) -> None:
    await web.tell(
        trace("t1", 0, session_id="s", tags=["first"], input="hello"),
        trace("t2", 5, session_id="s", tags=["last"], input="and now?"),
    )
    [row] = (await web.get("/sessions"))["rows"]
    assert (row["tags"], row["inputPreview"]) == (["last"], "and now?")


async def test_facets_of_users_count_their_traces(web: Web) -> None:
    await web.tell(
        *(trace(f"t{at}", at, user_id="ann", name=f"n{at % 2}") for at in range(3)), trace("t9", 9, user_id="bob")
    )
    found = await web.get("/users/facets", field="name", q="user:ann")
    assert {one["value"]: one["count"] for one in found["values"]} == {"n0": 2, "n1": 1}


async def test_users_are_those_of_the_traces_that_match(web: Web) -> None:
    await tell_one(web)
    await web.tell(trace("t2", 5, user_id="bob"), trace("t3", 9, user_id="ann"), trace("t4", 9, user_id=""))
    body = await web.get("/users")
    assert [row["id"] for row in body["rows"]] == ["ann", "bob"]
    assert body["rows"][0] == {
        "id": "ann",
        "firstSeenUs": minute(0),
        "lastSeenUs": minute(9),
        "traceCount": 2,
        "observationCount": 2,
        "errorCount": 0,
        "sessionCount": 1,
        "inputTokens": 30,
        "outputTokens": 10,
        "totalTokens": 40,
        "cost": None,
        "unpricedCount": 1,
    }
    assert await web.get("/users/count") == {"count": 2, "isExact": True}
    assert await web.ids("/users", to=minute(5)) == ["ann"]
    assert await web.ids("/users", q="user:bob") == ["bob"]


async def test_scores_are_listed_with_their_trace(web: Web) -> None:
    await tell_one(web)
    await web.tell(score("alone", 9, session_id="x", name="other", text="long", comment="why", data_type="TEXT"))
    rows = (await web.get("/scores"))["rows"]
    assert [row["id"] for row in rows] == ["alone", "fix", "c2", "c1"]
    assert (rows[0]["comment"], rows[0]["traceName"], rows[0]["tags"]) == ("why", None, [])
    assert (rows[2]["traceName"], rows[2]["userId"], rows[2]["tags"]) == ("request", "ann", ["a", "b"])
    assert await web.ids("/scores", q="name:=quality") == ["c1"]
    assert (await web.get("/scores/count"))["count"] == 4


async def test_every_order_of_the_other_lists_can_be_walked(web: Web) -> None:
    await web.tell(
        *(
            trace(f"t{number}", number % 3, user_id=f"u{number % 5}", session_id=f"s{number % 4}")
            for number in range(9)
        ),
        *(
            score(f"c{number}", number % 3, trace_id=f"t{number}", name=f"n{number % 2}", number=1)
            for number in range(6)
        ),
    )
    document = (await web.stage.client.get("/api/openapi.json")).json()
    for path, size in (("/sessions", 4), ("/users", 5), ("/scores", 6)):
        parameters = document["paths"][f"/api/ui/projects/{{project_id}}{path}"]["get"]["parameters"]
        for order in next(found for found in parameters if found["name"] == "orderBy")["schema"]["enum"]:
            walked, cursor = [], ""
            while cursor is not None:
                page = await web.get(path, orderBy=order, limit=2, cursor=cursor)
                walked += [row["id"] for row in page["rows"]]
                cursor = page["next"]
            assert walked == await web.ids(path, orderBy=order), order
            assert len(walked) == len(set(walked)) == size


async def test_a_cursor_of_another_order_is_refused(web: Web) -> None:
    await web.tell(*(trace(f"t{number}", number, user_id=f"u{number}") for number in range(3)))
    by_id = (await web.get("/users", orderBy="id-ASC", limit=1))["next"]
    assert (await web.refusal("/users", orderBy="traceCount-ASC", cursor=by_id))[0] == 400
    by_count = (await web.get("/users", orderBy="traceCount-ASC", limit=1))["next"]
    assert (await web.refusal("/users", orderBy="id-ASC", cursor=by_count))[0] == 400
    for keyset in (Keyset(2**70, "u"), Keyset(1, "\0"), Keyset("x", "u"), Keyset(1.5, "u")):
        assert (await web.refusal("/users", cursor=encode_cursor(keyset)))[0] == 400
    assert (await web.refusal("/users", cursor="nonsense"))[0] == 400


async def test_another_project_has_none_of_them(web: Web) -> None:
    await tell_one(web)
    for path in ("/sessions", "/users", "/scores"):
        assert await web.ids(path, project=OTHER_PROJECT) == []
        assert (await web.get(f"{path}/count", project=OTHER_PROJECT))["count"] == 0


async def test_after_tells_which_sessions_have_a_trace_that_changed(web: Web) -> None:
    long_ago = NOW_US - 10 * MINUTE_US
    await web.tell(trace("t1", 0, session_id="one"), trace("t2", 0, session_id="two"), now_us=long_ago)
    assert await web.ids("/sessions", after=NOW_US) == []
    await web.tell(observation("o", 0, trace_id="t2"))
    assert await web.ids("/sessions", after=NOW_US) == ["two"]
    assert (await web.refusal("/users", after=NOW_US))[0] == 400
