"""Price models in the web app: what a project sees, which names have no price, and pricing history again."""

from typing import Any

import pytest

from panope.domain.accounts import Role
from tests.api.conftest import AUTH, PROJECT, Stage
from tests.api.ui.conftest import Web, segment, sign_in

LANE = f"/api/ui/projects/{PROJECT}"
MODEL = {"modelName": "zeus-1", "matchPattern": "(?i)^zeus-1$", "inputPrice": 0.001, "outputPrice": 0.002}


@pytest.fixture
async def admin(stage: Stage) -> Web:
    return Web(stage, await sign_in(stage, Role.ADMIN))


async def call(web: Web, method: str, path: str, body: Any = None) -> Any:
    return await web.stage.client.request(method, LANE + path, json=body, headers=web.headers)


async def use(stage: Stage, model: str, number: int = 0) -> None:
    """One generation of that model, now by the clock of the tests."""
    body = {
        "id": f"{model}-{number}",
        "traceId": f"of-{model}",
        "model": model,
        "startTime": "2027-01-15T07:59:00Z",
        "usageDetails": {"input": 10, "output": 5},
    }
    event = {
        "id": f"e-{model}-{number}",
        "type": "generation-create",
        "timestamp": "2027-01-15T07:59:00Z",
        "body": body,
    }
    response = await stage.client.post("/api/public/ingestion", json={"batch": [event]}, headers=AUTH)
    assert response.json()["errors"] == []


async def test_a_name_without_a_price_gets_one_and_later_uses_cost(admin: Web) -> None:
    await use(admin.stage, "zeus-1")
    [name] = (await admin.get("/unpriced-models"))["names"]
    assert (name["model"], name["uses"], name["totalTokens"]) == ("zeus-1", 1, 15)
    created = await call(admin, "POST", "/models", MODEL)
    assert created.status_code == 201
    assert name["hasModel"] is False
    assert [one["hasModel"] for one in (await admin.get("/unpriced-models"))["names"]] == [True]
    await use(admin.stage, "zeus-1", 1)
    [row] = (await admin.get("/observations", q="id:=zeus-1-1"))["rows"]
    assert float(row["cost"]) == pytest.approx(0.02)
    [own] = [one for one in (await admin.get("/models"))["models"] if not one["isLangfuseManaged"]]
    assert (own["modelName"], own["weekUses"]) == ("zeus-1", 2)
    assert own["lastDayUs"] > 0


async def test_a_model_is_changed_and_deleted_by_its_id(admin: Web) -> None:
    model = (await call(admin, "POST", "/models", MODEL)).json()
    path = f"/models/{segment(model['id'])}"
    tiers = [
        {"name": "Standard", "isDefault": True, "priority": 0, "prices": {"input": 1.0}},
        {
            "name": "Long",
            "priority": 1,
            "prices": {"input": 2.0},
            "conditions": [{"usageDetailPattern": "^input$", "operator": "gt", "value": 100}],
        },
    ]
    changed = await call(admin, "PUT", path, {"modelName": "zeus-1", "matchPattern": "^zeus", "pricingTiers": tiers})
    assert [tier["name"] for tier in changed.json()["pricingTiers"]] == ["Standard", "Long"]
    assert (await call(admin, "DELETE", path)).status_code == 204
    assert (await call(admin, "GET", path)).status_code == 404
    shipped = (await admin.get("/models"))["models"][0]
    assert (await call(admin, "PUT", f"/models/{segment(shipped['id'])}", MODEL)).status_code == 404
    assert (await call(admin, "PUT", "/models/of-nobody", MODEL)).status_code == 404


async def test_a_pattern_is_tried_on_what_was_sent(admin: Web) -> None:
    await use(admin.stage, "zeus-1")
    await use(admin.stage, "hera")
    answer = await call(admin, "POST", "/model-patterns", {"pattern": "(?i)^ZEUS", "names": ["zeus-9"]})
    found = {one["model"]: (one["isMatch"], one["weekUses"]) for one in answer.json()["names"]}
    assert found == {"zeus-9": (True, 0), "zeus-1": (True, 1), "hera": (False, 1)}
    refused = await call(admin, "POST", "/model-patterns", {"pattern": "(?=x)"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_pattern")
    assert "Look-ahead" in refused.json()["message"]


async def test_a_repricing_waits_to_be_carried_out_and_can_be_cancelled(admin: Web) -> None:
    asked = await call(admin, "POST", "/repricings", {"sinceUs": 0, "model": "zeus-1"})
    assert asked.status_code == 202
    operation = asked.json()
    assert (operation["state"], operation["dryRun"], operation["costAfter"]) == ("waiting", True, "0")
    again = await call(admin, "POST", "/repricings", {"sinceUs": 0, "model": "zeus-1"})
    assert again.json()["id"] == operation["id"]
    path = f"/repricings/{operation['id']}"
    assert (await call(admin, "GET", path)).json() == operation
    assert (await call(admin, "DELETE", path)).json()["state"] == "cancelled"
    assert (await call(admin, "GET", "/repricings/none")).status_code == 404


async def test_a_viewer_reads_and_changes_nothing(web: Web) -> None:
    assert (await web.get("/models"))["models"]
    for method, path in (("POST", "/models"), ("PUT", "/models/x"), ("DELETE", "/models/x"), ("POST", "/repricings")):
        assert (await call(web, method, path, {})).status_code == 403, path
