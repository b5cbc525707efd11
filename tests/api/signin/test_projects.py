"""A project's settings and its keys, for people."""

import pytest

from panope.domain.accounts import Role
from panope.domain.ids import ApiKeyId
from panope.jobs.text_index import TextIndexRunner
from tests.api.conftest import NOW_US, PROJECT, Stage, basic
from tests.api.signin.people import make_user, member, signed_in

PATH = f"/api/ui/projects/{PROJECT}"


@pytest.fixture
async def admin(stage: Stage) -> dict[str, str]:
    return await member(stage, Role.ADMIN)


async def test_a_project_is_shown_with_ones_own_role(stage: Stage) -> None:
    found = await stage.client.get(PATH, headers=await member(stage, Role.VIEWER))
    assert found.json() == {
        "id": "project",
        "name": "The project",
        "organizationId": "org",
        "organizationName": "Organisation",
        "metadata": {},
        "retentionDays": None,
        "textIndex": {"enabled": True, "lagUs": None, "waitingRows": None, "rows": None, "bytes": None},
        "createdUs": 0,
        "updatedUs": 0,
        "role": "viewer",
    }


async def test_what_is_left_out_stays(stage: Stage, admin: dict[str, str]) -> None:
    changes = (
        ({"name": " Zeus "}, ("Zeus", {}, None)),
        ({"metadata": {"team": "a"}}, ("Zeus", {"team": "a"}, None)),
        ({"retentionDays": 30}, ("Zeus", {"team": "a"}, 30)),
        ({}, ("Zeus", {"team": "a"}, 30)),
        ({"retentionDays": 0, "metadata": {}}, ("Zeus", {}, None)),
    )
    for sent, expected in changes:
        body = (await stage.client.patch(PATH, json=sent, headers=admin)).json()
        assert (body["name"], body["metadata"], body["retentionDays"]) == expected
    assert body["updatedUs"] == NOW_US


async def test_the_index_of_texts_is_switched_by_admins(stage: Stage, admin: dict[str, str]) -> None:
    indexes: TextIndexRunner = stage.app.state.texts
    await indexes.run_once()
    shown = (await stage.client.get(PATH, headers=admin)).json()["textIndex"]
    assert shown == {"enabled": True, "lagUs": 0, "waitingRows": 0, "rows": 0, "bytes": 0}
    switched = await stage.client.patch(PATH, json={"textIndex": False}, headers=admin)
    assert switched.json()["textIndex"]["enabled"] is False
    await indexes.run_once()
    shown = (await stage.client.get(PATH, headers=admin)).json()["textIndex"]
    assert shown == {"enabled": False, "lagUs": None, "waitingRows": None, "rows": None, "bytes": None}
    member_sent = await stage.client.patch(PATH, json={"textIndex": True}, headers=await member(stage, Role.MEMBER))
    assert member_sent.status_code == 403


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"name": "ab"}, ["name"]),
        ({"textIndex": "yes"}, ["textIndex"]),
        ({"name": None}, ["name"]),
        ({"retentionDays": 1}, ["retentionDays"]),
        ({"retentionDays": -1}, ["retentionDays"]),
        ({"metadata": []}, ["metadata"]),
        ([], []),
    ],
)
async def test_what_is_wrong_is_named(stage: Stage, admin: dict[str, str], sent: object, path: list[str]) -> None:
    refused = await stage.client.patch(PATH, json=sent, headers=admin)
    assert (refused.status_code, refused.json()["issues"][0]["path"]) == (400, path)


async def test_a_name_that_another_project_has_is_refused(stage: Stage, admin: dict[str, str]) -> None:
    refused = await stage.client.patch(PATH, json={"name": "The other-project"}, headers=admin)
    assert (refused.status_code, refused.json()["error"]) == (409, "project_name_taken")


async def test_a_key_shows_its_secret_once_works_and_is_revoked(stage: Stage, admin: dict[str, str]) -> None:
    made = await stage.client.post(PATH + "/api-keys", json={"note": "CI"}, headers=admin)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    pair = basic(made.json()["publicKey"], made.json()["secretKey"])
    assert (await stage.client.get("/api/public/projects", headers=pair)).status_code == 200
    listed = await stage.client.get(PATH + "/api-keys", headers=admin)
    assert made.json()["secretKey"] not in listed.text
    keys = {key["publicKey"]: key for key in listed.json()["apiKeys"]}
    key = keys[made.json()["publicKey"]]
    assert {**key, "secretKey": made.json()["secretKey"]} == made.json()
    assert (key["note"], key["createdUs"], key["lastUsedUs"], key["expiresUs"]) == ("CI", NOW_US, None, None)
    await stage.catalog.keys.note_uses({ApiKeyId(key["id"]): NOW_US + 5})
    gone = await stage.client.delete(f"{PATH}/api-keys/{key['id']}", headers=admin)
    assert (gone.status_code, gone.json()) == (200, {"id": key["id"], "lastUsedUs": NOW_US + 5})
    assert (await stage.client.get("/api/public/projects", headers=pair)).status_code == 401
    again = await stage.client.delete(f"{PATH}/api-keys/{key['id']}", headers=admin)
    assert (again.status_code, again.json()["error"]) == (404, "unknown_key")


async def test_a_key_of_another_project_is_unknown(stage: Stage, admin: dict[str, str]) -> None:
    (foreign,) = [key for key in await stage.catalog.keys.list() if key.public_key == "pk-lf-two"]
    assert (await stage.client.delete(f"{PATH}/api-keys/{foreign.id}", headers=admin)).status_code == 404
    assert len(await stage.catalog.keys.list()) == 3


async def test_the_role_that_is_missing_is_told(stage: Stage) -> None:
    refused = await stage.client.get(PATH + "/api-keys", headers=await member(stage, Role.MEMBER))
    assert (refused.status_code, refused.json()) == (
        403,
        {
            "message": "This needs the role admin or higher, and yours here is member: ask an owner or admin for it",
            "error": "role_too_low",
        },
    )


@pytest.mark.parametrize(
    ("in_organization", "in_project", "status"),
    [
        (Role.ADMIN, Role.VIEWER, 200),
        (Role.VIEWER, Role.ADMIN, 200),
        (Role.VIEWER, Role.MEMBER, 403),
        (Role.NONE, Role.NONE, 404),
        (Role.OWNER, Role.NONE, 200),
    ],
)
async def test_the_higher_role_counts(stage: Stage, in_organization: Role, in_project: Role, status: int) -> None:
    user = await make_user(stage, "ann", in_organization, project_role=(PROJECT, in_project))
    headers = await signed_in(stage, user)
    assert (await stage.client.get(PATH + "/api-keys", headers=headers)).status_code == status


async def test_a_role_that_is_taken_away_is_gone_at_once(stage: Stage) -> None:
    user = await make_user(stage, "ann", Role.OWNER)
    await make_user(stage, "bea", Role.OWNER)
    headers = await signed_in(stage, user)
    assert (await stage.client.get(PATH, headers=headers)).json()["role"] == "owner"
    (organization_id,) = user.roles
    await stage.catalog.members.put(organization_id, user.id, Role.VIEWER)
    assert (await stage.client.get(PATH, headers=headers)).json()["role"] == "viewer"
    await stage.catalog.members.remove(organization_id, user.id)
    assert (await stage.client.get(PATH, headers=headers)).status_code == 404
    assert (await stage.client.get("/api/ui/account", headers=headers)).status_code == 200


async def test_a_project_is_deleted_by_its_name_alone(stage: Stage, admin: dict[str, str]) -> None:
    for name in ("the project", "", "The other-project"):
        refused = await stage.client.request("DELETE", PATH, json={"name": name}, headers=admin)
        assert (refused.status_code, refused.json()["issues"][0]["path"]) == (400, ["name"])
    deleted = await stage.client.request("DELETE", PATH, json={"name": "The project"}, headers=admin)
    assert deleted.status_code == 204
    assert (await stage.client.get(PATH, headers=admin)).status_code == 404
    assert await stage.catalog.keys.list(PROJECT) == []
