"""The read API in process, over the memory engine: what clients ask and what they are shown."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.accounts import Access, Principal
from panope.domain.errors import UnauthenticatedError
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId
from panope.features.scores.deletion import ScoreDeletion
from panope.features.scores.reading import ScoreReading
from panope.features.tracing.deletion import TraceDeletion
from panope.features.tracing.reading import TraceReading
from panope.http.app import AppParts, create_app
from panope.http.auth import Gate
from panope.http.fast.reads.routes import read_routes
from panope.http.fast.reads.services import ReadServices
from panope.kit.metrics import ServerMetrics
from tests.support.batches import NOW_US, batch
from tests.support.told import minute, observation, score, trace

PROJECT = ProjectId("project-1")
OTHER = ProjectId("project-2")
SECOND_US = 1_000_000


class Keys:
    """Knows three callers by name."""

    async def authenticate(self, header: str | None) -> Principal:
        callers = {
            "reader": (PROJECT, Access.PROJECT),
            "stranger": (OTHER, Access.PROJECT),
            "browser": (PROJECT, Access.SCORES),
        }
        if header not in callers:
            raise UnauthenticatedError("No authorization header")
        project_id, access = callers[header]
        return Principal(
            project_id=project_id,
            organization_id=OrganizationId("org"),
            key_id=ApiKeyId(header),
            public_key=f"pk-{header}",
            access=access,
        )


class Api:
    """A client of the read API and a hand in the store behind it."""

    def __init__(self, store: MemoryTelemetry, client: httpx2.AsyncClient) -> None:
        self.store = store
        self.client = client

    async def tell(self, *events: TelemetryEvent, project_id: ProjectId = PROJECT, now_us: int = NOW_US) -> None:
        await self.store.apply(batch(project_id, events, now_us=now_us))

    async def get(self, path: str, caller: str = "reader", **params: Any) -> Any:
        response = await self.client.get(f"/api/public{path}", params=params, headers={"authorization": caller})
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        return response.json()

    async def ids(self, path: str, **params: Any) -> list[str]:
        return [row["id"] for row in (await self.get(path, **params))["data"]]

    async def refusal(self, path: str, method: str = "GET", **params: Any) -> tuple[int, Any]:
        response = await self.client.request(
            method, f"/api/public{path}", params=params, headers={"authorization": "reader"}
        )
        return response.status_code, response.json()

    async def delete(self, path: str, body: Any = None) -> httpx2.Response:
        content = None if body is None else json.dumps(body)
        return await self.client.request(
            "DELETE", f"/api/public{path}", content=content, headers={"authorization": "reader"}
        )


def _routes(store: MemoryTelemetry) -> Any:
    services = ReadServices(
        tracing=TraceReading(store),
        trace_deletion=TraceDeletion(store, lambda: NOW_US),
        scores=ScoreReading(store),
        score_deletion=ScoreDeletion(store, lambda: NOW_US),
    )
    return read_routes(services)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    store = MemoryTelemetry()
    app = create_app(
        AppParts(
            version="0",
            gate=Gate(Keys()),
            fast_routes=_routes(store),
            routers=[],
            metrics=ServerMetrics("0"),
            new_id=lambda: "request",
        )
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://panope.test") as client:
        yield Api(store, client)


def _filter(**condition: Any) -> str:
    return json.dumps([condition])


ROUTES = {
    ("GET", "/api/public/traces"),
    ("DELETE", "/api/public/traces"),
    ("GET", "/api/public/traces/{trace_id:path}"),
    ("DELETE", "/api/public/traces/{trace_id:path}"),
    ("GET", "/api/public/observations"),
    ("GET", "/api/public/observations/{observation_id:path}"),
    ("GET", "/api/public/v2/observations"),
    ("GET", "/api/public/sessions"),
    ("GET", "/api/public/sessions/{session_id:path}"),
    ("GET", "/api/public/scores"),
    ("GET", "/api/public/scores/{score_id:path}"),
    ("DELETE", "/api/public/scores/{score_id:path}"),
    ("GET", "/api/public/v2/scores"),
    ("GET", "/api/public/v2/scores/{score_id:path}"),
    ("GET", "/api/public/v3/scores"),
}


def test_the_table_holds_every_route_and_each_asks_for_a_key_pair() -> None:
    routes = _routes(MemoryTelemetry())
    assert {(route.method, route.path) for route in routes} == ROUTES
    assert len(routes) == len(ROUTES)
    assert {route.access for route in routes} == {Access.PROJECT}


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
async def test_every_route_refuses_a_caller_without_a_key_pair(api: Api, method: str, path: str) -> None:
    path = path.split("{", maxsplit=1)[0]
    path = path + "x" if path.endswith("/") else path
    for headers, status in (({}, 401), ({"authorization": "browser"}, 403)):
        response = await api.client.request(method, path, headers=headers)
        assert response.status_code == status
        assert list(response.json()) == ["message"]


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
    on_name = _filter(type="string", column="name", operator="=", value="m")
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
    assert await api.ids("/traces", filter=_filter(type="number", column="latency", operator=">=", value=3)) == ["slow"]
    over = _filter(type="number", column="totalCost", operator=">=", value=0.0025)
    assert await api.ids("/traces", filter=over) == ["slow"]
    assert await api.ids("/observations", filter=over) == ["o-slow"]
    tokens_filter = _filter(type="number", column="tokens", operator="=", value=1000)
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


@pytest.mark.parametrize(
    ("path", "params", "part"),
    [
        ("/traces", {"limit": 101}, "limit"),
        ("/traces", {"page": 0}, "page"),
        ("/traces", {"limit": "ten"}, "limit"),
        ("/traces", {"fromTimestamp": "2026-01-01T00:00:00"}, "fromTimestamp"),
        ("/observations", {"type": "SPANISH"}, "type"),
        ("/observations", {"level": "LOUD"}, "level"),
        ("/v2/observations", {"limit": 1001}, "limit"),
        ("/sessions", {"limit": 0}, "limit"),
        ("/scores", {"operator": "~", "value": 1}, "operator"),
        ("/v2/scores", {"operator": "=", "value": "high"}, "value"),
        ("/v2/scores", {"dataType": "NUMBER"}, "dataType"),
        ("/v3/scores", {"userId": "u"}, "userId"),
        ("/v3/scores", {"limit": 101}, "limit"),
    ],
)
async def test_a_wrong_parameter_is_refused_by_its_name(api: Api, path: str, params: dict[str, Any], part: str) -> None:
    status, body = await api.refusal(path, **params)
    assert (status, body["message"]) == (400, "Invalid request data")
    assert [issue["path"] for issue in body["error"]] == [[part]]
    assert body["error"][0]["message"]


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("/traces", {"orderBy": "colour.asc"}, "Invalid order by column: colour"),
        ("/traces", {"filter": "[{"}, "Invalid JSON in filter parameter"),
        ("/traces", {"filter": _filter(type="string", column="x", operator="=", value="")}, "Column x does not match"),
        (
            "/traces",
            {"filter": _filter(type="number", column="name", operator="=", value=1)},
            "Invalid filter type number for column name",
        ),
        ("/v2/observations", {"cursor": "???"}, "Invalid cursor format"),
        ("/v3/scores", {"cursor": "bm90IGEgY3Vyc29y"}, "Invalid cursor format"),
        ("/v2/observations", {"parseIoAsJson": "true"}, "parseIoAsJson=true is not supported"),
        (
            "/v2/observations",
            {"filter": _filter(type="string", column="input", operator="contains", value="x")},
            "A filter on input or output needs",
        ),
        ("/v2/scores", {"fields": "trace"}, "fields must include score"),
        ("/v2/scores", {"fields": "score", "userId": "u"}, "userId and traceTags"),
        ("/v3/scores", {"value": "1"}, "value needs dataType"),
        ("/v3/scores", {"valueMin": "1", "dataType": "TEXT"}, "valueMin and valueMax need"),
        ("/v3/scores", {"observationId": "o"}, "observationId needs traceId"),
        ("/v3/scores", {"traceId": "t", "sessionId": "s"}, "send at most one of"),
        ("/traces", {"name": "a\x00b"}, "Invalid query"),
    ],
)
async def test_a_request_that_makes_no_sense_is_told_why(
    api: Api, path: str, params: dict[str, Any], message: str
) -> None:
    status, body = await api.refusal(path, **params)
    assert (status, body["error"]) == (400, "InvalidRequestError")
    assert body["message"].startswith(message)


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
    exact = _filter(type="string", column="input", operator="matches", value="big hello")
    assert await api.ids("/v2/observations", filter=exact) == ["root"]
    has_output = _filter(type="boolean", column="hasOutput", operator="=", value=True)
    assert await api.ids("/v2/observations", filter=has_output) == ["app"]
    none_here = _filter(type="null", column="parentObservationId", operator="is null", value="")
    assert await api.ids("/v2/observations", filter=none_here) == ["root"]


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


async def _tell_scores(api: Api) -> None:
    await api.tell(
        trace("t", user_id="u", tags=["x", "y"], session_id="s0", environment="staging"),
        score("num", 1, trace_id="t", name="rating", number=0.5, comment="c"),
        score("cat", 2, trace_id="t", observation_id="o", name="mood", text="good"),
        score("bool", 3, trace_id="t", name="ok", number=0.0, data_type="BOOLEAN", config_id="cfg"),
        score("text", 4, trace_id="t", name="note", text="long", data_type="TEXT"),
        score("fix", 5, trace_id="t", name="output", text="better", data_type="CORRECTION"),
        score("sess", 6, session_id="s", name="rating", number=2.0, source="EVAL"),
        score("run", 7, dataset_run_id="r", name="rating", number=3.0, author_user_id="me", queue_id="q"),
    )


async def test_v1_scores_are_those_of_traces_without_corrections(api: Api) -> None:
    await _tell_scores(api)
    shown = await api.get("/scores")
    assert [row["id"] for row in shown["data"]] == ["text", "bool", "cat", "num"]
    assert shown["meta"]["totalItems"] == 4
    by_id = {row["id"]: row for row in shown["data"]}
    assert "value" not in by_id["text"]
    assert by_id["text"]["stringValue"] == "long"
    assert (by_id["bool"]["value"], by_id["bool"]["stringValue"]) == (0, "False")
    assert (by_id["cat"]["value"], by_id["cat"]["stringValue"], by_id["cat"]["observationId"]) == (0, "good", "o")
    assert (by_id["num"]["value"], by_id["num"]["dataType"], by_id["num"]["source"]) == (0.5, "NUMERIC", "API")
    assert by_id["num"]["trace"] == {"userId": "u", "tags": ["x", "y"], "environment": "staging"}
    assert by_id["num"]["metadata"] == {}
    assert (await api.get("/scores/num"))["value"] == 0.5
    for hidden in ("fix", "sess"):
        assert (await api.refusal(f"/scores/{hidden}"))[0] == 404
    correction = _filter(type="string", column="dataType", operator="=", value="CORRECTION")
    assert await api.ids("/scores", filter=correction) == []


async def test_v2_scores_show_every_kind(api: Api) -> None:
    await _tell_scores(api)
    by_id = {row["id"]: row for row in (await api.get("/v2/scores"))["data"]}
    assert list(by_id) == ["run", "sess", "fix", "text", "bool", "cat", "num"]
    assert (by_id["fix"]["value"], by_id["fix"]["stringValue"]) == (0, "better")
    assert (by_id["sess"]["sessionId"], by_id["sess"]["traceId"], by_id["sess"]["trace"]) == ("s", None, None)
    assert by_id["num"]["trace"]["sessionId"] == "s0"
    assert "trace" not in (await api.get("/v2/scores", fields="score"))["data"][0]
    assert (await api.get("/v2/scores/run"))["datasetRunId"] == "r"


async def test_v2_scores_are_filtered(api: Api) -> None:
    await _tell_scores(api)
    for params, ids in (
        ({"name": "rating"}, ["run", "sess", "num"]),
        ({"userId": "u", "dataType": "NUMERIC"}, ["num"]),
        ({"source": "EVAL"}, ["sess"]),
        ({"scoreIds": "num,cat"}, ["cat", "num"]),
        ({"configId": "cfg"}, ["bool"]),
        ({"queueId": "q"}, ["run"]),
        ({"sessionId": "s"}, ["sess"]),
        ({"datasetRunId": "r"}, ["run"]),
        ({"traceId": "t", "observationId": "o,p"}, ["cat"]),
        ({"traceTags": "x,y", "name": "mood"}, ["cat"]),
        ({"operator": ">=", "value": 2}, ["run", "sess"]),
        ({"operator": "!=", "value": 2, "name": "rating"}, ["run", "num"]),
        ({"value": 2, "name": "rating"}, ["run", "sess", "num"]),
        ({"fromTimestamp": "2025-10-09T08:59:20Z"}, ["run", "sess"]),
    ):
        assert await api.ids("/v2/scores", **params) == ids, params


async def test_v3_scores_have_one_value_of_their_type_and_a_subject(api: Api) -> None:
    await _tell_scores(api)
    shown = await api.get("/v3/scores", fields="core,details,subject,annotation", limit=100)
    assert shown["meta"] == {"limit": 100}
    by_id = {row["id"]: row for row in shown["data"]}
    values = {"run": 3, "sess": 2, "fix": "better", "text": "long", "bool": False, "cat": "good", "num": 0.5}
    assert {row_id: row["value"] for row_id, row in by_id.items()} == values
    assert by_id["bool"]["value"] is False
    assert {row_id: row["subject"] for row_id, row in by_id.items() if row_id in {"run", "sess", "cat", "num"}} == {
        "run": {"kind": "experiment", "id": "r"},
        "sess": {"kind": "session", "id": "s"},
        "cat": {"kind": "observation", "id": "o", "traceId": "t"},
        "num": {"kind": "trace", "id": "t"},
    }
    assert (by_id["run"]["authorUserId"], by_id["run"]["queueId"], by_id["num"]["comment"]) == ("me", "q", "c")
    core = {"id", "projectId", "name", "value", "dataType", "source", "timestamp", "environment"}
    assert set((await api.get("/v3/scores"))["data"][0]) == core | {"createdAt", "updatedAt"}


async def test_v3_scores_are_filtered_and_follow_the_cursor(api: Api) -> None:
    await _tell_scores(api)
    for params, ids in (
        ({"name": "rating,mood"}, ["run", "sess", "cat", "num"]),
        ({"dataType": "numeric"}, ["run", "sess", "num"]),
        ({"dataType": "NUMERIC", "value": "3,0.5"}, ["run", "num"]),
        ({"dataType": "BOOLEAN", "value": "false"}, ["bool"]),
        ({"dataType": "CATEGORICAL", "value": "good,bad"}, ["cat"]),
        ({"dataType": "NUMERIC", "valueMin": 1, "valueMax": 2}, ["sess"]),
        ({"traceId": "t", "observationId": "o"}, ["cat"]),
        ({"experimentId": "r"}, ["run"]),
        ({"authorUserId": "me"}, ["run"]),
        ({"source": "eval"}, ["sess"]),
    ):
        assert await api.ids("/v3/scores", **params) == ids, params
    seen: list[str] = []
    cursor: dict[str, Any] = {"limit": 3}
    while "limit" in cursor:
        shown = await api.get("/v3/scores", **cursor)
        seen += [row["id"] for row in shown["data"]]
        cursor = shown["meta"] if "cursor" in shown["meta"] else {}
    assert seen == ["run", "sess", "fix", "text", "bool", "cat", "num"]


async def test_deleted_traces_are_gone_with_all_that_belongs_to_them(api: Api) -> None:
    for trace_id in ("a", "b/c", "d"):
        await api.tell(trace(trace_id), observation(f"o-{trace_id}", trace_id=trace_id))
    response = await api.delete("/traces/b%252Fc")
    assert (response.status_code, response.json()) == (200, {"message": "Trace deleted successfully"})
    assert await api.ids("/traces", orderBy="id.asc") == ["a", "d"]
    assert (await api.delete("/traces/nothing")).status_code == 200
    response = await api.delete("/traces", {"traceIds": ["a", "a", "nothing"]})
    assert (response.status_code, response.json()) == (200, {"message": "Traces deleted successfully"})
    assert await api.ids("/observations") == ["o-d"]


@pytest.mark.parametrize(
    "body",
    [None, {}, {"traceIds": []}, {"traceIds": ["x"] * 1001}, {"traceIds": [1]}, {"traceIds": ["x"], "more": 1}, ["x"]],
)
async def test_a_deletion_that_is_not_clear_deletes_nothing(api: Api, body: Any) -> None:
    await api.tell(trace("x"))
    response = await api.delete("/traces", body)
    assert response.status_code == 400
    assert response.json()["error"][0]["path"] == ["traceIds"]
    assert await api.ids("/traces") == ["x"]


async def test_deleted_scores_are_gone_and_unknown_ones_are_no_error(api: Api) -> None:
    await _tell_scores(api)
    for score_id in ("sess", "num", "unknown"):
        response = await api.delete(f"/scores/{score_id}")
        assert (response.status_code, response.json()) == (202, {"message": "Score deletion queued successfully"})
    assert await api.ids("/v2/scores") == ["run", "fix", "text", "bool", "cat"]


async def test_a_wrong_method_is_told_the_right_ones(api: Api) -> None:
    response = await api.client.put("/api/public/traces/x", headers={"authorization": "reader"})
    assert response.status_code == 405
    assert response.headers["allow"] == "DELETE, GET, HEAD"
