"""Saved views in the web app."""

from typing import Any

import httpx2
import pytest

from panope.domain.accounts import Role
from tests.api.conftest import OTHER_PROJECT, PROJECT, Stage
from tests.api.ui.conftest import Web, sign_in

STATE: dict[str, Any] = {
    "q": "level:ERROR",
    "dateRange": "7d",
    "env": ["prod"],
    "orderBy": "cost-DESC",
    "columns": {"hidden": ["cost"], "shown": [], "order": ["name"], "widths": {"name": 90}},
    "rowLines": 3,
}


@pytest.fixture
async def member(stage: Stage) -> Web:
    return Web(stage, await sign_in(stage, Role.MEMBER))


@pytest.fixture
async def viewer(stage: Stage) -> Web:
    return Web(stage, await sign_in(stage, Role.VIEWER))


@pytest.fixture
async def admin(stage: Stage) -> Web:
    return Web(stage, await sign_in(stage, Role.ADMIN))


async def send(web: Web, method: str, path: str = "", body: Any = None, project: str = PROJECT) -> httpx2.Response:
    address = f"/api/ui/projects/{project}/views{path}"
    return await web.stage.client.request(method, address, json=body, headers=web.headers)


async def save(web: Web, **more: Any) -> dict[str, Any]:
    response = await send(web, "POST", body={"level": "traces", "name": "Failures", "state": STATE, **more})
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


async def names(web: Web) -> list[str]:
    return [view["name"] for view in (await web.get("/views"))["views"]]


async def test_a_view_is_saved_opened_by_its_id_and_listed_for_its_owner(member: Web, viewer: Web) -> None:
    view = await save(member, name="  Failures ")
    assert (view["name"], view["state"], view["isOwn"], view["isShared"]) == ("Failures", STATE, True, False)
    assert await names(member) == ["Failures"]
    assert await names(viewer) == []
    opened = await viewer.get(f"/views/{view['id']}")
    assert (opened["state"], opened["isOwn"]) == (STATE, False)
    assert (await send(viewer, "GET", f"/{view['id']}", project=OTHER_PROJECT)).status_code == 404
    assert (await send(viewer, "GET", "/nothing")).status_code == 404


async def test_a_view_is_renamed_shared_updated_and_deleted(member: Web, viewer: Web) -> None:
    view = await save(member)
    changed = await send(member, "PATCH", f"/{view['id']}", {"name": "Cheap", "isShared": True, "state": {"q": "a"}})
    assert changed.json()["name"] == "Cheap"
    assert changed.json()["state"]["q"] == "a"
    assert await names(viewer) == ["Cheap"]
    assert (await send(member, "DELETE", f"/{view['id']}")).status_code == 204
    assert await names(viewer) == []


async def test_what_is_somebody_elses_stays_as_it_is(member: Web, viewer: Web, admin: Web) -> None:
    own, shared = await save(member), await save(member, name="Shared", isShared=True)
    for view, web, status in ((own, admin, 403), (shared, viewer, 403), (shared, admin, 200)):
        assert (await send(web, "PATCH", f"/{view['id']}", {"name": "Mine"})).status_code == status
    assert (await send(viewer, "DELETE", f"/{shared['id']}")).status_code == 403
    assert (
        await send(viewer, "POST", body={"level": "traces", "name": "a", "isShared": True, "state": {}})
    ).status_code == 403
    mine = await save(viewer)
    assert (await send(viewer, "PATCH", f"/{mine['id']}", {"isShared": True})).status_code == 403


async def test_a_list_begins_with_what_one_chose_or_else_with_what_an_admin_did(member: Web, admin: Web) -> None:
    view = await save(admin, isShared=True)
    assert (await send(member, "PUT", "/defaults/traces", {"viewId": view["id"], "forAll": True})).status_code == 403
    assert (await send(admin, "PUT", "/defaults/traces", {"viewId": view["id"], "forAll": True})).status_code == 204
    other = await save(admin, level="sessions", isShared=True)
    assert (await send(member, "PUT", "/defaults/sessions", {"viewId": view["id"]})).status_code == 400
    assert (await send(member, "PUT", "/defaults/sessions", {"viewId": other["id"]})).status_code == 204
    assert (await send(member, "PUT", "/defaults/traces", {"viewId": "none"})).status_code == 404
    assert (await send(member, "PUT", "/defaults/nothing", {"viewId": None})).status_code == 400
    assert (await member.get("/views"))["defaults"] == [
        {"level": "sessions", "viewId": other["id"], "forAll": False},
        {"level": "traces", "viewId": view["id"], "forAll": True},
    ]
    assert (await send(admin, "PUT", "/defaults/traces", {"viewId": None, "forAll": True})).status_code == 204
    assert [row["level"] for row in (await member.get("/views"))["defaults"]] == ["sessions"]


async def test_the_same_long_query_has_one_address_that_keeps_what_it_shows(member: Web, viewer: Web) -> None:
    state: dict[str, Any] = {"q": " ".join(f"-user:u{at}" for at in range(1_000))}
    first = await save(member, name=None, state=state, isShared=True)
    again = await save(viewer, name=None, state=state)
    assert (again["id"], again["isOwn"], first["isOwn"]) == (first["id"], False, True)
    other = await save(viewer, name=None, state=state | {"columns": {"hidden": ["cost"]}})
    assert other["id"] != first["id"]
    changed = await send(member, "PATCH", f"/{first['id']}", {"name": "Mine", "state": {"q": "else"}})
    assert (changed.status_code, changed.json()["error"]) == (400, "view_without_name")
    opened = await viewer.get(f"/views/{first['id']}")
    assert opened == first | {"isOwn": False}
    assert await names(member) == []


@pytest.mark.parametrize(
    "body",
    [
        {"level": "traces", "name": " ", "state": {}},
        {"level": "traces", "name": "x" * 201, "state": {}},
        {"level": "nothing", "name": "a", "state": {}},
        {"level": "traces", "name": "a"},
        {"level": "traces", "name": "a", "state": {"q": "x" * 200_001}},
        {"level": "traces", "name": "a", "state": {}, "owner": "b"},
        [],
    ],
)
async def test_what_is_no_view_is_not_saved(member: Web, body: Any) -> None:
    assert (await send(member, "POST", body=body)).status_code == 400
    assert await names(member) == []
