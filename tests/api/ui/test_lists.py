"""Lists of traces and observations in the web app."""

import pytest

from tests.api.conftest import NOW_US, OTHER_PROJECT
from tests.api.ui.conftest import Web
from tests.support.told import minute, observation, score, trace

SECOND_US = 1_000_000


async def tell_one(web: Web) -> None:
    await web.tell(
        trace("t", 0, name="request", user_id="ann", session_id="s", tags=["b", "a"], release="r", version="v"),
        observation("root", 0, trace_id="t", name="agent", type="AGENT", end_time=minute(1), input="hello"),
        observation(
            "call",
            0.25,
            trace_id="t",
            parent_id="root",
            name="llm",
            type="GENERATION",
            model="unknown-model",
            usage={"input": 30, "output": 10, "total": 40},
            end_time=minute(0.75),
            completion_start_time=minute(0.5),
            level="WARNING",
            status_message="slow",
            input='[{"role":"user","content":"What is up?"}]',
            output='{"role":"assistant","content":"Nothing."}',
        ),
        score("c1", 1, trace_id="t", name="quality", number=0.5),
        score("c2", 2, trace_id="t", observation_id="call", name="tone", text="good"),
        score("fix", 3, trace_id="t", name="output", text="better", data_type="CORRECTION"),
    )


async def test_a_trace_is_listed_with_what_its_row_shows(web: Web) -> None:
    await tell_one(web)
    body = await web.get("/traces")
    assert body["next"] is None
    assert body["asOfUs"] == NOW_US
    [row] = body["rows"]
    tone, quality = row.pop("scores")
    assert quality == {"id": "c1", "name": "quality", "dataType": "NUMERIC", "value": 0.5, "stringValue": None}
    assert (tone["id"], tone["stringValue"]) == ("c2", "good")
    assert row == {
        "id": "t",
        "name": "request",
        "timestampUs": minute(0),
        "latencyUs": 60 * SECOND_US,
        "inputPreview": None,
        "outputPreview": None,
        "inputTokens": 30,
        "outputTokens": 10,
        "totalTokens": 40,
        "cost": None,
        "unpricedCount": 1,
        "userId": "ann",
        "sessionId": "s",
        "tags": ["a", "b"],
        "environment": "default",
        "release": "r",
        "version": "v",
        "isPublic": False,
        "observationCount": 2,
        "errorCount": 0,
        "warningCount": 1,
        "level": "WARNING",
        "isRunning": False,
    }


async def test_an_observation_is_listed_with_what_its_row_shows(web: Web) -> None:
    await tell_one(web)
    call, root = (await web.get("/observations"))["rows"]
    assert (root["id"], root["inputPreview"], root["isUnpriced"]) == ("root", "hello", False)
    [tone] = call.pop("scores")
    assert tone["name"] == "tone"
    assert call == {
        "id": "call",
        "traceId": "t",
        "traceName": "request",
        "parentId": "root",
        "type": "GENERATION",
        "name": "llm",
        "startTimeUs": minute(0.25),
        "endTimeUs": minute(0.75),
        "latencyUs": 30 * SECOND_US,
        "timeToFirstTokenUs": 15 * SECOND_US,
        "tokensPerSecond": pytest.approx(40 / 30),
        "level": "WARNING",
        "statusMessage": "slow",
        "model": "unknown-model",
        "tool": None,
        "toolsCalled": [],
        "promptName": None,
        "promptVersion": None,
        "inputPreview": "What is up?",
        "outputPreview": "Nothing.",
        "inputTokens": 30,
        "outputTokens": 10,
        "totalTokens": 40,
        "cost": None,
        "isUnpriced": True,
        "environment": "default",
        "version": None,
        "userId": "ann",
        "sessionId": "s",
        "tags": ["a", "b"],
    }


async def test_what_has_not_ended_is_running_until_it_is_silent_for_an_hour(web: Web) -> None:
    open_ = observation("o1", 0, trace_id="new", type="SPAN")
    await web.tell(open_, observation("o2", 0, trace_id="event", type="EVENT"))
    await web.tell(observation("o3", 0, trace_id="old", type="SPAN"), now_us=NOW_US - 2 * 3600 * SECOND_US)
    await web.tell(observation("o4", 0, trace_id="rootless", parent_id="unknown", end_time=minute(1)))
    rows = {row["id"]: row["isRunning"] for row in (await web.get("/traces"))["rows"]}
    assert rows == {"new": True, "event": False, "old": False, "rootless": True}
    assert await web.ids("/traces", q="is:running", orderBy="id-ASC") == ["new", "old", "rootless"]


async def test_environments_of_machinery_are_left_out_until_they_are_asked_for(web: Web) -> None:
    names = ["default", "prod", "langfuse-llm-as-a-judge", "panope-judge", "sdk-experiment"]
    await web.tell(*(trace(f"t-{name}", 0, environment=name) for name in names))
    assert await web.ids("/traces", orderBy="id-ASC") == ["t-default", "t-prod"]
    assert await web.ids("/traces", env=["sdk-experiment", "prod"], orderBy="id-ASC") == ["t-prod", "t-sdk-experiment"]
    assert (await web.get("/traces/count"))["count"] == 2
    assert await web.ids("/traces", env=["Prod"]) == []


async def test_a_time_begins_with_from_and_ends_before_to(web: Web) -> None:
    await web.tell(*(trace(f"t{number}", number) for number in range(4)))
    assert await web.ids("/traces", from_=minute(1), to=minute(3)) == ["t2", "t1"]
    assert await web.get("/traces/count", from_=minute(1), to=minute(3)) == {"count": 2, "isExact": True}
    assert await web.ids("/traces", from_=minute(3), to=minute(1)) == []


async def test_every_order_can_be_walked_page_by_page(web: Web) -> None:
    await tell_one(web)
    await web.tell(
        *(trace(f"t{number}", number % 3, name=f"n{number % 2}" if number % 4 else None) for number in range(9)),
        *(observation(f"o{number}", number % 2, trace_id=f"t{number}", end_time=minute(number)) for number in range(5)),
    )
    document = (await web.stage.client.get("/api/openapi.json")).json()
    for path in ("/traces", "/observations"):
        parameters = document["paths"][f"/api/ui/projects/{{project_id}}{path}"]["get"]["parameters"]
        orders = next(found for found in parameters if found["name"] == "orderBy")["schema"]["enum"]
        assert len(orders) > 30
        for order in orders:
            whole = await web.ids(path, orderBy=order)
            walked, cursor = [], ""
            while cursor is not None:
                page = await web.get(path, orderBy=order, limit=3, cursor=cursor)
                walked += [row["id"] for row in page["rows"]]
                cursor = page["next"]
            assert walked == whole, order
            assert len(walked) == len(set(walked)) > 5


async def test_a_walk_is_not_disturbed_by_what_arrives_meanwhile(web: Web) -> None:
    await web.tell(*(trace(f"t{number}", number) for number in range(6)))
    first = await web.get("/traces", limit=3)
    await web.tell(trace("newer", 100), trace("t0", 0, name="changed", is_update=True))
    second = await web.get("/traces", limit=3, cursor=first["next"])
    assert [row["id"] for row in first["rows"] + second["rows"]] == ["t5", "t4", "t3", "t2", "t1", "t0"]


async def test_after_tells_what_came_or_changed_since(web: Web) -> None:
    long_ago = NOW_US - 600 * SECOND_US
    await web.tell(*(trace(f"t{number}", number) for number in range(4)), now_us=long_ago)
    as_of_us = (await web.get("/traces"))["asOfUs"]
    assert await web.ids("/traces", after=as_of_us) == []
    await web.tell(trace("new", 9), observation("o", 0, trace_id="t1"))
    assert await web.ids("/traces", after=as_of_us) == ["new", "t1"]
    assert await web.ids("/observations", after=as_of_us) == ["o"]


async def test_rows_of_another_project_are_not_there(web: Web) -> None:
    await tell_one(web)
    assert await web.ids("/traces", project=OTHER_PROJECT) == []
    assert await web.ids("/observations", project=OTHER_PROJECT) == []


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"orderBy": "colour-ASC"}, "columns: timestamp"),
        ({"orderBy": "name-UP"}, "COLUMN-ASC"),
        ({"orderBy": "level-ASC"}, "columns: timestamp"),
        ({"limit": "501"}, "between 1 and 500"),
        ({"limit": "0"}, "between 1 and 500"),
        ({"limit": "many"}, "whole number"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"from": "2026-01-01"}, "whole number"),
        ({"to": str(2**63)}, "must be"),
        ({"page": "2"}, "is no parameter here"),
        ({"q": "x" * 20_001}, "characters"),
        ({"cursor": "WyJ4IiwieCJd"}, "cursor"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_what_would(web: Web, params: dict[str, str], said: str) -> None:
    status, text = await web.refusal("/traces", **params)
    assert status == 400
    assert said in text


async def test_a_column_of_the_order_may_be_written_as_langfuse_does(web: Web) -> None:
    await web.tell(trace("t1", 0, name="b"), trace("t2", 0, name="a"))
    for order in ("name-asc", "name:asc", "name-ASC"):
        assert await web.ids("/traces", orderBy=order) == ["t2", "t1"]
    assert await web.ids("/traces", orderBy="timestampUs-DESC") == ["t2", "t1"]
