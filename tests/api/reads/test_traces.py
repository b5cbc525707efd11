"""Reading traces and sessions."""

import json
from urllib.parse import quote

import httpx2
import pytest

from tests.support.batches import NOW_US
from tests.support.read_api import OTHER, SECOND_US, Api, asking
from tests.support.told import minute, observation, score, trace


async def test_a_trace_shows_all_that_belongs_to_it(api: Api) -> None:
    await api.tell(
        trace(
            "t",
            0,
            name="answer",
            user_id="u",
            session_id="s",
            release="r1",
            version="v1",
            public=True,
            input='{"question":"why"}',
            output="because",
            metadata={"tier": "gold", "count": "7"},
            tags=["b", "a"],
        ),
        observation("root", 0, trace_id="t", type="SPAN", name="work", end_time=minute(1)),
        observation(
            "call",
            0.5,
            trace_id="t",
            parent_id="root",
            type="GENERATION",
            model="gpt-4o",
            end_time=minute(0.75),
            completion_start_time=minute(0.6),
            usage={"input": 1000, "output": 200, "total": 1200},
            model_parameters={"temperature": 0.5},
            level="WARNING",
        ),
        score("sc", 2, trace_id="t", name="rating", number=0.5, comment="fine"),
        score("fix", 2, trace_id="t", name="output", text="better", data_type="CORRECTION"),
    )
    shown = await api.get("/traces/t")
    observations = {row["id"]: row for row in shown.pop("observations")}
    scores = shown.pop("scores")
    assert shown == {
        "id": "t",
        "projectId": "project-1",
        "timestamp": "2025-10-09T08:53:20.000Z",
        "name": "answer",
        "environment": "default",
        "sessionId": "s",
        "userId": "u",
        "release": "r1",
        "version": "v1",
        "public": True,
        "bookmarked": False,
        "tags": ["a", "b"],
        "externalId": None,
        "input": {"question": "why"},
        "output": "because",
        "metadata": {"count": 7, "tier": "gold"},
        "createdAt": "2027-01-15T08:00:00.000Z",
        "updatedAt": "2027-01-15T08:00:00.000Z",
        "htmlPath": "/project/project-1/traces/t",
        "latency": 60.0,
        "totalCost": 0.0045,
    }
    assert list(observations) == ["root", "call"]
    call = observations["call"]
    assert (call["latency"], call["timeToFirstToken"], call["level"]) == (15.0, 6.0, "WARNING")
    assert (call["model"], call["modelId"], call["modelParameters"]) == ("gpt-4o", "model-1", {"temperature": 0.5})
    assert call["usage"] == {
        "input": 1000,
        "output": 200,
        "total": 1200,
        "unit": "TOKENS",
        "inputCost": 0.0025,
        "outputCost": 0.002,
        "totalCost": 0.0045,
    }
    assert call["costDetails"] == {"input": 0.0025, "output": 0.002, "total": 0.0045}
    assert (call["inputPrice"], call["outputPrice"], call["totalPrice"]) == (0.0000025, 0.00001, 0)
    assert (observations["root"]["inputPrice"], observations["root"]["modelId"]) == (0, None)
    assert [(row["id"], row["value"], row["traceId"], row["comment"]) for row in scores] == [("sc", 0.5, "t", "fine")]


async def test_a_trace_that_is_not_there_is_told_by_its_name(api: Api) -> None:
    await api.tell(trace("theirs"), project_id=OTHER)
    assert await api.refusal("/traces/theirs") == (
        404,
        {"message": "Trace theirs not found within authorized project", "error": "LangfuseNotFoundError"},
    )
    assert (await api.get("/traces/theirs", "stranger"))["id"] == "theirs"
    for path, what in (("/observations/x", "Observation"), ("/sessions/x", "Session")):
        status, body = await api.refusal(path)
        assert (status, body["message"]) == (404, f"{what} not found within authorized project")
    for path in ("/scores/x", "/v2/scores/x"):
        assert (await api.refusal(path))[1]["message"] == "Score not found"


@pytest.mark.parametrize("entity_id", ["a/b", "a b", "50%", "a%2Fb", "ünï/ç?#", "a//b", "x/"])
async def test_ids_are_found_however_often_they_are_encoded(api: Api, entity_id: str) -> None:
    await api.tell(trace(entity_id, name="found", session_id=entity_id))
    for path in (quote(entity_id, safe=""), quote(quote(entity_id, safe=""), safe="")):
        for noun in ("traces", "sessions"):
            url = httpx2.URL("http://panope.test").copy_with(raw_path=f"/api/public/{noun}/{path}".encode())
            response = await api.client.get(url, headers={"authorization": "reader"})
            assert (response.status_code, response.json().get("id")) == (200, entity_id), path


async def test_trace_lists_are_paged_newest_first_with_exact_totals(api: Api) -> None:
    await api.tell(*(trace(f"t{number}", number) for number in range(5)))
    shown = await api.get("/traces", limit=2, page=2)
    assert [row["id"] for row in shown["data"]] == ["t2", "t1"]
    assert shown["meta"] == {"page": 2, "limit": 2, "totalItems": 5, "totalPages": 3}
    assert await api.ids("/traces", orderBy="timestamp.asc") == ["t0", "t1", "t2", "t3", "t4"]
    assert (await api.get("/traces", name="none")) == {
        "data": [],
        "meta": {"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0},
    }
    assert await api.ids("/traces", page="", limit="") == ["t4", "t3", "t2", "t1", "t0"]


async def test_trace_lists_are_filtered_by_plain_parameters(api: Api) -> None:
    await api.tell(
        trace("a", 0, name="n", user_id="u", session_id="s", version="1", release="r", tags=["x", "y"]),
        trace("b", 1, name="m", environment="staging", tags=["x"]),
        trace("c", 2, name="m", environment="production"),
    )
    for params in ({"name": "n"}, {"userId": "u"}, {"sessionId": "s"}, {"version": "1"}, {"release": "r"}):
        assert await api.ids("/traces", **params) == ["a"]
    assert await api.ids("/traces", tags="x") == ["b", "a"]
    assert await api.ids("/traces", tags=["x", "y"]) == ["a"]
    assert await api.ids("/traces", tags="x,y") == ["a"]
    assert await api.ids("/traces", environment=["staging", "production"]) == ["c", "b"]
    assert await api.ids("/traces", environment="staging,production") == ["c", "b"]


async def test_from_is_included_and_to_is_not_and_both_count_in_milliseconds(api: Api) -> None:
    at = minute(0) + 5_700  # microseconds that the wire never shows
    await api.tell(trace("t", timestamp=at))
    for moment, is_from, is_to in (
        ("2025-10-09T08:53:20.005Z", True, False),
        ("2025-10-09T08:53:20.006Z", False, True),
        ("2025-10-09T08:53:20.005900Z", True, False),
        ("2025-10-09T10:53:20.005+02:00", True, False),
        ("2025-10-09T10:53:20.005 02:00", True, False),
    ):
        assert (await api.ids("/traces", fromTimestamp=moment) == ["t"]) is is_from, moment
        assert (await api.ids("/traces", toTimestamp=moment) == ["t"]) is is_to, moment


async def test_a_filter_replaces_only_the_parameters_on_its_own_columns(api: Api) -> None:
    await api.tell(trace("a", 0, name="n", user_id="u"), trace("b", 1, name="n"), trace("c", 2, name="m", user_id="u"))
    on_name = asking(type="string", column="name", operator="=", value="m")
    assert await api.ids("/traces", name="n", filter=on_name) == ["c"]
    assert await api.ids("/traces", userId="u", filter=on_name) == ["c"]
    assert await api.ids("/traces", userId="nobody", filter=on_name) == []


async def test_latency_and_cost_are_filtered_in_seconds_and_dollars(api: Api) -> None:
    for trace_id, seconds, tokens in (("slow", 3, 1000), ("fast", 1, 0)):
        await api.tell(
            observation(
                f"o-{trace_id}",
                trace_id=trace_id,
                model="gpt-4o",
                start_time=minute(0),
                end_time=minute(0) + seconds * SECOND_US,
                usage={"input": tokens, "total": tokens},
            )
        )
    assert await api.ids("/traces", filter=asking(type="number", column="latency", operator=">=", value=3)) == ["slow"]
    over = asking(type="number", column="totalCost", operator=">=", value=0.0025)
    assert await api.ids("/traces", filter=over) == ["slow"]
    assert await api.ids("/observations", filter=over) == ["o-slow"]
    tokens_filter = asking(type="number", column="tokens", operator="=", value=1000)
    assert await api.ids("/traces", filter=tokens_filter) == ["slow"]


async def test_traces_are_filtered_by_scores_tags_and_metadata(api: Api) -> None:
    await api.tell(
        trace("a", 0, tags=["x", "y"], metadata={"plan": "gold"}),
        trace("b", 1, tags=["x"], metadata={"plan": "gilded"}),
        score("s1", trace_id="a", name="rating", number=0.9),
        score("s2", trace_id="b", name="rating", number=0.1),
        score("s3", trace_id="a", name="mood", text="good"),
        score("s4", trace_id="b", name="ok", number=1.0, data_type="BOOLEAN"),
    )
    both = {"type": "stringObject", "column": "metadata", "key": "plan", "operator": "starts with", "value": "g"}
    assert await api.ids("/traces", filter=json.dumps([both])) == ["b", "a"]
    assert await api.ids("/traces", filter=json.dumps([{**both, "operator": "=", "value": "gold"}])) == ["a"]
    for condition in (
        {"type": "numberObject", "column": "scores_avg", "key": "rating", "operator": ">", "value": 0.5},
        {"type": "numberObject", "column": "scores", "key": "rating", "operator": ">", "value": 0.5},
        {
            "type": "categoryOptions",
            "column": "score_categories",
            "key": "mood",
            "operator": "any of",
            "value": ["good"],
        },
        {"type": "stringOptions", "column": "score_categories", "operator": "any of", "value": ["mood:good"]},
        {"type": "booleanObject", "column": "score_booleans", "key": "ok", "operator": "<>", "value": True},
        {"type": "arrayOptions", "column": "tags", "operator": "all of", "value": ["x", "y"]},
        {"type": "stringOptions", "column": "Trace Tags", "operator": "any of", "value": ["y"]},
    ):
        assert await api.ids("/traces", filter=json.dumps([condition])) == ["a"], condition


async def test_field_groups_that_are_not_asked_for_are_empty_and_not_missing(api: Api) -> None:
    await api.tell(
        trace("t", input="in", output="out", metadata={"k": 1}),
        observation("o", trace_id="t"),
        score("s", trace_id="t", name="n", number=1),
    )
    for path in ("/traces", "/traces/t"):
        answer = await api.get(path, fields="core")
        row = answer["data"][0] if path == "/traces" else answer
        assert (row["observations"], row["scores"], row["latency"], row["totalCost"]) == ([], [], -1, -1)
        assert (row["input"], row["output"], row["metadata"]) == (None, None, {})
    (row,) = (await api.get("/traces", fields="core, io,unheard-of"))["data"]
    assert (row["input"], row["metadata"], row["latency"]) == ("in", {"k": 1}, -1)
    (row,) = (await api.get("/traces", fields="unheard-of"))["data"]
    assert (row["observations"], row["scores"], row["latency"], row["totalCost"]) == (["o"], ["s"], 0, 0)


async def test_a_trace_without_observations_has_zero_latency_and_cost_and_never_null(api: Api) -> None:
    await api.tell(trace("t"))
    (row,) = (await api.get("/traces"))["data"]
    assert (row["latency"], row["totalCost"], row["observations"], row["scores"]) == (0, 0, [], [])


async def test_sessions_are_listed_newest_first_and_shown_with_whole_traces(api: Api) -> None:
    await api.tell(trace("a", 1, session_id="old", input="x"), trace("b", 0, session_id="old"), now_us=NOW_US)
    await api.tell(trace("c", 2, session_id="new", environment="staging"), now_us=NOW_US + SECOND_US)
    shown = await api.get("/sessions")
    assert shown["data"] == [
        {"id": "new", "createdAt": "2027-01-15T08:00:01.000Z", "projectId": "project-1", "environment": "staging"},
        {"id": "old", "createdAt": "2027-01-15T08:00:00.000Z", "projectId": "project-1", "environment": "default"},
    ]
    assert shown["meta"] == {"page": 1, "limit": 50, "totalItems": 2, "totalPages": 1}
    assert await api.ids("/sessions", environment="staging") == ["new"]
    assert await api.ids("/sessions", toTimestamp="2027-01-15T08:00:01Z") == ["old"]
    old = await api.get("/sessions/old")
    assert [(row["id"], row["input"]) for row in old["traces"]] == [("b", None), ("a", "x")]
    assert old["traces"][0]["externalId"] is None


async def test_a_long_session_is_shown_whole(api: Api) -> None:
    await api.tell(*(trace(f"t{number:04}", 0, session_id="s") for number in range(450)))
    shown = await api.get("/sessions/s")
    assert [row["id"] for row in shown["traces"]] == [f"t{number:04}" for number in range(450)]
