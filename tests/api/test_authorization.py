"""Every route against every kind of caller; whoever adds a route is in this walk without doing anything."""

import re

import httpx2
import pytest

from panope.domain.accounts import Access
from panope.http.app import RouteEntry
from tests.api.conftest import (
    AUTH,
    BROWSER_AUTH,
    ORGANIZATION_AUTH,
    ORGANIZATION_PAIR,
    OTHER_AUTH,
    OTHER_PAIR,
    PAIR,
    Stage,
    basic,
)

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
    RouteEntry("/api/public/comments", "POST", Access.PROJECT),
    RouteEntry("/api/public/llm-connections", "PUT", Access.PROJECT),
    RouteEntry("/api/public/comments/{comment_id:path}", "GET", Access.PROJECT),
    RouteEntry("/api/public/annotation-queues", "GET", Access.PROJECT),
    RouteEntry("/api/public/annotation-queues/{queue_id:path}/items/{item_id:path}", "PATCH", Access.PROJECT),
    RouteEntry("/api/panope/v1/annotation-queues/{queue_id:path}/next", "POST", Access.PROJECT),
    RouteEntry("/api/panope/v1/annotation-queues/{queue_id:path}", "DELETE", Access.PROJECT),
    RouteEntry("/api/public/score-configs", "POST", Access.PROJECT),
    RouteEntry("/api/public/score-configs/{config_id:path}", "PATCH", Access.PROJECT),
    RouteEntry("/api/public/feedback", "POST", Access.PROJECT),
    RouteEntry("/api/panope/v1/score-configs/presets", "POST", Access.PROJECT),
    RouteEntry("/api/panope/v1/scores/aggregates", "GET", Access.PROJECT),
    RouteEntry("/api/public/media", "POST", Access.PROJECT),
    RouteEntry("/api/public/media/{media_id:path}", "GET", Access.PROJECT),
    RouteEntry("/api/public/media/{media_id:path}", "PATCH", Access.PROJECT),
    RouteEntry("/api/public/media-content/{token}", "PUT", None),
    RouteEntry("/api/public/v2/prompts", "POST", Access.PROJECT),
    RouteEntry("/api/public/v2/prompts/{name:path}", "GET", Access.PROJECT),
    RouteEntry("/api/public/v2/prompts/{name:path}", "DELETE", Access.PROJECT),
    RouteEntry("/api/public/v2/prompts/{name:path}/versions/{version}", "PATCH", Access.PROJECT),
    RouteEntry("/api/public/prompts", "GET", Access.PROJECT),
    RouteEntry("/api/panope/v1/prompts/{name:path}/versions", "GET", Access.PROJECT),
    RouteEntry("/api/panope/v1/prompts/{name:path}/figures", "GET", Access.PROJECT),
    RouteEntry("/api/panope/v1/prompts/{name:path}/promotions", "POST", Access.PROJECT),
    RouteEntry("/api/panope/v1/prompts/{name:path}/labels/{label}", "DELETE", Access.PROJECT),
    RouteEntry("/api/panope/v1/protected-prompt-labels/{label}", "PUT", Access.PROJECT),
    RouteEntry("/api/public/v2/datasets", "POST", Access.PROJECT),
    RouteEntry("/api/public/v2/datasets/{dataset_name:path}", "GET", Access.PROJECT),
    RouteEntry("/api/public/datasets/{dataset_name:path}", "GET", Access.PROJECT),
    RouteEntry("/api/public/datasets/{dataset_name:path}/runs", "GET", Access.PROJECT),
    RouteEntry("/api/public/datasets/{dataset_name:path}/runs/{run_name:path}", "DELETE", Access.PROJECT),
    RouteEntry("/api/public/dataset-run-items", "POST", Access.PROJECT),
    RouteEntry("/api/public/experiments", "GET", Access.PROJECT),
    RouteEntry("/api/public/experiment-items", "GET", Access.PROJECT),
    RouteEntry("/api/panope/v1/datasets/{dataset_name:path}/runs", "GET", Access.PROJECT),
    RouteEntry("/api/panope/v1/datasets/{dataset_name:path}/runs/compare", "GET", Access.PROJECT),
    RouteEntry("/api/public/dataset-items", "POST", Access.PROJECT),
    RouteEntry("/api/public/dataset-items/{item_id:path}", "DELETE", Access.PROJECT),
    RouteEntry("/api/public/projects", "POST", Access.ORGANIZATION),
    RouteEntry("/api/public/projects/{project_id:path}", "PUT", Access.ORGANIZATION),
    RouteEntry("/api/public/projects/{project_id:path}", "DELETE", Access.ORGANIZATION),
    RouteEntry("/api/public/projects/{project_id:path}/apiKeys", "POST", Access.ORGANIZATION),
    RouteEntry("/api/public/projects/{project_id:path}/apiKeys/{key_id:path}", "DELETE", Access.ORGANIZATION),
    RouteEntry("/api/public/projects/{project_id:path}/memberships", "PUT", Access.ORGANIZATION),
    RouteEntry("/api/public/organizations/projects", "GET", Access.ORGANIZATION),
    RouteEntry("/api/public/organizations/apiKeys", "GET", Access.ORGANIZATION),
    RouteEntry("/api/public/organizations/memberships", "DELETE", Access.ORGANIZATION),
    RouteEntry("/api/public/scim/Schemas", "GET", Access.ORGANIZATION),
    RouteEntry("/api/public/scim/Users", "POST", Access.ORGANIZATION),
    RouteEntry("/api/public/scim/Users/{user_id:path}", "PATCH", Access.ORGANIZATION),
    RouteEntry("/api/public/health", "GET", None),
    RouteEntry("/api/public/ready", "GET", None),
    RouteEntry("/metrics", "GET", None),
    RouteEntry("/", "GET", None),
    RouteEntry("/start", "GET", None),
    RouteEntry("/api/openapi.json", "GET", None),
]
OPEN = {"/", "/start", "/metrics", "/api/openapi.json", "/api/public/health", "/api/public/ready"}
SIGNED = {"/api/public/media-content/{token}"}
"""Open to whoever has a link, which is signed and ends; a key is worth nothing there."""

ECHO = re.compile(r"Trace some-id not found|Prompt not found: 'some-id'")
"""Answers that repeat the name which the caller has sent."""

NOBODY = {
    "no key": {},
    "an unknown scheme": {"Authorization": "Digest abc"},
    "what is not base64": {"Authorization": "Basic ???"},
    "a wrong key": basic("pk-lf-none", "sk-lf-none"),
    "a wrong secret": basic(PAIR.public_key, "sk-lf-wrong"),
    "another key's secret": basic(PAIR.public_key, OTHER_PAIR.secret_key),
    "a secret as a public key": {"Authorization": f"Bearer {PAIR.secret_key}"},
    "half a pair": basic(PAIR.public_key, ""),
    "an organisation's public key alone": {"Authorization": f"Bearer {ORGANIZATION_PAIR.public_key}"},
    "an organisation's key with a project's secret": basic(ORGANIZATION_PAIR.public_key, PAIR.secret_key),
}


DENIED = "Access denied - insufficient permissions for this endpoint"


def message_of(entry: RouteEntry, response: httpx2.Response) -> str:
    """What a refusal says, in the shape of its family."""
    body = response.json()
    if not entry.path.startswith("/api/public/scim/"):
        assert list(body) == ["message"], entry
        return str(body["message"])
    assert (list(body), body["status"]) == (["schemas", "detail", "status"], str(response.status_code)), entry
    return str(body["detail"])


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
    assert {entry.path for entry in table(stage) if entry.access is None} == OPEN | SIGNED


async def test_open_routes_ask_nobody(stage: Stage) -> None:
    for entry in table(stage):
        if entry.access is None:
            response = await call(stage, entry, {})
            assert response.status_code == (403 if entry.path in SIGNED else 200), entry


@pytest.mark.parametrize("caller", NOBODY)
async def test_nobody_gets_in_without_valid_credentials(stage: Stage, caller: str) -> None:
    for entry in table(stage):
        if entry.access is None:
            continue
        response = await call(stage, entry, NOBODY[caller])
        assert response.status_code == 401, entry
        assert message_of(entry, response), entry


async def test_a_public_key_alone_reaches_only_what_takes_scores(stage: Stage) -> None:
    for entry in table(stage):
        response = await call(stage, entry, BROWSER_AUTH)
        if entry.access in {Access.PROJECT, Access.ORGANIZATION}:
            assert response.status_code == 403, entry
            assert message_of(entry, response).startswith(DENIED), entry
        elif entry.path not in SIGNED:
            assert response.status_code not in {401, 403}, entry


async def test_a_projects_key_pair_gets_in_everywhere_but_where_an_organisations_is_asked_for(stage: Stage) -> None:
    for entry in table(stage):
        response = await call(stage, entry, AUTH)
        if entry.access is Access.ORGANIZATION:
            assert response.status_code == 403, entry
            assert "the key of an organisation" in message_of(entry, response), entry
            continue
        refusals = {401, 405, 500} if entry.path in SIGNED else {401, 403, 405, 500}
        assert response.status_code not in refusals, (entry, response.text)


async def test_an_organisations_key_pair_gets_in_where_it_is_asked_for_alone(stage: Stage) -> None:
    for entry in table(stage):
        response = await call(stage, entry, ORGANIZATION_AUTH)
        if entry.access is Access.ORGANIZATION:
            assert response.status_code not in {401, 403, 405, 500}, (entry, response.text)
        elif entry.access is not None:
            assert response.status_code == 403, entry
            assert "the key of a project" in message_of(entry, response), entry


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
    prompt = {"name": "some-id", "prompt": "private", "labels": ["production"]}
    assert (await stage.client.post("/api/public/v2/prompts", json=prompt, headers=AUTH)).status_code == 201
    own_texts = []
    for entry in table(stage):
        if entry.method != "GET" or entry.access is None:
            continue
        own_texts.append((await call(stage, entry, AUTH)).text)
        foreign = await call(stage, entry, OTHER_AUTH)
        assert "private" not in foreign.text, entry
        assert "some-id" not in ECHO.sub("", foreign.text), entry
    assert sum("private" in text for text in own_texts) >= 8


async def test_another_projects_key_deletes_nothing_of_this_one(stage: Stage) -> None:
    body = {"id": "some-id", "name": "kept"}
    await stage.client.post("/api/public/traces", json=body, headers=AUTH)
    prompt = {"name": "some-id", "prompt": "kept", "labels": ["production", "some-id"]}
    await stage.client.post("/api/public/v2/prompts", json=prompt, headers=AUTH)
    for entry in table(stage):
        if entry.method == "DELETE":
            await call(stage, entry, OTHER_AUTH)
    kept = await stage.client.get("/api/public/traces/some-id", headers=AUTH)
    assert (kept.status_code, kept.json()["name"]) == (200, "kept")
    kept = await stage.client.get("/api/public/v2/prompts/some-id?label=some-id", headers=AUTH)
    assert (kept.status_code, kept.json()["prompt"]) == (200, "kept")


async def test_a_revoked_key_fails_at_once(stage: Stage) -> None:
    assert (await stage.client.get("/api/public/projects", headers=AUTH)).status_code == 200
    (key,) = [key for key in await stage.catalog.keys.list() if key.public_key == PAIR.public_key]
    await stage.catalog.keys.revoke(key.id)
    assert (await stage.client.get("/api/public/projects", headers=AUTH)).status_code == 401
    assert (await stage.client.get("/api/public/projects", headers=OTHER_AUTH)).status_code == 200
