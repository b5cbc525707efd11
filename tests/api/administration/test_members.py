"""Memberships and SCIM over HTTP."""

import json
from typing import Any

import pytest

from panope.domain.accounts import Organization, Role, User
from panope.domain.ids import OrganizationId, UserId
from tests.api.administration.test_projects import FOREIGN_AUTH, call, settle_others
from tests.api.conftest import ORGANIZATION, ORGANIZATION_AUTH, PROJECT, Stage

MEMBERS = "/api/public/organizations/memberships"
IN_PROJECT = f"/api/public/projects/{PROJECT}/memberships"
USERS = "/api/public/scim/Users"
ANN = {"userName": "Ann@Example.com", "name": {"givenName": "Ann", "familyName": "Lee"}, "roles": ["OWNER"]}
BEA = {"userName": "bea@example.com", "name": {"formatted": "Bea"}, "password": "never kept", "active": True}


async def enrol(stage: Stage, body: dict[str, Any] = ANN) -> str:
    return str((await call(stage, "POST", USERS, body, 201))["id"])


async def test_a_user_is_made_shown_and_found_as_scim_says(stage: Stage) -> None:
    made = await call(stage, "POST", USERS, ANN, 201)
    assert made == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": made["id"],
        "userName": "ann@example.com",
        "name": {"formatted": "Ann Lee"},
        "emails": [{"primary": True, "value": "ann@example.com", "type": "work"}],
        "active": True,
        "roles": ["OWNER"],
        "meta": {
            "resourceType": "User",
            "created": "2027-01-15T08:00:00.000Z",
            "lastModified": "2027-01-15T08:00:00.000Z",
        },
    }
    assert await call(stage, "GET", f"{USERS}/{made['id']}") == made
    await enrol(stage, BEA)
    found = await call(stage, "GET", f'{USERS}?filter=userName eq "ANN@example.com"')
    assert found == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 1,
        "startIndex": 1,
        "itemsPerPage": 1,
        "Resources": [made],
    }
    second = await call(stage, "GET", f"{USERS}?startIndex=2&count=5")
    assert (second["totalResults"], second["startIndex"], second["itemsPerPage"]) == (2, 2, 1)
    assert second["Resources"][0]["userName"] == "bea@example.com"
    assert second["Resources"][0]["roles"] == ["NONE"]
    assert (await call(stage, "GET", f"{USERS}?count=0"))["Resources"] == []
    user = await stage.catalog.users.find_by_email("bea@example.com")
    assert user is not None
    assert user.password_hash is None


async def test_who_is_a_member_already_is_no_new_user(stage: Stage) -> None:
    await enrol(stage)
    refused = await call(stage, "POST", USERS, ANN, 409)
    assert refused["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert refused["status"] == "409"


async def test_a_directory_lets_a_member_go_and_in_again(stage: Stage) -> None:
    await enrol(stage)
    path = f"{USERS}/{await enrol(stage, BEA)}"
    promoted = {"Operations": [{"op": "Replace", "path": "roles", "value": ["ADMIN"]}]}
    assert (await call(stage, "PATCH", path, promoted))["roles"] == ["ADMIN"]
    gone = await call(stage, "PATCH", path, {"Operations": [{"op": "replace", "value": {"active": "False"}}]})
    assert gone["active"] is False
    await call(stage, "GET", path, status=404)
    await call(stage, "PUT", path, {"userName": "bea@example.com", "roles": ["VIEWER"]}, 404)
    back = await call(stage, "PUT", path, {"active": True, "roles": [{"value": "viewer"}]})
    assert (back["active"], back["roles"]) == (True, ["VIEWER"])
    assert (await call(stage, "PUT", path, {"active": True}))["roles"] == ["VIEWER"]
    response = await stage.client.delete(path, headers=ORGANIZATION_AUTH)
    assert (response.status_code, response.content) == (204, b"")
    await call(stage, "DELETE", path, status=404)


async def test_sdks_are_answered_with_an_object_when_a_user_is_deleted(stage: Stage) -> None:
    sdk = {**ORGANIZATION_AUTH, "X-Langfuse-Sdk-Name": "langfuse"}
    assert await call(stage, "DELETE", f"{USERS}/{await enrol(stage, BEA)}", headers=sdk) == {}


async def test_the_last_owner_stays_by_every_way(stage: Stage) -> None:
    ann = await enrol(stage)
    await enrol(stage, BEA)
    for method, path, body in (
        ("DELETE", MEMBERS, {"userId": ann}),
        ("PUT", MEMBERS, {"userId": ann, "role": "ADMIN"}),
        ("DELETE", f"{USERS}/{ann}", None),
        ("PUT", f"{USERS}/{ann}", {"active": False}),
        ("PATCH", f"{USERS}/{ann}", {"Operations": [{"op": "replace", "path": "roles", "value": "VIEWER"}]}),
    ):
        refused = await call(stage, method, path, body, 403)
        assert "last owner" in refused.get("message", refused.get("detail")), path
    assert (await call(stage, "GET", f"{USERS}/{ann}"))["roles"] == ["OWNER"]


async def test_memberships_are_listed_put_and_deleted(stage: Stage) -> None:
    ann, bea = await enrol(stage), await enrol(stage, BEA)
    put = await call(stage, "PUT", MEMBERS, {"userId": bea, "role": "MEMBER"})
    assert put == {"userId": bea, "role": "MEMBER", "email": "bea@example.com", "name": "Bea"}
    assert (await call(stage, "GET", MEMBERS))["memberships"] == [
        {"userId": ann, "role": "OWNER", "email": "ann@example.com", "name": "Ann Lee"},
        put,
    ]
    assert (await call(stage, "DELETE", MEMBERS, {"userId": bea}))["userId"] == bea
    await call(stage, "DELETE", MEMBERS, {"userId": bea}, 404)
    await call(stage, "PUT", MEMBERS, {"userId": "nobody", "role": "MEMBER"}, 404)


async def test_sdks_are_not_shown_the_role_that_they_cannot_read(stage: Stage) -> None:
    ann, _ = await enrol(stage), await enrol(stage, BEA)
    sdk = {**ORGANIZATION_AUTH, "X-Langfuse-Sdk-Name": "langfuse"}
    assert [row["role"] for row in (await call(stage, "GET", MEMBERS))["memberships"]] == ["OWNER", "NONE"]
    assert [row["userId"] for row in (await call(stage, "GET", MEMBERS, headers=sdk))["memberships"]] == [ann]


async def test_a_project_gives_members_a_role_of_their_own(stage: Stage) -> None:
    await enrol(stage)
    bea = await enrol(stage, BEA)
    put = await call(stage, "PUT", IN_PROJECT, {"userId": bea, "role": "ADMIN"})
    assert (await call(stage, "GET", IN_PROJECT))["memberships"] == [put]
    assert (await call(stage, "GET", MEMBERS))["memberships"][1]["role"] == "NONE"
    assert (await call(stage, "DELETE", IN_PROJECT, {"userId": bea}))["userId"] == bea
    await call(stage, "DELETE", IN_PROJECT, {"userId": bea}, 404)
    await call(stage, "PUT", IN_PROJECT, {"userId": "nobody", "role": "ADMIN"}, 404)


async def test_members_of_another_organisation_are_not_found(stage: Stage) -> None:
    await settle_others(stage)
    ann = await enrol(stage)
    for method, path, body in (
        ("DELETE", MEMBERS, {"userId": ann}),
        ("GET", f"{USERS}/{ann}", None),
        ("DELETE", f"{USERS}/{ann}", None),
        ("PUT", f"{USERS}/{ann}", {"roles": ["VIEWER"]}),
        ("PATCH", f"{USERS}/{ann}", {"Operations": []}),
    ):
        await call(stage, method, path, body, 404, headers=FOREIGN_AUTH)
    assert (await call(stage, "GET", MEMBERS, headers=FOREIGN_AUTH))["memberships"] == []
    assert (await call(stage, "GET", USERS, headers=FOREIGN_AUTH))["totalResults"] == 0


async def test_users_are_described(stage: Stage) -> None:
    config = await call(stage, "GET", "/api/public/scim/ServiceProviderConfig")
    assert config["patch"] == {"supported": True}
    assert config["filter"]["supported"] is True
    types = await call(stage, "GET", "/api/public/scim/ResourceTypes")
    assert types["Resources"][0]["endpoint"] == "/Users"
    schemas = await call(stage, "GET", "/api/public/scim/Schemas")
    names = {attribute["name"] for attribute in schemas["Resources"][0]["attributes"]}
    assert names == {"userName", "name", "emails", "active", "roles"}


BAD_MEMBERSHIPS = [
    {},
    [],
    {"userId": "u"},
    {"role": "OWNER"},
    {"userId": "u", "role": "owner"},
    {"userId": "u", "role": "BOSS"},
    {"userId": 1, "role": "OWNER"},
    {"userId": "a\0", "role": "OWNER"},
]


@pytest.mark.parametrize("path", [MEMBERS, IN_PROJECT])
@pytest.mark.parametrize("body", BAD_MEMBERSHIPS, ids=str)
async def test_a_bad_membership_is_refused(stage: Stage, path: str, body: Any) -> None:
    await call(stage, "PUT", path, body, 400)


BAD_USERS = [
    {},
    [],
    {"userName": "no address"},
    {"userName": 3},
    {"userName": "x" * 250 + "@example.com"},
    {"userName": "a\0@example.com"},
    {**BEA, "active": False},
    {**BEA, "roles": ["BOSS"]},
    {**BEA, "roles": [{"value": 3}]},
    {**BEA, "roles": "OWNER"},
    {**BEA, "name": "Bea"},
]


@pytest.mark.parametrize("body", BAD_USERS, ids=str)
async def test_a_bad_user_is_refused_in_the_words_of_scim(stage: Stage, body: Any) -> None:
    refused = await call(stage, "POST", USERS, body, 400)
    assert refused["status"] == "400"
    assert refused["detail"]
    assert await stage.catalog.members.list(ORGANIZATION) == []


BAD_PATCHES = [
    {},
    {"Operations": {}},
    {"Operations": [{"op": "remove", "path": "active"}]},
    {"Operations": [{"op": "replace", "path": "userName", "value": "x@example.com"}]},
    {"Operations": [{"op": "replace", "path": "active", "value": "maybe"}]},
    {"Operations": [{"op": "replace", "path": "active", "value": [1]}]},
    {"Operations": [{"op": "replace", "value": 3}]},
    {"Operations": [{"op": "replace", "path": "roles", "value": {"x": 1}}]},
]


@pytest.mark.parametrize("body", BAD_PATCHES, ids=str)
async def test_a_bad_patch_changes_nothing(stage: Stage, body: Any) -> None:
    ann = await enrol(stage)
    await call(stage, "PATCH", f"{USERS}/{ann}", body, 400)
    assert (await call(stage, "GET", f"{USERS}/{ann}"))["roles"] == ["OWNER"]


@pytest.mark.parametrize(
    "query", ['filter=emails eq "x"', "filter=userName sw x", "startIndex=x", "count=1.5", "count=1&count=2"]
)
async def test_a_bad_list_is_refused(stage: Stage, query: str) -> None:
    assert (await call(stage, "GET", f"{USERS}?{query}", status=400))["detail"]


async def test_a_user_of_elsewhere_joins_under_the_same_id(stage: Stage) -> None:
    elsewhere = OrganizationId("elsewhere")
    await stage.catalog.organizations.add(Organization(id=elsewhere, name="Elsewhere"))
    await stage.catalog.users.create(
        User(id=UserId("cid"), email="cid@example.com", name="Cid", roles={elsewhere: Role.OWNER})
    )
    assert await enrol(stage, {"userName": "cid@example.com", "name": {"formatted": "Other"}}) == "cid"
    user = await stage.catalog.users.get(UserId("cid"))
    assert user is not None
    assert json.dumps(user.roles, sort_keys=True) == '{"elsewhere": "owner", "org": "none"}'
