"""Reading observations, v1 and v2."""

from tests.support.read_api import Api, asking
from tests.support.told import minute, observation, trace


async def test_observations_are_listed_latest_start_first_and_filtered(api: Api) -> None:
    await api.tell(
        trace("t", user_id="u"),
        observation("a", 0, trace_id="t", type="SPAN", name="n", level="ERROR", version="1"),
        observation("b", 1, trace_id="t", type="TOOL", parent_id="a"),
        observation("c", 2, trace_id="other", environment="staging"),
    )
    assert await api.ids("/observations") == ["c", "b", "a"]
    assert await api.ids("/observations", traceId="t", limit=1, page=2) == ["a"]
    assert await api.ids("/observations", type="TOOL") == ["b"]
    assert await api.ids("/observations", parentObservationId="a") == ["b"]
    assert await api.ids("/observations", userId="u") == ["b", "a"]
    assert await api.ids("/observations", level="ERROR", name="n", version="1") == ["a"]
    assert await api.ids("/observations", environment="staging") == ["c"]
    assert await api.ids("/observations", fromStartTime="2025-10-09T08:54:20Z") == ["c", "b"]
    assert await api.ids("/observations", toStartTime="2025-10-09T08:54:20Z") == ["a"]


async def test_one_observation_shows_what_the_lists_leave_out(api: Api) -> None:
    await api.tell(
        observation(
            "o",
            trace_id="t",
            input="[1,2]",
            agent="planner",
            tool="search",
            finish_reason="stop",
            span_events=[{"name": "exception", "timeUnixNano": 1, "attributes": {"a": 2**60}}],
            links=[{"traceId": "x", "spanId": "y", "attributes": {}}],
            start_time=minute(2),
            end_time=minute(1),
        )
    )
    shown = await api.get("/observations/o")
    assert shown["spanEvents"] == [{"name": "exception", "timeUnixNano": 1, "attributes": {"a": str(2**60)}}]
    assert shown["links"] == [{"traceId": "x", "spanId": "y", "attributes": {}}]
    assert (shown["agent"], shown["tool"], shown["finishReason"]) == ("planner", "search", "stop")
    assert (shown["clockSkew"], shown["latency"], shown["input"]) == (True, 0, [1, 2])
    assert (shown["inputPrice"], shown["modelId"], shown["calculatedTotalCost"]) == (None, None, 0)
    assert "spanEvents" not in (await api.get("/observations"))["data"][0]
    assert (await api.get("/traces/t"))["observations"][0]["agent"] == "planner"


async def test_v2_observations_follow_the_cursor_without_gaps_or_repeats(api: Api) -> None:
    starts = [0, 1, 1, 1, 2]
    await api.tell(*(observation(f"o{number}", at, trace_id="t") for number, at in enumerate(starts)))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        shown = await api.get("/v2/observations", limit=2, **cursor)
        seen += [row["id"] for row in shown["data"]]
        cursor = shown["meta"]
        if "cursor" not in cursor:
            break
    assert seen == ["o4", "o3", "o2", "o1", "o0"]
    assert cursor == {}
    assert await api.get("/v2/observations", limit=0) == {"data": [], "meta": {}}


async def test_v2_observations_show_the_groups_that_are_asked_for(api: Api) -> None:
    await api.tell(
        trace("t", name="job", user_id="u", session_id="s", tags=["x"], release="r"),
        observation(
            "o",
            trace_id="t",
            type="GENERATION",
            model="gpt-4o",
            input='{"a":1}',
            output="7",
            metadata={"long": "x" * 300, "wide": {"k": "y" * 300}, "kept": "z" * 300, "short": "1"},
            usage={"input": 2, "total": 2},
            end_time=minute(1),
        ),
    )
    (plain,) = (await api.get("/v2/observations"))["data"]
    always = {"id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"}
    priced = {"modelId", "inputPrice", "outputPrice", "totalPrice", "latency", "timeToFirstToken"}
    basic = {"name", "level", "statusMessage", "version", "environment", "bookmarked", "public", "userId", "sessionId"}
    assert set(plain) == always | priced | basic | {"isRootObservation"}
    assert (plain["userId"], plain["sessionId"], plain["isRootObservation"]) == ("u", "s", True)
    assert (plain["modelId"], plain["inputPrice"], plain["latency"]) == (None, None, 60)

    groups = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
    (full,) = (await api.get("/v2/observations", fields=groups))["data"]
    assert (full["input"], full["output"]) == ('{"a":1}', "7")
    assert (full["model"], full["providedModelName"], full["internalModelId"]) == ("gpt-4o", "gpt-4o", "model-1")
    assert (full["modelId"], full["inputPrice"], full["totalPrice"]) == ("model-1", "0.0000025", None)
    assert (full["usageDetails"], full["totalCost"]) == ({"input": 2, "total": 2}, 0.000005)
    assert (full["traceName"], full["tags"], full["release"]) == ("job", ["x"], "r")
    assert full["metadata"] == {"long": "x" * 300, "wide": {"k": "y" * 300}, "kept": "z" * 300, "short": 1}

    (cut,) = (await api.get("/v2/observations", fields="metadata", expandMetadata="kept,other"))["data"]
    assert cut["metadata"]["long"] == "x" * 200
    assert cut["metadata"]["wide"] == ('{"k":"' + "y" * 300)[:200]
    assert cut["metadata"]["kept"] == "z" * 300
    assert "name" not in cut
    assert "input" not in cut


async def test_v2_observations_are_found_by_root_parent_and_content(api: Api) -> None:
    await api.tell(
        trace("t", session_id="s"),
        observation("root", 0, trace_id="t", input="hello big world"),
        observation("app", 1, trace_id="t", parent_id="root", is_app_root=True, output="x"),
        observation("leaf", 2, trace_id="t", parent_id="app"),
    )
    assert await api.ids("/v2/observations", parentObservationId="") == ["root"]
    assert await api.ids("/v2/observations", parentObservationId="root") == ["app"]
    assert await api.ids("/v2/observations", isRootObservation="true") == ["app", "root"]
    assert await api.ids("/v2/observations", isRootObservation="false") == ["leaf"]
    assert await api.ids("/v2/observations", sessionId="s") == ["leaf", "app", "root"]
    exact = asking(type="string", column="input", operator="matches", value="big hello")
    assert await api.ids("/v2/observations", filter=exact) == ["root"]
    has_output = asking(type="boolean", column="hasOutput", operator="=", value=True)
    assert await api.ids("/v2/observations", filter=has_output) == ["app"]
    none_here = asking(type="null", column="parentObservationId", operator="is null", value="")
    assert await api.ids("/v2/observations", filter=none_here) == ["root"]
