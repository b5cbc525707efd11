"""People of the staged app, and the browsers they sit at."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import httpx2
from msgspec import Struct

from panope.domain.accounts import Role, User
from panope.domain.ids import OrganizationId, ProjectId, UserId
from panope.features.accounts.sessions import UserSessions
from panope.kit.ids import new_id
from panope.ports.catalog import Catalog
from tests.api.conftest import NOW_US, ORGANIZATION, PROJECT, Stage
from tests.support.passwords import PlainPasswords

PASSWORD = "correct-horse"
WRONG_PASSWORD = "battery-staple"
_TICKET = re.compile(r'name="ticket" value="(\w+)"')


class Staged(Protocol):
    """An app whose catalog a test may turn."""

    @property
    def catalog(self) -> Catalog: ...


class Browser(Struct):
    """A browser that keeps cookies and follows no redirects by itself."""

    client: httpx2.AsyncClient

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> httpx2.Response:
        """Open a page and send its form."""
        sent = {"ticket": ticket_of(await self.client.get(path)), **fields}
        return await self.client.post(path, data=sent, headers=headers or {})

    async def sign_in(self, email: str, password: str = PASSWORD, path: str = "/auth/sign-in") -> httpx2.Response:
        """Open the page to sign in on, and send the form."""
        return await self.post(path, email=email, password=password)

    async def csrf(self) -> dict[str, str]:
        """The header that unsafe requests need."""
        session = await self.client.get("/api/ui/session")
        return {"X-Panope-Csrf": session.json()["csrf"]}


def ticket_of(page: httpx2.Response) -> str:
    found = _TICKET.search(page.text)
    return found[1] if found else ""


@asynccontextmanager
async def browser(stage: Stage, base_url: str = "http://panope.test") -> AsyncIterator[Browser]:
    """A browser with no cookies."""
    transport = httpx2.ASGITransport(app=stage.app)
    async with httpx2.AsyncClient(transport=transport, base_url=base_url) as client:
        yield Browser(client)


async def make_user(
    stage: Staged,
    name: str,
    role: Role,
    *,
    organization_id: OrganizationId = ORGANIZATION,
    project_role: tuple[ProjectId, Role] | None = None,
) -> User:
    """Somebody of this name and with this role in an organisation, and in a project of it."""
    user = User(
        id=UserId(name),
        email=f"{name}@example.com",
        name=name.title(),
        password_hash=await PlainPasswords().hash(PASSWORD),
        roles={organization_id: role},
        created_us=NOW_US,
    )
    await stage.catalog.users.create(user)
    if project_role is not None:
        await stage.catalog.members.put_in_project(organization_id, project_role[0], user.id, project_role[1])
    return user


async def signed_in(stage: Staged, user: User) -> dict[str, str]:
    """Headers of somebody who is signed in: the cookie, and what unsafe requests need beside it."""
    sessions = UserSessions(stage.catalog, clock=lambda: NOW_US, new_id=new_id)
    opened = await sessions.open(user, "")
    return {"Cookie": f"panope_session={opened.token}", "X-Panope-Csrf": await sessions.csrf_of(opened.session)}


async def member(stage: Stage, role: Role) -> dict[str, str]:
    """Headers of somebody who has this role in the staged project and none in its organisation."""
    name = f"{role}-of-{PROJECT}"
    return await signed_in(stage, await make_user(stage, name, Role.NONE, project_role=(PROJECT, role)))
