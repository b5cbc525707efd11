"""The first user of a server."""

import asyncio
import re

import httpx2
import pytest

from panope.domain.accounts import Role
from tests.api.conftest import ORGANIZATION, OTHER_PROJECT, Stage
from tests.api.signin.people import PASSWORD, browser, make_user, ticket_of

HERE = "http://127.0.0.1:3001"
FIELDS = {"email": "Ann@example.com", "password": PASSWORD, "name": "Ann"}


@pytest.fixture
async def fresh(stage: Stage) -> Stage:
    """A server with one project, as the first start makes it."""
    await stage.catalog.projects.delete(ORGANIZATION, OTHER_PROJECT, 1)
    return stage


async def test_the_first_user_owns_everything_and_is_signed_in(fresh: Stage) -> None:
    async with browser(fresh, HERE) as opened:
        assert (await opened.client.get("/auth/sign-in")).headers["location"] == "/setup"
        page = await opened.client.get("/setup")
        assert re.findall(r'autocomplete="([\w-]+)"', page.text) == ["username", "new-password", "name", "off", "off"]
        assert re.findall(r'value="([^"]*)" required', page.text) == ["Organisation", "The project"]
        done = await opened.post("/setup", **FIELDS, organization=" Acme  & sons ", project="Zeus")
        assert (done.status_code, done.headers["location"]) == (303, "/")
        session = (await opened.client.get("/api/ui/session")).json()
        assert session["user"] == {"id": session["user"]["id"], "email": "ann@example.com", "name": "Ann"}
        assert session["projects"] == [
            {
                "id": "project",
                "name": "Zeus",
                "organizationId": "org",
                "organizationName": "Acme & sons",
                "role": "owner",
            }
        ]


async def test_once_there_is_a_user_it_leads_to_signing_in(fresh: Stage) -> None:
    async with browser(fresh, HERE) as opened:
        ticket = ticket_of(await opened.client.get("/setup"))
        await make_user(fresh, "bea", Role.VIEWER)
        assert (await opened.client.get("/setup")).headers["location"] == "/auth/sign-in"
        late = await opened.client.post("/setup", data={**FIELDS, "ticket": ticket})
        assert (late.status_code, late.headers["location"]) == (303, "/auth/sign-in")
    assert [user.email for user in await fresh.catalog.users.list()] == ["bea@example.com"]


async def test_of_many_at_once_one_is_first(fresh: Stage) -> None:
    async def one(number: int) -> str:
        async with browser(fresh, HERE) as opened:
            done = await opened.post("/setup", email=f"u{number}@example.com", password=PASSWORD)
            return done.headers["location"]

    assert sorted(await asyncio.gather(*(one(number) for number in range(6)))) == ["/"] + ["/auth/sign-in"] * 5
    assert len(await fresh.catalog.users.list()) == 1


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"email": "ann", "password": PASSWORD}, "That is not an e-mail address"),
        ({"email": "ann@example.com", "password": "short"}, "A password has 8 to 1024 characters"),
        ({}, "That is not an e-mail address"),
    ],
)
async def test_what_is_wrong_is_told_and_the_rest_is_kept(fresh: Stage, fields: dict[str, str], problem: str) -> None:
    async with browser(fresh, HERE) as opened:
        page = await opened.post("/setup", **fields, organization='A"<b>', project="Zeus")
        assert page.status_code == 400
        assert problem in page.text
        assert 'value="A&quot;&lt;b&gt;"' in page.text
        assert "<b>" not in page.text
        assert PASSWORD not in page.text
    assert not await fresh.catalog.users.has_any()


async def test_several_projects_keep_their_names(stage: Stage) -> None:
    async with browser(stage, HERE) as opened:
        page = await opened.client.get("/setup")
        assert 'name="organization"' in page.text
        assert 'name="project"' not in page.text
        await opened.post("/setup", **FIELDS, organization="Acme", project="Zeus")
    names = [project.name for project in await stage.catalog.projects.list()]
    assert names == ["The other-project", "The project"]


async def test_another_sites_form_sets_nothing_up(fresh: Stage) -> None:
    async with browser(fresh, HERE) as opened:
        page = await opened.post("/setup", {"Sec-Fetch-Site": "cross-site"}, **FIELDS)
        assert page.status_code == 403
        assert (await opened.client.post("/setup", data=FIELDS | {"ticket": "x"})).status_code == 403
    assert not await fresh.catalog.users.has_any()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:3001", "[::1]:3001", "panope.localhost"])
async def test_the_server_s_own_machine_has_many_names(fresh: Stage, host: str) -> None:
    transport = httpx2.ASGITransport(app=fresh.app)
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
        assert (await client.get("/setup")).status_code == 200


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("203.0.113.9", {}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}),
        ("127.0.0.1", {"X-Forwarded-Prefix": "/panope"}),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
        ("127.0.0.1", {"Host": "panope.example.com"}),
        ("127.0.0.1", {"Host": "127.0.0.1.example.com"}),
        ("127.0.0.1", {"Host": "[::1"}),
        ("127.0.0.1", {"Host": ""}),
    ],
)
async def test_nobody_sets_it_up_from_elsewhere(fresh: Stage, peer: str, headers: dict[str, str]) -> None:
    transport = httpx2.ASGITransport(app=fresh.app, client=(peer, 4711))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:3001", headers=headers) as client:
        page = await client.get("/setup")
        assert page.status_code == 403
        assert "panope users create EMAIL --role owner" in page.text
        assert (await client.post("/setup", data=FIELDS)).status_code == 403
    assert not await fresh.catalog.users.has_any()
