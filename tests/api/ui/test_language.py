"""The fields of the query language, as the web app is told them."""

from typing import Any

import pytest

from panope.domain.accounts import Role
from panope.query.question import Listing
from tests.api.conftest import Stage
from tests.api.ui.conftest import Web, sign_in


@pytest.fixture
async def web(stage: Stage) -> Web:
    return Web(stage, await sign_in(stage, Role.VIEWER))


async def language(web: Web) -> Any:
    response = await web.stage.client.get("/api/ui/query-language", headers=web.headers)
    assert response.status_code == 200
    return response.json()


async def test_every_field_that_is_told_can_be_asked_for(web: Web) -> None:
    told = await language(web)
    assert len(told["fields"]) > 50
    for field in told["fields"]:
        name = field["name"] + (".accuracy" if field["name"] == "score" else ".total" if field["needsKey"] else "")
        for listing in field["lists"]:
            assert (await web.ask(f"/{listing}", q=f"has:{name}")).status_code == 200, (listing, name)
    for flag in told["flags"]:
        for listing in flag["lists"]:
            assert (await web.ask(f"/{listing}", q=f"is:{flag['name']}")).status_code == 200, (listing, flag)


async def test_every_field_that_is_said_to_be_counted_is(web: Web) -> None:
    for field in (await language(web))["fields"]:
        name = field["name"] + (".total" if field["needsKey"] else "")
        for listing in field["counted"]:
            assert listing in field["lists"]
            assert (await web.ask(f"/{listing}/facets", field=name)).status_code == 200, (listing, name)
        assert Listing.USERS not in field["counted"]
