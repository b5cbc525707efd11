"""The web app's lane in process: somebody who is signed in, and a hand in the store behind."""

from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from msgspec import Struct

from panope.domain.accounts import Role, User
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId, UserId
from panope.features.accounts.sessions import UserSessions
from panope.http.members import COOKIE, CSRF_HEADER
from panope.kit.ids import new_id
from tests.api.conftest import NOW_US, ORGANIZATION, PROJECT, Stage
from tests.support.batches import batch


class Web(Struct):
    """What a test asks and tells."""

    stage: Stage
    headers: dict[str, str]

    async def tell(self, *events: TelemetryEvent, project_id: ProjectId = PROJECT, now_us: int = NOW_US) -> None:
        await self.stage.telemetry.apply(batch(project_id, events, now_us=now_us))

    async def ask(self, path: str, *, project: str = PROJECT, **params: Any) -> httpx2.Response:
        asked = {name.rstrip("_"): value for name, value in params.items()}
        return await self.stage.client.get(f"/api/ui/projects/{project}{path}", params=asked, headers=self.headers)

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.ask(path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    async def ids(self, path: str, **params: Any) -> list[str]:
        return [row["id"] for row in (await self.get(path, **params))["rows"]]

    async def refusal(self, path: str, **params: Any) -> tuple[int, str]:
        response = await self.ask(path, **params)
        return response.status_code, response.text


def segment(text: str) -> str:
    """An id as one segment of a path."""
    return quote(text, safe="")


async def sign_in(stage: Stage, role: Role) -> dict[str, str]:
    """Headers of somebody new with this role in the organisation."""
    user = User(id=UserId(new_id()), email=f"{new_id()}@panope.test", password_hash="hash", roles={ORGANIZATION: role})
    await stage.catalog.users.create(user)
    sessions = UserSessions(stage.catalog, clock=lambda: NOW_US, new_id=new_id)
    opened = await sessions.open(user, "test")
    return {"Cookie": f"{COOKIE}={opened.token}", CSRF_HEADER: await sessions.csrf_of(opened.session)}


@pytest.fixture
async def web(stage: Stage) -> Web:
    """A viewer of both projects."""
    return Web(stage, await sign_in(stage, Role.VIEWER))
