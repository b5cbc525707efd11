"""Scores and their configs over HTTP: the whole app over memory engines."""

from typing import Any

import pytest
from msgspec import Struct

from tests.api.conftest import AUTH, BROWSER_AUTH, OTHER_AUTH, Stage

PUBLIC = "/api/public"
EXTENSION = "/api/panope/v1"


class Desk(Struct):
    """One project's calls, each expected to be answered as said."""

    stage: Stage
    headers: dict[str, str]

    async def call(
        self, method: str, path: str, body: Any = None, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        response = await self.stage.client.request(method, path, json=body, headers={**self.headers, **(headers or {})})
        assert response.status_code == status, response.text
        return response.json()

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.stage.client.get(path, params=params, headers=self.headers)
        assert response.status_code == 200, response.text
        return response.json()

    async def agree(self, name: str, data_type: str = "NUMERIC", **more: Any) -> str:
        """Make a config; its id."""
        made = await self.call("POST", f"{PUBLIC}/score-configs", {"name": name, "dataType": data_type, **more})
        return str(made["id"])

    async def score(self, status: int = 200, **body: Any) -> Any:
        """Post one score on a trace."""
        sent = {"traceId": "t", "name": "any", **body}
        return await self.call("POST", f"{PUBLIC}/scores", sent, status=status)

    async def show(self, score_id: str) -> Any:
        return await self.get(f"{PUBLIC}/v2/scores/{score_id}")

    async def receipt(self) -> Any:
        """The newest line of the ledger."""
        receipts = await self.stage.telemetry.list_receipts("project", 1)  # type: ignore[arg-type]  # a plain id will do
        return receipts[0]


@pytest.fixture
async def browser(stage: Stage) -> Desk:
    """A page that knows the public key alone."""
    return Desk(stage, {**BROWSER_AUTH, "Origin": "https://app.example.com"})


@pytest.fixture
async def desk(stage: Stage) -> Desk:
    return Desk(stage, AUTH)


@pytest.fixture
async def stranger(stage: Stage) -> Desk:
    """Somebody with a key of another project."""
    return Desk(stage, OTHER_AUTH)
