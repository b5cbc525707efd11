"""Every route against every kind of caller; whoever adds a route is in this walk without doing anything."""

import re

import httpx2
import pytest

from panope.domain.accounts import Access
from panope.http.app import RouteEntry
from tests.api.conftest import AUTH, BROWSER_AUTH, OTHER_AUTH, OTHER_PAIR, PAIR, Stage, basic

KNOWN = [
    RouteEntry("/api/public/ingestion", "POST", Access.SCORES),
    RouteEntry("/api/public/otel/v1/traces", "POST", Access.PROJECT),
    RouteEntry("/api/public/scores", "POST", Access.SCORES),
    RouteEntry("/api/public/traces", "POST", Access.PROJECT),
    RouteEntry("/api/public/generations", "PATCH", Access.PROJECT),
    RouteEntry("/api/public/traces", "GET", Access.PROJECT),
    RouteEntry("/api/public/traces/{trace_id:path}", "GET", Access.PROJECT),
    RouteEntry("/api/public/traces/{trace_id:path}", "DELETE", Access.PROJECT),
    RouteEntry("/api/public/observations", "GET", Access.PROJECT),
    RouteEntry("/api/public/v2/observations", "GET", Access.PROJECT),
    RouteEntry("/api/public/v3/scores", "GET", Access.PROJECT),
    RouteEntry("/api/public/sessions", "GET", Access.PROJECT),
    RouteEntry("/api/public/metrics", "GET", Access.PROJECT),
    RouteEntry("/api/public/metrics/daily", "GET", Access.PROJECT),
    RouteEntry("/api/public/v2/metrics", "GET", Access.PROJECT),
    RouteEntry("/api/public/projects", "GET", Access.PROJECT),
    RouteEntry("/api/public/models", "GET", Access.PROJECT),
    RouteEntry("/api/public/health", "GET", None),
    RouteEntry("/api/public/ready", "GET", None),
    RouteEntry("/metrics", "GET", None),
    RouteEntry("/", "GET", None),
    RouteEntry("/api/openapi.json", "GET", None),
]
OPEN = {"/", "/metrics", "/api/openapi.json", "/api/public/health", "/api/public/ready"}

NOBODY = {
    "no key": {},
    "an unknown scheme": {"Authorization": "Digest abc"},
    "what is not base64": {"Authorization": "Basic ???"},
    "a wrong key": basic("pk-lf-none", "sk-lf-none"),
    "a wrong secret": basic(PAIR.public_key, "sk-lf-wrong"),
    "another key's secret": basic(PAIR.public_key, OTHER_PAIR.secret_key),
    "a secret as a public key": {"Authorization": f"Bearer {PAIR.secret_key}"},
    "half a pair": basic(PAIR.public_key, ""),
}


def table(stage: Stage) -> list[RouteEntry]:
    entries: list[RouteEntry] = stage.app.state.route_table
    return entries


async def call(stage: Stage, entry: RouteEntry, headers: dict[str, str]) -> httpx2.Response:
    path = re.sub(r"{\w+(:\w+)?}", "some-id", entry.path)
    return await stage.client.request(entry.method, path, headers=headers)


async def test_the_walk_covers_the_known_routes_of_both_lanes(stage: Stage) -> None:
    entries = table(stage)
    assert [known for known in KNOWN if known not in entries] == []
    assert len(entries) == len({(entry.path, entry.method) for entry in entries})


async def test_only_these_routes_are_open(stage: Stage) -> None:
    assert {entry.path for entry in table(stage) if entry.access is None} == OPEN


async def test_open_routes_ask_nobody(stage: Stage) -> None:
    for entry in table(stage):
        if entry.access is None:
            response = await call(stage, entry, {})
            assert response.status_code == 200, entry


@pytest.mark.parametrize("caller", NOBODY)
async def test_nobody_gets_in_without_valid_credentials(stage: Stage, caller: str) -> None:
    for entry in table(stage):
        if entry.access is None:
            continue
        response = await call(stage, entry, NOBODY[caller])
        assert response.status_code == 401, entry
        assert list(response.json()) == ["message"], entry
        assert response.json()["message"], entry


async def test_a_public_key_alone_reaches_only_what_takes_scores(stage: Stage) -> None:
    refused = {"message": "Access denied - insufficient permissions for this endpoint"}
    for entry in table(stage):
        response = await call(stage, entry, BROWSER_AUTH)
        if entry.access is Access.PROJECT:
            assert (response.status_code, response.json()) == (403, refused), entry
        else:
            assert response.status_code not in {401, 403}, entry


async def test_a_key_pair_gets_in_everywhere(stage: Stage) -> None:
    for entry in table(stage):
        response = await call(stage, entry, AUTH)
        assert response.status_code not in {401, 403, 405, 500}, (entry, response.text)


async def test_another_projects_key_sees_nothing_of_this_one(stage: Stage) -> None:
    for body in (
        {"id": "t", "type": "trace-create", "body": {"id": "some-id", "name": "private", "sessionId": "some-id"}},
        {"id": "o", "type": "span-create", "body": {"id": "some-id", "traceId": "some-id", "name": "private"}},
        {
            "id": "s",
            "type": "score-create",
            "body": {"id": "some-id", "traceId": "some-id", "name": "private", "value": 1},
        },
    ):
        batch = {"batch": [{**body, "timestamp": "2027-01-15T07:59:00.000Z"}]}
        stored = await stage.client.post("/api/public/ingestion", json=batch, headers=AUTH)
        assert stored.json()["errors"] == []
    own_texts = []
    for entry in table(stage):
        if entry.method != "GET" or entry.access is None:
            continue
        own_texts.append((await call(stage, entry, AUTH)).text)
        foreign = await call(stage, entry, OTHER_AUTH)
        assert "private" not in foreign.text, entry
        assert "some-id" not in foreign.text.replace("Trace some-id not found", ""), entry
    assert sum("private" in text for text in own_texts) >= 6


async def test_another_projects_key_deletes_nothing_of_this_one(stage: Stage) -> None:
    body = {"id": "some-id", "name": "kept"}
    await stage.client.post("/api/public/traces", json=body, headers=AUTH)
    for entry in table(stage):
        if entry.method == "DELETE":
            await call(stage, entry, OTHER_AUTH)
    kept = await stage.client.get("/api/public/traces/some-id", headers=AUTH)
    assert (kept.status_code, kept.json()["name"]) == (200, "kept")


async def test_a_revoked_key_fails_at_once(stage: Stage) -> None:
    assert (await stage.client.get("/api/public/projects", headers=AUTH)).status_code == 200
    (key,) = [key for key in await stage.catalog.keys.list() if key.public_key == PAIR.public_key]
    await stage.catalog.keys.revoke(key.id)
    assert (await stage.client.get("/api/public/projects", headers=AUTH)).status_code == 401
    assert (await stage.client.get("/api/public/projects", headers=OTHER_AUTH)).status_code == 200
