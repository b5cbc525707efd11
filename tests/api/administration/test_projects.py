"""Projects and keys by the key of their organisation, over HTTP."""

import json
import logging
from typing import Any
from urllib.parse import quote

import pytest

from panope.domain.accounts import Organization, Project
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.secrets import KeyPair, SecretHasher
from panope.kit.ids import new_id
from tests.api.conftest import AUTH, NOW_US, ORGANIZATION, ORGANIZATION_AUTH, OTHER_PROJECT, PROJECT, Stage, basic

PROJECTS = "/api/public/projects"
NOW = "2027-01-15T08:00:00.000Z"
SHOP = {"name": "Shop", "metadata": {"team": "zeus", "big": 2**60}, "retention": 30}
FOREIGN = ProjectId("foreign")
FOREIGN_AUTH = basic("pk-lf-foreign", "sk-lf-foreign")


async def call(stage: Stage, method: str, path: str, body: Any = None, status: int = 200, **auth: Any) -> Any:
    content = None if body is None else json.dumps(body)
    headers = auth.get("headers", ORGANIZATION_AUTH)
    response = await stage.client.request(method, path, content=content, headers=headers)
    assert response.status_code == status, response.text
    return response.json()


async def settle_others(stage: Stage) -> None:
    """Another organisation with a project and a key of its own."""
    other = OrganizationId("other")
    await stage.catalog.organizations.add(Organization(id=other, name="Other"))
    await stage.catalog.projects.add(Project(id=FOREIGN, organization_id=other, name="Foreign"))
    keys = KeyRing(stage.catalog, SecretHasher("salt"), clock=lambda: NOW_US, new_id=new_id)
    await keys.create_for_organization(other, pair=KeyPair("pk-lf-foreign", "sk-lf-foreign"))


async def test_a_project_is_made_changed_and_listed(stage: Stage) -> None:
    made = await call(stage, "POST", PROJECTS, SHOP, 201)
    assert made == {
        "id": made["id"],
        "name": "Shop",
        "organization": {"id": ORGANIZATION, "name": "Organisation"},
        "metadata": {"team": "zeus", "big": str(2**60)},
        "retentionDays": 30,
    }
    path = f"{PROJECTS}/{made['id']}"
    renamed = await call(stage, "PUT", path, {"name": "  Shop 2 "})
    assert renamed == {**made, "name": "Shop 2"}
    kept = await call(stage, "PUT", path, {"name": "Shop 2", "metadata": None, "retention": None})
    assert kept == renamed
    cleared = await call(stage, "PUT", path, {"name": "Shop 2", "metadata": {}, "retention": 0})
    assert cleared == {"id": made["id"], "name": "Shop 2", "organization": made["organization"], "metadata": {}}
    listed = (await call(stage, "GET", "/api/public/organizations/projects"))["projects"]
    shop = {"id": made["id"], "name": "Shop 2", "metadata": {}, "createdAt": NOW, "updatedAt": NOW}
    assert [row["id"] for row in listed[:-1]] == [OTHER_PROJECT, PROJECT]
    assert listed[-1] == shop


async def test_a_new_projects_key_reaches_it_and_shows_its_metadata(stage: Stage) -> None:
    made = await call(stage, "POST", PROJECTS, SHOP, 201)
    key = await call(stage, "POST", f"{PROJECTS}/{made['id']}/apiKeys", {"note": "of the shop"}, 201)
    assert key["createdAt"] == NOW
    assert key["note"] == "of the shop"
    assert key["secretKey"].startswith("sk-lf-")
    assert key["displaySecretKey"] == f"sk-lf-...{key['secretKey'][-4:]}"
    auth = basic(key["publicKey"], key["secretKey"])
    assert await call(stage, "GET", PROJECTS, headers=auth) == {"data": [made]}
    listed = (await call(stage, "GET", f"{PROJECTS}/{made['id']}/apiKeys"))["apiKeys"]
    assert listed == [
        {
            "id": key["id"],
            "createdAt": NOW,
            "expiresAt": None,
            "lastUsedAt": None,
            "note": "of the shop",
            "publicKey": key["publicKey"],
            "displaySecretKey": key["displaySecretKey"],
        }
    ]
    one = f"{PROJECTS}/{made['id']}/apiKeys/{key['id']}"
    assert await call(stage, "DELETE", one) == {"success": True}
    await call(stage, "GET", PROJECTS, headers=auth, status=401)
    await call(stage, "DELETE", one, status=404)


async def test_a_given_pair_is_taken_once(stage: Stage) -> None:
    pair = {"publicKey": "pk-lf-mine", "secretKey": "sk-lf-my-secret-of-length"}
    made = await call(stage, "POST", f"{PROJECTS}/{PROJECT}/apiKeys", pair, 201)
    assert {name: made[name] for name in pair} == pair
    auth = basic(pair["publicKey"], pair["secretKey"])
    assert (await call(stage, "GET", PROJECTS, headers=auth))["data"][0]["id"] == PROJECT
    await call(stage, "POST", f"{PROJECTS}/{OTHER_PROJECT}/apiKeys", pair, 409)
    made_up = await call(stage, "POST", f"{PROJECTS}/{PROJECT}/apiKeys", None, 201)
    assert made_up["note"] is None


async def test_the_keys_of_the_organisation_are_listed_without_secrets(stage: Stage) -> None:
    (listed,) = (await call(stage, "GET", "/api/public/organizations/apiKeys"))["apiKeys"]
    assert listed["publicKey"] == "pk-lf-org"
    assert "sk-lf-org" not in json.dumps(listed)


async def test_a_name_is_taken_within_its_organisation_alone(stage: Stage) -> None:
    await settle_others(stage)
    made = await call(stage, "POST", PROJECTS, SHOP, 201)
    refused = await call(stage, "POST", PROJECTS, SHOP, 409)
    assert "choose another name" in refused["message"]
    await call(stage, "PUT", f"{PROJECTS}/{PROJECT}", {"name": "Shop"}, 409)
    await call(stage, "PUT", f"{PROJECTS}/{made['id']}", {"name": "Shop"})
    await call(stage, "POST", PROJECTS, SHOP, 201, headers=FOREIGN_AUTH)


async def test_projects_of_another_organisation_are_not_found(stage: Stage) -> None:
    await settle_others(stage)
    (key,) = await stage.catalog.keys.list(PROJECT)
    for method, path, body in (
        ("PUT", PROJECT, {"name": "Stolen"}),
        ("DELETE", PROJECT, None),
        ("GET", f"{PROJECT}/apiKeys", None),
        ("POST", f"{PROJECT}/apiKeys", {}),
        ("DELETE", f"{PROJECT}/apiKeys/{key.id}", None),
        ("DELETE", f"{FOREIGN}/apiKeys/{key.id}", None),
        ("GET", f"{PROJECT}/memberships", None),
        ("PUT", f"{PROJECT}/memberships", {"userId": "u", "role": "OWNER"}),
        ("DELETE", f"{PROJECT}/memberships", {"userId": "u"}),
    ):
        await call(stage, method, f"{PROJECTS}/{path}", body, 404, headers=FOREIGN_AUTH)
    listed = await call(stage, "GET", "/api/public/organizations/projects", headers=FOREIGN_AUTH)
    assert [row["id"] for row in listed["projects"]] == [FOREIGN]
    assert (await call(stage, "GET", PROJECTS, headers=AUTH))["data"][0]["name"] == "The project"


async def test_a_deleted_project_is_out_of_reach_at_once(stage: Stage) -> None:
    assert (await stage.client.get("/api/public/traces", headers=AUTH)).status_code == 200
    answer = await call(stage, "DELETE", f"{PROJECTS}/{PROJECT}", status=202)
    assert answer["success"] is True
    await call(stage, "GET", PROJECTS, headers=AUTH, status=401)
    await call(stage, "DELETE", f"{PROJECTS}/{PROJECT}", status=404)
    await call(stage, "GET", f"{PROJECTS}/{PROJECT}/apiKeys", status=404)
    listed = await call(stage, "GET", "/api/public/organizations/projects")
    assert [row["id"] for row in listed["projects"]] == [OTHER_PROJECT]


BAD_PROJECTS = [
    {},
    [],
    None,
    {"name": "Shop"},
    {"retention": 3},
    {"name": "ab", "retention": 0},
    {"name": "   a   ", "retention": 0},
    {"name": "a" * 61, "retention": 0},
    {"name": "a\0b", "retention": 0},
    {"name": 3, "retention": 0},
    {"name": "Shop", "retention": 1},
    {"name": "Shop", "retention": 2},
    {"name": "Shop", "retention": -1},
    {"name": "Shop", "retention": 36_501},
    {"name": "Shop", "retention": 10**30},
    {"name": "Shop", "retention": 3.5},
    {"name": "Shop", "retention": "3"},
    {"name": "Shop", "retention": 3, "metadata": "text"},
    {"name": "Shop", "retention": 3, "metadata": ["text"]},
]


@pytest.mark.parametrize("body", BAD_PROJECTS, ids=str)
async def test_a_bad_project_is_refused_whole(stage: Stage, body: Any) -> None:
    response = await stage.client.post(PROJECTS, content=json.dumps(body), headers=ORGANIZATION_AUTH)
    assert response.status_code == 400, response.text
    assert response.json()["message"].startswith("Invalid request data")
    assert len(await stage.catalog.projects.list()) == 2


BAD_KEYS = [
    [],
    {"publicKey": "pk-lf-x"},
    {"secretKey": "sk-lf-x"},
    {"publicKey": "sk-lf-x", "secretKey": "pk-lf-x"},
    {"publicKey": "pk-lf-", "secretKey": "sk-lf-"},
    {"publicKey": "pk-lf-a:b", "secretKey": "sk-lf-x"},
    {"publicKey": "pk-lf-a", "secretKey": "sk-lf-" + "x" * 500},
    {"note": 3},
    {"note": "x" * 1001},
]


@pytest.mark.parametrize("body", BAD_KEYS, ids=str)
async def test_a_bad_key_is_refused_and_never_repeated(stage: Stage, body: Any) -> None:
    path = f"{PROJECTS}/{PROJECT}/apiKeys"
    response = await stage.client.post(path, content=json.dumps(body), headers=ORGANIZATION_AUTH)
    assert response.status_code == 400, response.text
    assert "sk-lf-x" not in response.text
    assert len(await stage.catalog.keys.list(PROJECT)) == 1


@pytest.mark.parametrize(
    "name", ["a/b", "../x", "ü😀", "x" * 900, "%2e%2e", "a%2Fb", "a\0b", " ", "apiKeys", "memberships", "a?b#c"]
)
async def test_odd_ids_are_not_found(stage: Stage, name: str) -> None:
    encoded = quote(name, safe="")
    for method, path, body in (
        ("PUT", encoded, {"name": "Shop"}),
        ("DELETE", encoded, None),
        ("GET", f"{encoded}/apiKeys", None),
        ("DELETE", f"{PROJECT}/apiKeys/{encoded}", None),
        ("GET", f"{encoded}/memberships", None),
    ):
        content = None if body is None else json.dumps(body)
        response = await stage.client.request(method, f"{PROJECTS}/{path}", content=content, headers=ORGANIZATION_AUTH)
        assert response.status_code == 404, (method, path, response.text)
    assert len(await stage.catalog.projects.list()) == 2


async def test_no_secret_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        made = await call(stage, "POST", f"{PROJECTS}/{PROJECT}/apiKeys", {}, 201)
    assert made["secretKey"] not in caplog.text
    (stored,) = [key for key in await stage.catalog.keys.list() if key.id == made["id"]]
    assert made["secretKey"] not in repr(stored)
