"""Score configs and sizes in the web app."""

from typing import Any

import pytest

from panope.domain.accounts import Role
from tests.api.conftest import PROJECT, Stage
from tests.api.ui.conftest import Web, sign_in
from tests.support.told import trace

LANE = f"/api/ui/projects/{PROJECT}"


@pytest.fixture
async def member(stage: Stage) -> Web:
    return Web(stage, await sign_in(stage, Role.MEMBER))


async def call(web: Web, method: str, path: str, body: Any) -> Any:
    return await web.stage.client.request(method, LANE + path, json=body, headers=web.headers)


async def test_a_config_is_made_changed_and_archived(member: Web) -> None:
    made = await call(member, "POST", "/score-configs", {"name": "tone", "dataType": "BOOLEAN"})
    assert made.status_code == 201
    path = f"/score-configs/{made.json()['id']}"
    changed = await call(member, "PATCH", path, {"description": "Is it kind?", "isArchived": True})
    assert (changed.json()["description"], changed.json()["isArchived"]) == ("Is it kind?", True)
    [shown] = (await member.get("/score-configs"))["data"]
    assert shown == changed.json()


async def test_what_is_not_lawful_is_refused_with_its_place(member: Web) -> None:
    refused = await call(
        member, "POST", "/score-configs", {"name": "x", "dataType": "NUMERIC", "minValue": 2, "maxValue": 1}
    )
    assert refused.status_code == 400
    assert refused.json()["issues"]


async def test_a_viewer_makes_none(web: Web) -> None:
    assert (await call(web, "POST", "/score-configs", {"name": "x", "dataType": "TEXT"})).status_code == 403


async def test_sizes_are_of_the_project(web: Web) -> None:
    await web.tell(trace("t1", 1))
    sizes = await web.get("/storage")
    assert (sizes["traces"], sizes["observations"], sizes["tables"]) == (1, 0, None)
    assert sizes["storedBytes"] > 0
