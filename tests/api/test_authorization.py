"""Every route against every kind of caller; whoever adds a route is in this walk without doing anything."""

import re

import httpx2
import pytest

from panope.domain.accounts import Access, Organization, Role, reaches
from panope.domain.ids import OrganizationId
from panope.http.app import RouteEntry
from panope.http.auth import Openness
from tests.api.conftest import (
    AUTH,
    BROWSER_AUTH,
    NOW_US,
    ORGANIZATION_AUTH,
    ORGANIZATION_PAIR,
    OTHER_AUTH,
    OTHER_PAIR,
    OTHER_PROJECT,
    PAIR,
    PROJECT,
    Stage,
    basic,
)
from tests.api.signin.people import make_user, member, signed_in

PUBLIC_LIST = "/api/ui/public-traces"
"""Open to everybody, and tells of what is public alone."""

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
    RouteEntry("/api/ui/session", "GET", Role.NONE),
    RouteEntry("/api/ui/session", "DELETE", Role.NONE),
    RouteEntry("/api/ui/account", "PATCH", Role.NONE),
    RouteEntry("/api/ui/account/password", "POST", Role.NONE),
    RouteEntry("/api/ui/account/sessions/{session_id}", "DELETE", Role.NONE),
    RouteEntry("/api/ui/projects/{project_id}", "GET", Role.VIEWER),
    RouteEntry("/api/ui/projects/{project_id}", "PATCH", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}", "DELETE", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}/api-keys", "GET", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}/api-keys", "POST", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}/api-keys/{key_id}", "DELETE", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}/traces", "GET", Role.VIEWER),
    RouteEntry("/api/ui/projects/{project_id}/observations/facets", "GET", Role.VIEWER),
    RouteEntry("/api/ui/projects/{project_id}/scores/export", "GET", Role.VIEWER),
    RouteEntry("/api/ui/projects/{project_id}/traces/{trace_id}/skeleton", "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/observations/{observation_id}/io", "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/traces/deletions", "POST", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/changes", "GET", Role.VIEWER),
    RouteEntry("/api/ui/projects/{project_id}/traces/{trace_id}", "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/traces/{trace_id}/io", "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/traces/{trace_id}/search", "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/traces/{trace_id}/sharing", "PUT", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/observations/{observation_id}", "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/media/{media_id}/content", "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/comments", "POST", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/comments/{comment_id}", "DELETE", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/scores", "POST", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/scores/{score_id}", "PATCH", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/score-configs", "GET", Role.VIEWER),
    RouteEntry(PUBLIC_LIST, "GET", Openness.SHARED),
    RouteEntry("/api/ui/projects/{project_id}/ingestion/requests", "GET", Role.VIEWER),
    RouteEntry("/api/ui/projects/{project_id}/ingestion/sample-traces", "POST", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/models", "GET", Role.VIEWER),
    RouteEntry("/api/ui/projects/{project_id}/models", "POST", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}/models/{model_id}", "PUT", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}/repricings", "POST", Role.ADMIN),
    RouteEntry("/api/ui/projects/{project_id}/score-configs", "POST", Role.MEMBER),
    RouteEntry("/api/ui/projects/{project_id}/storage", "GET", Role.VIEWER),
    RouteEntry("/api/ui/resolve", "GET", Role.NONE),
    RouteEntry("/api/public/health", "GET", None),
    RouteEntry("/api/public/ready", "GET", None),
    RouteEntry("/metrics", "GET", None),
    RouteEntry("/", "GET", None),
    RouteEntry("/start", "GET", None),
    RouteEntry("/api/openapi.json", "GET", None),
]
OPEN = {"/", "/start", "/metrics", "/api/openapi.json", "/api/public/health", "/api/public/ready"}
PAGES = {"/auth/sign-in", "/auth/sign-out", "/setup"}
"""Open to everybody, and forms: these take a ticket, not a key."""
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


def is_for_people(entry: RouteEntry) -> bool:
    """Whether it asks who is signed in; for something public it does not, but nothing is public in this walk."""
    return isinstance(entry.access, Role | Openness) and entry.path != PUBLIC_LIST


def message_of(entry: RouteEntry, response: httpx2.Response) -> str:
    """What a refusal says, in the shape of its family."""
    body = response.json()
    if is_for_people(entry):
        assert list(body) == ["message", "error"], entry
        return str(body["message"])
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
    assert {entry.path for entry in table(stage) if entry.access is None} == OPEN | PAGES | SIGNED


async def test_open_routes_ask_nobody(stage: Stage) -> None:
    for entry in table(stage):
        if entry.access is None:
            response = await call(stage, entry, {})
            answers = {200, 303, 403} if entry.path in PAGES else {403 if entry.path in SIGNED else 200}
            assert response.status_code in answers, entry


@pytest.mark.parametrize("caller", NOBODY)
async def test_nobody_gets_in_without_valid_credentials(stage: Stage, caller: str) -> None:
    for entry in table(stage):
        if entry.access is None or entry.path == PUBLIC_LIST:
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
        elif is_for_people(entry):
            assert response.status_code == 401, entry
        elif entry.path not in SIGNED | PAGES:
            assert response.status_code not in {401, 403}, entry


async def test_a_projects_key_pair_gets_in_everywhere_but_where_an_organisations_is_asked_for(stage: Stage) -> None:
    for entry in table(stage):
        response = await call(stage, entry, AUTH)
        if entry.access is Access.ORGANIZATION:
            assert response.status_code == 403, entry
            assert "the key of an organisation" in message_of(entry, response), entry
            continue
        if is_for_people(entry):
            assert (response.status_code, response.json()["error"]) == (401, "not_signed_in"), entry
            continue
        refusals = {401, 405, 500} if entry.path in SIGNED | PAGES else {401, 403, 405, 500}
        assert response.status_code not in refusals, (entry, response.text)


async def test_an_organisations_key_pair_gets_in_where_it_is_asked_for_alone(stage: Stage) -> None:
    for entry in table(stage):
        response = await call(stage, entry, ORGANIZATION_AUTH)
        if entry.access is Access.ORGANIZATION:
            assert response.status_code not in {401, 403, 405, 500}, (entry, response.text)
        elif is_for_people(entry):
            assert response.status_code == 401, entry
        elif entry.access is not None and entry.path != PUBLIC_LIST:
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
        if entry.method != "GET" or not isinstance(entry.access, Access):
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
    await stage.catalog.keys.revoke(key.id, at_us=1)
    assert (await stage.client.get("/api/public/projects", headers=AUTH)).status_code == 401
    assert (await stage.client.get("/api/public/projects", headers=OTHER_AUTH)).status_code == 200


def ui_table(stage: Stage) -> list[RouteEntry]:
    """Routes of the web app; those that end the caller's own session come last."""
    entries = [entry for entry in table(stage) if is_for_people(entry)]
    return sorted(entries, key=lambda entry: (entry.path == "/api/ui/session" and entry.method == "DELETE", entry))


async def call_ui(stage: Stage, entry: RouteEntry, headers: dict[str, str]) -> httpx2.Response:
    path = re.sub(r"{\w+(:\w+)?}", "some-id", entry.path.replace("{project_id}", PROJECT))
    return await stage.client.request(entry.method, path, headers=headers)


def test_the_routes_of_the_web_app_are_for_people_and_no_others_are(stage: Stage) -> None:
    for entry in table(stage):
        assert (is_for_people(entry) or entry.path == PUBLIC_LIST) == entry.path.startswith("/api/ui/"), entry
        is_about_a_project = entry.path.startswith("/api/ui/projects/{project_id}")
        assert is_about_a_project == (is_for_people(entry) and entry.access is not Role.NONE), entry


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER])
async def test_a_member_gets_in_as_far_as_their_role_reaches(stage: Stage, role: Role) -> None:
    headers = await member(stage, role)
    for entry in ui_table(stage):
        assert isinstance(entry.access, Role | Openness)
        response = await call_ui(stage, entry, headers)
        if entry.access is Openness.SHARED or reaches(role, entry.access):
            assert response.status_code not in {401, 403, 405, 500}, (entry, response.text)
        else:
            assert (response.status_code, response.json()["error"]) == (403, "role_too_low"), entry
            assert f"the role {entry.access} or higher" in message_of(entry, response), entry


async def test_the_owner_of_another_project_sees_nothing_of_this_one(stage: Stage) -> None:
    await stage.catalog.organizations.add(Organization(id=OrganizationId("else"), name="Else"))
    owner = await make_user(stage, "eve", Role.OWNER, organization_id=OrganizationId("else"))
    colleague = await make_user(stage, "cid", Role.NONE, project_role=(OTHER_PROJECT, Role.OWNER))
    for user in (owner, colleague):
        headers = await signed_in(stage, user)
        for entry in ui_table(stage):
            response = await call_ui(stage, entry, headers)
            if "{project_id}" in entry.path:
                assert (response.status_code, response.json()["error"]) == (404, "unknown_project"), entry
            assert "The project" not in response.text, entry
    kept = await stage.catalog.projects.get(PROJECT)
    assert kept is not None
    assert kept.name == "The project"


async def test_unsafe_routes_need_a_token_and_an_own_page(stage: Stage) -> None:
    headers = await member(stage, Role.OWNER)
    cookie = {"Cookie": headers["Cookie"]}
    for entry in ui_table(stage):
        is_safe = entry.method == "GET"
        response = await call_ui(stage, entry, cookie)
        assert (response.status_code == 403) == (not is_safe), entry
        response = await call_ui(stage, entry, headers | {"Origin": "https://evil.example"})
        assert (response.status_code == 403) == (not is_safe), entry
    assert (await stage.client.get("/api/ui/session", headers=headers)).status_code == 200


async def test_a_cookie_is_worth_nothing_on_the_public_api(stage: Stage) -> None:
    headers = await signed_in(stage, await make_user(stage, "ann", Role.OWNER))
    bearer = {"Authorization": "Bearer " + headers["Cookie"].partition("=")[2]}
    for entry in table(stage):
        if isinstance(entry.access, Access):
            assert (await call(stage, entry, headers)).status_code == 401, entry
            assert (await call(stage, entry, bearer)).status_code == 401, entry
        elif isinstance(entry.access, Role):
            assert (await call(stage, entry, bearer)).status_code == 401, entry


async def test_an_ended_or_expired_session_gets_in_nowhere(stage: Stage) -> None:
    user = await make_user(stage, "ann", Role.OWNER)
    ended = await signed_in(stage, user)
    await stage.catalog.user_sessions.end_all(user.id)
    expired = await signed_in(stage, user)
    (session,) = await stage.catalog.user_sessions.list(user.id, 0)
    await stage.catalog.user_sessions.touch(session.id, seen_us=NOW_US, expires_us=NOW_US)
    for headers in (ended, expired, {"Cookie": "panope_session="}, {"Cookie": "panope_session=" + "x" * 5_000}):
        for entry in ui_table(stage):
            response = await call_ui(stage, entry, headers)
            assert (response.status_code, response.json()["error"]) == (401, "not_signed_in"), entry
