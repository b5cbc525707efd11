"""One session that is open in the web app."""

import pytest

from tests.api.conftest import OTHER_PROJECT
from tests.api.ui.conftest import Web, segment
from tests.support.told import minute, observation, score, trace

HOSTILE = "a/b?c#d%2F e;|" + "x" * 780


async def test_a_session_is_opened_with_its_scores_and_its_traces_in_order(web: Web) -> None:
    await web.tell(
        trace("t2", 5, session_id="s", user_id="bob", input="second"),
        trace("t1", 0, session_id="s", user_id="ann", input="first", output="done"),
        observation("o", 0, trace_id="t1", level="ERROR", end_time=minute(2)),
        trace("t3", 1, session_id="other"),
        score("c1", 5, session_id="s", name="solved", number=1.0, comment="well done"),
        score("c2", 5, trace_id="t2", name="quality", number=0.5),
    )
    body = await web.get("/sessions/s")
    assert (body["id"], body["traceCount"], body["errorCount"], body["commentCount"]) == ("s", 2, 1, 0)
    assert [(one["id"], one["comment"]) for one in body["allScores"]] == [("c1", "well done")]
    turns = await web.get("/sessions/s/turns")
    assert [row["id"] for row in turns["rows"]] == ["t1", "t2"]
    assert (turns["rows"][0]["inputPreview"], turns["rows"][0]["outputPreview"]) == ("first", "done")
    assert [one["id"] for one in turns["rows"][1]["scores"]] == ["c2"]
    assert turns["next"] is None


async def test_turns_are_walked_by_cursor(web: Web) -> None:
    await web.tell(*(trace(f"t{at}", at // 2, session_id="s") for at in range(7)))
    walked, cursor = [], ""
    while cursor is not None:
        page = await web.get("/sessions/s/turns", limit=2, cursor=cursor)
        walked += [row["id"] for row in page["rows"]]
        cursor = page["next"]
    assert walked == [f"t{at}" for at in range(7)]
    assert (await web.refusal("/sessions/s/turns", cursor="nonsense"))[0] == 400
    assert (await web.refusal("/sessions/s/turns", limit=501))[0] == 400


async def test_an_opened_session_is_shown_whatever_its_environment(web: Web) -> None:
    await web.tell(trace("t1", 0, session_id="s", environment="panope-judge"))
    assert await web.ids("/sessions") == []
    assert (await web.get("/sessions/s"))["environment"] == "panope-judge"
    assert await web.ids("/sessions/s/turns") == ["t1"]


@pytest.mark.parametrize("session_id", [HOSTILE, "turns", "%", "a/turns"])
async def test_ids_may_hold_anything(web: Web, session_id: str) -> None:
    await web.tell(trace("t1", 0, session_id=session_id))
    assert (await web.get(f"/sessions/{segment(session_id)}"))["id"] == session_id
    assert await web.ids(f"/sessions/{segment(session_id)}/turns") == ["t1"]


async def test_what_is_not_there_is_not_found(web: Web) -> None:
    await web.tell(trace("t1", 0, session_id="s"))
    for path in ("/sessions/none", "/sessions/none/turns"):
        assert (await web.refusal(path))[0] == 404
    assert (await web.refusal("/sessions/s", project=OTHER_PROJECT))[0] == 404
