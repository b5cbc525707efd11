import re

import pytest
from fastapi import APIRouter

from panope import __version__
from panope.assembly import AppOptions
from panope.http.app import AppParts, create_app
from panope.http.auth import ANYONE, Gate
from panope.http.limits import Admission
from panope.kit.ids import new_id
from panope.kit.metrics import ServerMetrics
from tests.api.conftest import AUTH, LIMITS, Stage, staged


async def test_a_key_pair_finds_its_project_with_organisation_and_metadata(stage: Stage) -> None:
    response = await stage.client.get("/api/public/projects", headers=AUTH)
    assert response.status_code == 200
    assert response.json() == {
        "data": [
            {
                "id": "project",
                "name": "The project",
                "organization": {"id": "org", "name": "Organisation"},
                "metadata": {},
            }
        ]
    }


async def test_health_tells_version_and_database_and_fails_only_when_asked(stage: Stage) -> None:
    up = await stage.client.get("/api/public/health")
    assert (up.status_code, up.json()) == (200, {"status": "OK", "version": __version__, "database": "OK"})
    stage.telemetry.store_is_up = False
    quiet = await stage.client.get("/api/public/health")
    assert (quiet.status_code, quiet.json()["database"]) == (200, "unavailable")
    assert (await stage.client.head("/api/public/health")).status_code == 200
    loud = await stage.client.get("/api/public/health?failIfDatabaseUnavailable=true")
    assert (loud.status_code, loud.json()["status"]) == (503, "Database not available")


async def test_readiness_ends_when_the_process_is_told_to_stop(stage: Stage) -> None:
    ready = await stage.client.get("/api/public/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "OK", "version": __version__})
    stage.app.state.lifecycle.is_draining = True
    draining = await stage.client.get("/api/public/ready")
    assert draining.status_code == 500
    assert (await stage.client.get("/api/public/health")).status_code == 200


async def test_the_start_page_says_where_to_send_and_holds_no_secret_and_loads_nothing(stage: Stage) -> None:
    response = await stage.client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    page = response.text
    assert "http://panope.test/api/public/otel" in page
    assert "langfuse==2.60.10" in page
    assert "sk-lf-one" not in page
    assert '<html lang="en">' in page
    assert "<h1>" in page
    assert "prefers-color-scheme" in page
    assert not re.search(r"<script|<img|<link|src=|@import|url\(", page)
    assert set(re.findall(r'href="([^"]+)"', page)) == {"/api/public/health", "/api/openapi.json", "/metrics"}


async def test_the_start_page_knows_the_address_behind_a_proxy(stage: Stage) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/llm", "Host": "obs.test"}
    page = (await stage.client.get("/llm/", headers=headers)).text
    assert "https://obs.test/llm/api/public/otel" in page
    assert 'href="/llm/metrics"' in page
    hostile = await stage.client.get("/", headers={"Host": '"><script>alert(1)</script>'})
    assert "<script" not in hostile.text


async def test_a_configured_address_beats_what_the_request_says() -> None:
    async with staged(AppOptions(limits=LIMITS, public_url="https://panope.example/x/")) as stage:
        assert "https://panope.example/x/api/public/otel" in (await stage.client.get("/")).text


async def test_the_whole_api_works_under_a_configured_prefix() -> None:
    async with staged(AppOptions(limits=LIMITS, root_path="/llm")) as stage:
        for prefix in ("/llm", ""):
            assert (await stage.client.get(f"{prefix}/api/public/health")).status_code == 200
            assert (await stage.client.get(f"{prefix}/api/public/projects", headers=AUTH)).status_code == 200
            batch: dict[str, list[object]] = {"batch": []}
            sent = await stage.client.post(f"{prefix}/api/public/ingestion", json=batch, headers=AUTH)
            assert sent.status_code == 207
            assert (await stage.client.get(f"{prefix}/")).status_code == 200
        described = (await stage.client.get("/llm/api/openapi.json")).json()
        assert described["servers"] == [{"url": "/llm"}]


async def test_the_description_covers_every_route_with_its_security(stage: Stage) -> None:
    document = (await stage.client.get("/api/openapi.json")).json()
    table = stage.app.state.route_table
    entries = [entry for entry in table if entry.path != "/api/openapi.json" and entry.method != "HEAD"]
    assert len(entries) > 25
    for entry in entries:
        path = re.sub(r"{(\w+)(:\w+)?}", r"{\1}", entry.path)
        operation = document["paths"][path][entry.method.lower()]
        assert bool(operation["security"]) == (entry.access is not None), entry
        assert operation["summary"], entry
    operation_ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(operation_ids) == len(set(operation_ids))


async def test_metrics_show_process_and_version(stage: Stage) -> None:
    response = await stage.client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert f'panope_info{{version="{__version__}"}} 1.0' in response.text
    assert "process_resident_memory_bytes" in response.text
    assert "panope_in_flight_bytes 0.0" in response.text


async def test_two_apps_in_one_process_count_apart(stage: Stage) -> None:
    async with staged(AppOptions(limits=LIMITS)) as other:
        await other.client.get("/api/public/health")
        line = 'route="/api/public/health",status="200"'
        assert line in (await other.client.get("/metrics")).text
        assert line not in (await stage.client.get("/metrics")).text


async def test_a_preflight_is_answered_on_hot_and_catalog_routes(stage: Stage) -> None:
    for path in ("/api/public/scores", "/api/public/ingestion", "/api/public/projects"):
        response = await stage.client.options(
            path, headers={"Origin": "https://app.test", "Access-Control-Request-Method": "POST"}
        )
        assert response.status_code == 204, path
        assert response.headers["access-control-allow-origin"] == "https://app.test"


def parts_with(router: APIRouter) -> AppParts:
    return AppParts(
        version="0",
        gate=Gate(None),  # type: ignore[arg-type]
        admission=Admission(LIMITS),
        fast_routes=[],
        routers=[router],
        metrics=ServerMetrics("0"),
        new_id=new_id,
    )


def test_a_route_that_does_not_say_whom_it_lets_in_stops_the_start() -> None:
    router = APIRouter(prefix="/api/public")

    @router.get("/leak")
    async def leak() -> str:
        return "everything"

    with pytest.raises(ValueError, match="/api/public/leak does not declare who may call it"):
        create_app(parts_with(router))


def test_a_route_in_both_lanes_stops_the_start() -> None:
    router = APIRouter(dependencies=[ANYONE])

    @router.get("/api/openapi.json")
    async def twice() -> str:
        return "twice"

    with pytest.raises(ValueError, match="both lanes"):
        create_app(parts_with(router))
