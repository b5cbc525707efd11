"""Reading: which requests are refused, and how they are told."""

from typing import Any

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.accounts import Access
from tests.support.read_api import Api, asking, routes
from tests.support.told import observation, trace

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
    ("GET", "/api/public/metrics"),
    ("GET", "/api/public/v2/metrics"),
    ("GET", "/api/public/metrics/daily"),
}


def test_the_table_holds_every_route_and_each_asks_for_a_key_pair() -> None:
    table = routes(MemoryTelemetry())
    assert {(route.method, route.path) for route in table} == ROUTES
    assert len(table) == len(ROUTES)
    assert {route.access for route in table} == {Access.PROJECT}


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
async def test_every_route_refuses_a_caller_without_a_key_pair(api: Api, method: str, path: str) -> None:
    path = path.split("{", maxsplit=1)[0]
    path = path + "x" if path.endswith("/") else path
    for headers, status in (({}, 401), ({"authorization": "browser"}, 403)):
        response = await api.client.request(method, path, headers=headers)
        assert response.status_code == status
        assert list(response.json()) == ["message"]


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
        (
            "/traces",
            {"filter": asking(type="string", column="x", operator="=", value="")},
            "Column x does not match",
        ),
        (
            "/traces",
            {"filter": asking(type="number", column="name", operator="=", value=1)},
            "Invalid filter type number for column name",
        ),
        ("/v2/observations", {"cursor": "???"}, "Invalid cursor format"),
        ("/v3/scores", {"cursor": "bm90IGEgY3Vyc29y"}, "Invalid cursor format"),
        ("/v2/observations", {"parseIoAsJson": "true"}, "parseIoAsJson=true is not supported"),
        (
            "/v2/observations",
            {"filter": asking(type="string", column="input", operator="contains", value="x")},
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


async def test_a_wrong_method_is_told_the_right_ones(api: Api) -> None:
    response = await api.client.put("/api/public/traces/x", headers={"authorization": "reader"})
    assert response.status_code == 405
    assert response.headers["allow"] == "DELETE, GET, HEAD"


async def test_answers_of_many_rows_are_encoded_beside_the_loop_and_whole(api: Api) -> None:
    traces = [trace(f"t{number:03}", number, session_id="long") for number in range(250)]
    await api.tell(*traces, *[observation(f"o{number:03}", number, trace_id="t000") for number in range(250)])
    session = await api.get("/sessions/long")
    assert [shown["id"] for shown in session["traces"]] == [f"t{number:03}" for number in range(250)]
    detail = await api.get("/traces/t000")
    assert len({shown["id"] for shown in detail["observations"]}) == 250
