"""Comments and annotation queues over HTTP: the whole app over memory engines, with a clock that tests turn."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import Struct

from panope.bootstrap import AppOptions
from panope.domain.accounts import Organization, Role, User
from panope.domain.ids import OrganizationId, UserId
from tests.api.conftest import AUTH, LIMITS, NOW_US, ORGANIZATION, OTHER_AUTH, Stage, staged

PUBLIC = "/api/public"
WORK = "/api/panope/v1/annotation-queues"
QUEUES = f"{PUBLIC}/annotation-queues"
AT = "2027-01-15T07:59:00.000Z"


class Desk(Struct):
    """One project's calls, each expected to be answered as said."""

    stage: Stage
    headers: dict[str, str]
    times: list[int]
    """Its last is now."""

    async def call(self, method: str, path: str, body: Any = None, *, status: int = 200, **params: Any) -> Any:
        response = await self.stage.client.request(method, path, json=body, params=params or None, headers=self.headers)
        assert response.status_code == status, response.text
        return response.json()

    async def get(self, path: str, *, status: int = 200, **params: Any) -> Any:
        return await self.call("GET", path, status=status, **params)

    async def post(self, path: str, body: Any = None, *, status: int = 200, **params: Any) -> Any:
        return await self.call("POST", path, body, status=status, **params)

    def wait(self, seconds: float) -> None:
        self.times.append(self.times[-1] + int(seconds * 1_000_000))

    async def send(self, *bodies: tuple[str, dict[str, Any]]) -> None:
        """Ingest events."""
        batch = [
            {"id": f"{kind}-{body['id']}", "type": f"{kind}-create", "timestamp": AT, "body": body}
            for kind, body in bodies
        ]
        response = await self.stage.client.post(f"{PUBLIC}/ingestion", json={"batch": batch}, headers=self.headers)
        assert response.json()["errors"] == []

    async def send_traces(self, count: int, **more: Any) -> None:
        await self.send(*(("trace", {"id": f"t{number}", **more}) for number in range(count)))

    async def config(self, name: str = "quality", data_type: str = "NUMERIC", **more: Any) -> str:
        made = await self.post(f"{PUBLIC}/score-configs", {"name": name, "dataType": data_type, **more})
        return str(made["id"])

    async def queue(self, *config_ids: str, name: str = "Review") -> str:
        ids = list(config_ids) or [await self.config()]
        return str((await self.post(QUEUES, {"name": name, "scoreConfigIds": ids}))["id"])

    async def item(self, queue_id: str, object_id: str, object_type: str = "TRACE") -> str:
        body = {"objectId": object_id, "objectType": object_type}
        return str((await self.post(f"{QUEUES}/{queue_id}/items", body))["id"])

    async def next(self, queue_id: str, reviewer: str = "ann", **more: Any) -> Any:
        return (await self.post(f"{WORK}/{queue_id}/next", {"reviewer": reviewer, **more}))["item"]

    async def complete(self, item: Any, scores: Any = (), *, status: int = 200, **more: Any) -> Any:
        body = {"token": item["lock"]["token"], "scores": list(scores), **more}
        return await self.post(f"{WORK}/{item['queueId']}/items/{item['id']}/complete", body, status=status)

    async def scores(self, **params: Any) -> list[Any]:
        found: list[Any] = (await self.get(f"{PUBLIC}/v2/scores", **params))["data"]
        return found


@pytest.fixture
async def desks() -> AsyncIterator[tuple[Desk, Desk]]:
    """Two projects of one organisation with two members; somebody else belongs to another."""
    times = [NOW_US]
    elsewhere = OrganizationId("elsewhere")
    async with staged(AppOptions(limits=LIMITS), lambda: times[-1]) as stage:
        await stage.catalog.organizations.add(Organization(id=elsewhere, name="Elsewhere"))
        for name, organization_id in (("ann", ORGANIZATION), ("bob", ORGANIZATION), ("eve", elsewhere)):
            roles = {organization_id: Role.MEMBER}
            await stage.catalog.users.create(User(id=UserId(name), email=f"{name}@example.com", roles=roles))
        yield Desk(stage, AUTH, times), Desk(stage, OTHER_AUTH, times)


@pytest.fixture
async def desk(desks: tuple[Desk, Desk]) -> Desk:
    return desks[0]


@pytest.fixture
async def stranger(desks: tuple[Desk, Desk]) -> Desk:
    """Somebody with a key of another project."""
    return desks[1]
