"""The HTTP routes of price models, in process."""

import json
import re
from collections.abc import AsyncIterator
from itertools import count
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.domain.accounts import Access, Organization, Principal, Project
from panope.domain.errors import PanopeError
from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId
from panope.features.pricing.managed import load_managed
from panope.features.pricing.service import PricingService
from panope.http.errors import answer_panope_error
from panope.http.routes.models import models_router
from panope.ports.telemetry import UnpricedModel
from tests.unit.pricing.support import NoTelemetry

NOW_US = 1_800_000_000_000_000
BODY = {"modelName": "house", "matchPattern": "^house$", "unit": "TOKENS", "inputPrice": 1e-6}
PATH = "/api/public/models"


class _Gate:
    async def admit(self, _request: Request, required: Access) -> Principal:
        assert required is Access.PROJECT
        return Principal(
            project_id=ProjectId("p"),
            organization_id=OrganizationId("o"),
            key_id=ApiKeyId("k"),
            public_key="pk",
            access=Access.PROJECT,
        )


@pytest.fixture
def telemetry() -> NoTelemetry:
    return NoTelemetry([UnpricedModel(model="x", uses=2, total_tokens=9, last_us=NOW_US)])


@pytest.fixture
async def client(telemetry: NoTelemetry) -> AsyncIterator[httpx2.AsyncClient]:
    catalog = MemoryCatalog()
    await catalog.organizations.add(Organization(id=OrganizationId("o"), name="o"))
    await catalog.projects.add(Project(id=ProjectId("p"), organization_id=OrganizationId("o"), name="p"))
    ids = count(1)
    pricing = PricingService(
        models=catalog.models,
        version=catalog.version,
        managed=load_managed(),
        telemetry=telemetry,
        clock=lambda: NOW_US,
        new_id=lambda: f"model-{next(ids)}",
    )
    app = FastAPI(exception_handlers={PanopeError: answer_panope_error})
    app.include_router(models_router(pricing, lambda: NOW_US))
    app.state.gate = _Gate()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as made:
        made.app = app
        yield made


async def _send(client: httpx2.AsyncClient, method: str, path: str, body: Any = None) -> SimpleNamespace:
    response = await client.request(method, path, content=None if body is None else json.dumps(body))
    return SimpleNamespace(status=response.status_code, body=response.json())


async def test_model_can_be_defined_shown_replaced_and_deleted(client: httpx2.AsyncClient) -> None:
    made = await _send(client, "POST", PATH, BODY)
    assert (made.status, made.body["id"], made.body["createdAt"]) == (200, "model-1", "2027-01-15T08:00:00.000Z")
    assert (await _send(client, "GET", f"{PATH}/model-1")).body == made.body
    changed = await _send(client, "PUT", f"{PATH}/model-1", BODY | {"inputPrice": 2e-6})
    assert (changed.status, changed.body["inputPrice"]) == (200, 2e-6)
    gone = await _send(client, "DELETE", f"{PATH}/model-1")
    assert (gone.status, gone.body) == (200, {"message": "Model successfully deleted"})
    assert (await _send(client, "GET", f"{PATH}/model-1")).status == 404
    assert (await _send(client, "DELETE", f"{PATH}/model-1")).status == 404


async def test_id_may_hold_a_slash(client: httpx2.AsyncClient) -> None:
    made = await _send(client, "PUT", f"{PATH}/team%2Fhouse", BODY)
    assert (made.status, made.body["id"]) == (200, "team/house")
    assert (await _send(client, "GET", f"{PATH}/team/house")).status == 200


async def test_list_has_own_models_first_and_counts_all(client: httpx2.AsyncClient) -> None:
    await _send(client, "POST", PATH, BODY)
    page = await _send(client, "GET", f"{PATH}?limit=2&page=1")
    assert page.status == 200
    assert page.body["data"][0]["modelName"] == "house"
    assert page.body["data"][1]["isLangfuseManaged"] is True
    total = len(load_managed().models) + 1
    assert page.body["meta"] == {"page": 1, "limit": 2, "totalItems": total, "totalPages": -(-total // 2)}


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "page=0", "page=x"])
async def test_page_beyond_the_limits_is_refused(client: httpx2.AsyncClient, query: str) -> None:
    assert (await _send(client, "GET", f"{PATH}?{query}")).status == 400


async def test_managed_model_cannot_be_changed_or_deleted(client: httpx2.AsyncClient) -> None:
    managed_id = load_managed().models[5].id
    assert (await _send(client, "GET", f"{PATH}/{managed_id}")).body["isLangfuseManaged"] is True
    assert (await _send(client, "DELETE", f"{PATH}/{managed_id}")).status == 404
    assert (await _send(client, "PUT", f"{PATH}/{managed_id}", BODY)).status == 404


async def test_faulty_definition_is_refused_and_changes_nothing(client: httpx2.AsyncClient) -> None:
    assert (await _send(client, "POST", PATH, BODY | {"matchPattern": "(?=x)"})).status == 400
    await _send(client, "POST", PATH, BODY)
    assert (await _send(client, "POST", PATH, BODY)).status == 400
    assert (await _send(client, "GET", PATH)).body["meta"]["totalItems"] == len(load_managed().models) + 1


async def test_unpriced_models_of_the_last_thirty_days_unless_asked_otherwise(
    client: httpx2.AsyncClient, telemetry: NoTelemetry
) -> None:
    answer = await _send(client, "GET", "/api/public/unpriced-models")
    assert answer.body["data"][0] == {
        "model": "x",
        "uses": 2,
        "totalTokens": 9,
        "lastUsedAt": "2027-01-15T08:00:00.000Z",
    }
    await _send(client, "GET", "/api/public/unpriced-models?fromTimestamp=1970-01-01T00:00:01Z")
    assert telemetry.asked == [("p", NOW_US - 30 * 86_400_000_000), ("p", 1_000_000)]
    assert (await _send(client, "GET", "/api/public/unpriced-models?fromTimestamp=now")).status == 400


async def test_old_python_sdk_is_spared_tiers_that_it_cannot_read(client: httpx2.AsyncClient) -> None:
    model_id = next(model.id for model in load_managed().models if model.name == "gpt-4o")
    headers = {"X-Langfuse-Sdk-Name": "python", "X-Langfuse-Sdk-Version": "3.15.0"}
    old = (await client.get(f"{PATH}/{model_id}", headers=headers)).json()
    new = (await client.get(f"{PATH}/{model_id}")).json()
    assert [tier["name"] for tier in old["pricingTiers"]] == ["Standard"]
    assert "Priority" in [tier["name"] for tier in new["pricingTiers"]]


async def test_description_of_the_api_is_complete_in_itself(client: httpx2.AsyncClient) -> None:
    document = client.app.openapi()
    text = json.dumps(document["paths"])
    assert set(re.findall(r'"\$ref": "([^"]+)"', text)) <= {"#/components/schemas/HTTPValidationError"}
    schema = document["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["modelName", "matchPattern"]
    assert schema["properties"]["inputPrice"]["anyOf"][0]["type"] == "number"
