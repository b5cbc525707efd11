"""What arrives at a project and what is refused, for its people."""

import base64
from typing import Any

import pytest
from msgspec.structs import replace

from panope.domain.accounts import Role
from panope.domain.ids import ApiKeyId
from tests.api.conftest import NOW_US, OTHER_PAIR, OTHER_PROJECT, PAIR, PROJECT, Stage
from tests.api.ui.conftest import Web, sign_in

BATCH = {
    "batch": [
        {"id": "e1", "type": "trace-create", "timestamp": "2026-01-01T00:00:00Z", "body": {"id": "t1"}},
        {"id": "e2", "type": "nonsense", "timestamp": "2026-01-01T00:00:00Z", "body": {}},
    ]
}


def basic(public_key: str, secret_key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()}


async def send(stage: Stage, public_key: str, secret_key: str) -> int:
    response = await stage.client.post(
        "/api/public/ingestion",
        json=BATCH,
        headers={**basic(public_key, secret_key), "X-Langfuse-Sdk-Name": "python", "X-Langfuse-Sdk-Version": "5.0.0"},
    )
    return response.status_code


@pytest.fixture
async def owner(stage: Stage) -> Web:
    return Web(stage, await sign_in(stage, Role.OWNER))


async def refused_of(web: Web) -> list[tuple[str, str | None, int]]:
    found = (await web.get("/ingestion/requests"))["refused"]
    return [(one["reason"], one["publicKey"], one["count"]) for one in found]


async def test_a_request_is_told_with_its_key_its_sdk_and_why_events_were_rejected(web: Web) -> None:
    assert await send(web.stage, PAIR.public_key, PAIR.secret_key) == 207
    [request] = (await web.get("/ingestion/requests", limit=5))["requests"]
    assert (request["publicKey"], request["sdkName"], request["sdkVersion"]) == (PAIR.public_key, "python", "5.0.0")
    assert (request["accepted"], request["rejected"], request["status"]) == (1, 1, 207)
    [reason] = request["reasons"]
    assert (reason["code"], reason["count"]) == ("unknown_type", 1)
    assert "compatibility" in reason["advice"]


async def test_a_wrong_secret_is_told_to_the_project_of_its_public_key_alone(web: Web) -> None:
    assert await send(web.stage, PAIR.public_key, "sk-lf-wrong-secret") == 401
    assert await send(web.stage, PAIR.public_key, "sk-lf-wrong-secret") == 401
    assert await send(web.stage, OTHER_PAIR.public_key, PAIR.secret_key) == 401
    answer = await web.get("/ingestion/requests")
    assert await refused_of(web) == [("wrong_secret", PAIR.public_key, 2)]
    assert answer["refused"][0]["seen"] == "the secret does not belong to it"
    assert answer["refused"][0]["lastUs"] == NOW_US
    assert "sk-lf-wrong" not in str(answer)
    assert answer["strangers"] is None


async def test_unknown_keys_are_told_to_owners_of_everything_alone(web: Web, owner: Web) -> None:
    assert await send(web.stage, "pk-lf-of-another-server", "sk-lf-x") == 401
    assert (await web.get("/ingestion/requests"))["strangers"] is None
    found = await owner.get("/ingestion/requests")
    assert found["refused"] == []
    assert [(one["keyPrefix"], one["reason"]) for one in found["strangers"]] == [("pk-lf-of-anoth", "unknown_key")]


async def test_a_revoked_key_stays_known_by_its_project(web: Web) -> None:
    [key] = await web.stage.catalog.keys.list(PROJECT)
    assert await send(web.stage, PAIR.public_key, PAIR.secret_key) == 207
    await web.stage.catalog.keys.revoke(ApiKeyId(key.id), at_us=NOW_US)
    assert await send(web.stage, PAIR.public_key, PAIR.secret_key) == 401
    assert await refused_of(web) == [("revoked", PAIR.public_key, 1)]
    [request] = (await web.get("/ingestion/requests"))["requests"]
    assert (request["publicKey"], request["isRevoked"]) == (PAIR.public_key, True)


async def test_a_prefix_of_two_projects_keys_is_nobodys(web: Web) -> None:
    [key] = await web.stage.catalog.keys.list(PROJECT)
    for public_key, project_id in (("pk-lf-shared-prefix-a", PROJECT), ("pk-lf-shared-prefix-b", OTHER_PROJECT)):
        copy = replace(key, id=ApiKeyId(public_key), public_key=public_key, secret_hash=public_key)
        await web.stage.catalog.keys.create(replace(copy, project_id=project_id))
    assert await send(web.stage, "pk-lf-shared-prefix-a", "sk-lf-x") == 401
    assert await refused_of(web) == []


async def test_health_names_senders_and_how_late_they_were(web: Web) -> None:
    empty = await web.get("/ingestion/health")
    assert (empty["clients"], empty["lag"]) == ([], None)
    assert await send(web.stage, PAIR.public_key, PAIR.secret_key) == 207
    [client] = (await web.get("/ingestion/health"))["clients"]
    assert (client["sdkName"], client["requests"], client["accepted"], client["rejected"]) == ("python", 1, 1, 1)


async def sample(web: Web) -> Any:
    path = f"/api/ui/projects/{PROJECT}/ingestion/sample-traces"
    return await web.stage.client.post(path, headers=web.headers)


async def test_a_sample_trace_is_stored_as_one_of_an_sdk(stage: Stage) -> None:
    member = Web(stage, await sign_in(stage, Role.MEMBER))
    response = await sample(member)
    assert response.status_code == 201
    trace_id = response.json()["traceId"]
    trace = (await stage.client.get(f"/api/public/traces/{trace_id}", headers=basic(*PAIR_HALVES))).json()
    assert trace["metadata"]["test"] is True
    assert trace["environment"] == "default"
    assert [one["type"] for one in trace["observations"]] == ["AGENT", "GENERATION"]
    assert trace["totalCost"] > 0
    [request] = (await member.get("/ingestion/requests"))["requests"]
    assert (request["sdkName"], request["accepted"], request["publicKey"]) == ("panope-web", 3, None)
    assert (await member.get("/ingestion/health"))["lag"]["observations"] == 2


PAIR_HALVES = (PAIR.public_key, PAIR.secret_key)


async def test_a_viewer_sends_nothing(web: Web) -> None:
    response = await sample(web)
    assert (response.status_code, response.json()["error"]) == (403, "role_too_low")
