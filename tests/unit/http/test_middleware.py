import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import httpx2
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from panope.http.middleware import Cors, Observation, PathPrefix
from panope.kit.metrics import ServerMetrics

Endpoint = Callable[[Request], Awaitable[Response]]


async def echo(request: Request) -> Response:
    return JSONResponse(
        {
            "path": request.scope["path"],
            "root_path": request.scope.get("root_path", ""),
            "raw_path": request.scope["raw_path"].decode(),
            "trace_id": request.path_params.get("trace_id"),
        }
    )


async def fail(_request: Request) -> Response:
    raise ValueError("the payload of somebody")


async def fail_late(_request: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError("the payload of somebody")

    return StreamingResponse(body())


@pytest.fixture
def metrics() -> ServerMetrics:
    return ServerMetrics("0")


@asynccontextmanager
async def client_of(metrics: ServerMetrics, root_path: str = "") -> AsyncIterator[httpx2.AsyncClient]:
    ids = count(1)
    app = Starlette(
        routes=[
            Route("/api/public/traces/{trace_id}", echo),
            Route("/api/public/fail", fail),
            Route("/api/public/fail-late", fail_late),
            Route("/page", echo),
            Route("/", echo),
        ],
        middleware=[
            Middleware(PathPrefix, root_path=root_path),
            Middleware(Cors),
            Middleware(Observation, metrics=metrics, new_id=lambda: f"id-{next(ids)}"),
        ],
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://panope.test") as client:
        yield client


def only(entries: list[Any], event: str) -> dict[str, Any]:
    (entry,) = [entry for entry in entries if entry["event"] == event]
    return dict(entry)


async def test_a_request_id_that_was_sent_comes_back_and_a_hostile_one_is_replaced(metrics: ServerMetrics) -> None:
    async with client_of(metrics) as client:
        kept = await client.get("/page", headers={"x-request-id": "abc-123"})
        made = await client.get("/page", headers={"x-request-id": 'x" onload="y'})
    assert kept.headers["x-request-id"] == "abc-123"
    assert made.headers["x-request-id"] == "id-1"


async def test_the_log_line_has_the_template_and_neither_path_nor_query(metrics: ServerMetrics) -> None:
    async with client_of(metrics) as client:
        with capture_logs() as entries:
            await client.get("/api/public/traces/private-id?secret=1")
    line = only(entries, "request")
    assert line["route"] == "/api/public/traces/{trace_id}"
    assert line["status"] == 200
    assert line["method"] == "GET"
    assert line["bytes_out"] > 0
    assert "private-id" not in json.dumps(line)
    assert "secret" not in json.dumps(line)


async def test_the_unforeseen_becomes_a_500_that_says_nothing_and_a_log_that_says_where(metrics: ServerMetrics) -> None:
    async with client_of(metrics) as client:
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as entries:
            response = await client.get("/api/public/fail", headers={"Origin": "https://app.test"})
    assert response.status_code == 500
    assert response.json() == {"message": "Internal Server Error", "error": "InternalServerError"}
    assert response.headers["access-control-allow-origin"] == "https://app.test"
    failure = only(entries, "request failed unexpectedly")
    assert failure["request_id"] == "id-1"
    assert isinstance(failure["exc_info"], ValueError)
    assert only(entries, "request")["status"] == 500


async def test_a_failure_after_the_first_bytes_breaks_the_answer_off(metrics: ServerMetrics) -> None:
    async with client_of(metrics) as client:
        with capture_logs() as entries, pytest.raises(ConnectionAbortedError):
            await client.get("/api/public/fail-late")
    assert only(entries, "request")["status"] == 500
    assert only(entries, "request failed unexpectedly")


async def test_requests_are_counted_by_template_and_status(metrics: ServerMetrics) -> None:
    async with client_of(metrics) as client:
        await client.get("/api/public/traces/a")
        await client.get("/api/public/traces/b")
        await client.get("/nowhere/at/all")
    text = metrics.render().decode()
    assert 'panope_http_requests_total{method="GET",route="/api/public/traces/{trace_id}",status="200"} 2.0' in text
    assert 'route="unmatched",status="404"} 1.0' in text
    assert "nowhere" not in text


@pytest.mark.parametrize("path", ["/panope/api/public/traces/t%2F1", "/api/public/traces/t%2F1"])
async def test_a_prefix_works_whether_the_proxy_strips_it_or_not(metrics: ServerMetrics, path: str) -> None:
    async with client_of(metrics, "/panope") as client:
        response = await client.get(path.replace("%2F", "-"))
    assert response.json() == {
        "path": "/panope/api/public/traces/t-1",
        "root_path": "/panope",
        "raw_path": "/panope/api/public/traces/t-1",
        "trace_id": "t-1",
    }


@pytest.mark.parametrize("path", ["/panope", "/panope/", "/"])
async def test_the_prefix_alone_is_the_root(metrics: ServerMetrics, path: str) -> None:
    async with client_of(metrics, "/panope") as client:
        response = await client.get(path)
    assert (response.status_code, response.json()["path"]) == (200, "/panope/")


async def test_a_forwarded_prefix_beats_the_configured_one_and_a_hostile_one_is_ignored(metrics: ServerMetrics) -> None:
    async with client_of(metrics, "/panope") as client:
        forwarded = await client.get("/page", headers={"X-Forwarded-Prefix": "/team/llm/"})
        hostile = await client.get("/page", headers={"X-Forwarded-Prefix": "//evil.test/<script>"})
    assert forwarded.json()["root_path"] == "/team/llm"
    assert hostile.json()["root_path"] == "/panope"


async def test_a_browser_of_any_origin_may_call_the_public_api_without_cookies(metrics: ServerMetrics) -> None:
    async with client_of(metrics, "/panope") as client:
        preflight = await client.options(
            "/panope/api/public/traces/a",
            headers={
                "Origin": "https://app.test",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,x-langfuse-sdk-name",
            },
        )
        answer = await client.get("/api/public/traces/a", headers={"Origin": "https://app.test"})
        page = await client.get("/page", headers={"Origin": "https://app.test"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://app.test"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "authorization,x-langfuse-sdk-name"
    assert answer.headers["access-control-allow-origin"] == "https://app.test"
    assert "Origin" in answer.headers["vary"]
    for response in (preflight, answer):
        assert "access-control-allow-credentials" not in response.headers
    assert "access-control-allow-origin" not in page.headers
