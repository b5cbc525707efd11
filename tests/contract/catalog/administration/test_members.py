"""The contract of memberships, unchanged for every engine."""

import asyncio
from collections.abc import Awaitable

import pytest

from panope.domain.accounts import Member, Organization, Role, User
from panope.domain.errors import ConflictError, ForbiddenError, NotFoundError
from panope.domain.ids import OrganizationId, ProjectId, UserId
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import ACME, CHAT, SHOP, catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]
ELSE = OrganizationId("else")
GHOST = UserId("ghost")


def make_user(name: str) -> User:
    return User(id=UserId(name), email=f"{name}@example.com", name=name.title(), created_us=5)


def member(name: str, role: Role) -> Member:
    return Member(user_id=UserId(name), email=f"{name}@example.com", name=name.title(), role=role, created_us=5)


@pytest.fixture
async def staffed(furnished: Catalog) -> Catalog:
    """Two owners and a viewer; another organisation with an owner of its own."""
    await furnished.organizations.add(Organization(id=ELSE, name="Else", created_us=2))
    for name, role in (("bea", Role.OWNER), ("ann", Role.OWNER), ("cid", Role.VIEWER)):
        await furnished.members.enrol(ACME, make_user(name), role)
    await furnished.members.enrol(ELSE, make_user("eve"), Role.OWNER)
    return furnished


async def test_members_are_listed_by_address_and_those_of_others_are_unknown(staffed: Catalog, other: Catalog) -> None:
    listed = await other.members.list(ACME)
    assert listed == [member("ann", Role.OWNER), member("bea", Role.OWNER), member("cid", Role.VIEWER)]
    assert await other.members.get(ACME, UserId("cid")) == member("cid", Role.VIEWER)
    assert await other.members.get(ACME, UserId("eve")) is None
    assert await other.members.get(ELSE, UserId("cid")) is None
    assert await other.members.list(OrganizationId("ghost")) == []
    user = await other.users.get(UserId("cid"))
    assert user is not None
    assert user.roles == {ACME: Role.VIEWER}


async def test_enrolling_finds_the_user_of_an_address_or_makes_one(staffed: Catalog, other: Catalog) -> None:
    again = User(id=UserId("eve-2"), email="eve@example.com", name="Another", created_us=9)
    assert await staffed.members.enrol(ACME, again, Role.NONE) == member("eve", Role.NONE)
    assert await other.users.get(UserId("eve-2")) is None
    with pytest.raises(ConflictError):
        await other.members.enrol(ACME, again, Role.OWNER)
    assert await other.members.get(ACME, UserId("eve")) == member("eve", Role.NONE)
    with pytest.raises(NotFoundError):
        await staffed.members.enrol(OrganizationId("ghost"), make_user("new"), Role.NONE)
    assert await other.users.find_by_email("new@example.com") is None


async def test_who_was_taken_out_meanwhile_does_not_come_back_by_a_change_of_role(
    staffed: Catalog, other: Catalog
) -> None:
    cid = UserId("cid")
    assert await staffed.members.put(ACME, cid, Role.ADMIN, only_member=True) == member("cid", Role.ADMIN)
    assert await other.members.remove(ACME, cid)
    for user_id in (cid, UserId("eve"), GHOST):
        with pytest.raises(NotFoundError):
            await staffed.members.put(ACME, user_id, Role.ADMIN, only_member=True)
    assert await other.members.get(ACME, cid) is None


async def test_a_role_is_given_and_taken(staffed: Catalog, other: Catalog) -> None:
    assert await staffed.members.put(ACME, UserId("cid"), Role.ADMIN) == member("cid", Role.ADMIN)
    assert await staffed.members.put(ACME, UserId("eve"), Role.MEMBER) == member("eve", Role.MEMBER)
    assert await other.members.get(ACME, UserId("cid")) == member("cid", Role.ADMIN)
    assert await other.members.remove(ACME, UserId("cid"))
    assert not await other.members.remove(ACME, UserId("cid"))
    assert await staffed.members.get(ACME, UserId("cid")) is None
    assert await staffed.users.find_by_email("cid@example.com") is not None
    for organization_id, user_id in ((ACME, GHOST), (OrganizationId("ghost"), UserId("ann"))):
        with pytest.raises(NotFoundError):
            await staffed.members.put(organization_id, user_id, Role.OWNER)


async def test_the_last_owner_stays(staffed: Catalog, other: Catalog) -> None:
    await staffed.members.put(ACME, UserId("bea"), Role.ADMIN)
    with pytest.raises(ForbiddenError, match="last owner"):
        await other.members.put(ACME, UserId("ann"), Role.ADMIN)
    with pytest.raises(ForbiddenError, match="last owner"):
        await other.members.remove(ACME, UserId("ann"))
    assert await staffed.members.put(ACME, UserId("ann"), Role.OWNER) == member("ann", Role.OWNER)
    assert await staffed.members.remove(ACME, UserId("bea"))


async def test_a_role_in_a_project_stands_beside_that_in_the_organisation(staffed: Catalog, other: Catalog) -> None:
    cid = UserId("cid")
    assert await staffed.members.put_in_project(ACME, CHAT, cid, Role.ADMIN) == member("cid", Role.ADMIN)
    assert await staffed.members.put_in_project(ACME, CHAT, cid, Role.MEMBER) == member("cid", Role.MEMBER)
    assert await other.members.list_in_project(ACME, CHAT) == [member("cid", Role.MEMBER)]
    assert await other.members.list_in_project(ACME, SHOP) == []
    assert await other.members.get(ACME, cid) == member("cid", Role.VIEWER)
    assert await other.members.remove_from_project(ACME, CHAT, cid)
    assert not await other.members.remove_from_project(ACME, CHAT, cid)
    assert await staffed.members.list_in_project(ACME, CHAT) == []


async def test_projects_and_users_of_others_are_unknown(staffed: Catalog) -> None:
    members = staffed.members
    for organization_id, project_id in ((ELSE, CHAT), (ACME, ProjectId("ghost"))):
        with pytest.raises(NotFoundError):
            await members.list_in_project(organization_id, project_id)
        with pytest.raises(NotFoundError):
            await members.put_in_project(organization_id, project_id, UserId("eve"), Role.ADMIN)
        with pytest.raises(NotFoundError):
            await members.remove_from_project(organization_id, project_id, UserId("eve"))
    with pytest.raises(NotFoundError):
        await members.put_in_project(ACME, CHAT, UserId("eve"), Role.ADMIN)


async def test_who_leaves_the_organisation_leaves_its_projects(staffed: Catalog, other: Catalog) -> None:
    cid = UserId("cid")
    await staffed.members.put_in_project(ACME, CHAT, cid, Role.ADMIN)
    await staffed.members.remove(ACME, cid)
    assert await other.members.list_in_project(ACME, CHAT) == []
    await other.members.put(ACME, cid, Role.NONE)
    assert await other.members.list_in_project(ACME, CHAT) == []


async def outcome(call: Awaitable[object]) -> str:
    try:
        return "done" if await call else "nothing"
    except ForbiddenError as error:
        return error.code


async def test_two_owners_who_remove_each_other_leave_one(staffed: Catalog, other: Catalog) -> None:
    for _ in range(10):
        ended = await asyncio.gather(
            outcome(staffed.members.remove(ACME, UserId("ann"))), outcome(other.members.remove(ACME, UserId("bea")))
        )
        assert sorted(ended) == ["done", "last_owner"]
        assert [row.role for row in await other.members.list(ACME)].count(Role.OWNER) == 1
        for name in ("ann", "bea"):
            await other.members.put(ACME, UserId(name), Role.OWNER)


async def test_of_many_owners_who_step_down_at_once_one_stays(staffed: Catalog, other: Catalog) -> None:
    names = [f"owner-{number}" for number in range(8)]
    for name in names:
        await staffed.members.enrol(ACME, make_user(name), Role.OWNER)
    for name in ("ann", "bea"):
        await staffed.members.put(ACME, UserId(name), Role.ADMIN)
    views = (staffed, other)
    ended = await asyncio.gather(
        *(outcome(views[at % 2].members.put(ACME, UserId(name), Role.VIEWER)) for at, name in enumerate(names))
    )
    assert sorted(ended) == ["done"] * 7 + ["last_owner"]


async def test_a_membership_that_two_put_at_once_is_one(staffed: Catalog, other: Catalog) -> None:
    views, roles = (staffed, other), (Role.ADMIN, Role.VIEWER)
    await asyncio.gather(*(views[at % 2].members.put(ACME, UserId("eve"), roles[at % 2]) for at in range(10)))
    await asyncio.gather(
        *(views[at % 2].members.put_in_project(ACME, CHAT, UserId("eve"), roles[at % 2]) for at in range(10))
    )
    assert len(await other.members.list_in_project(ACME, CHAT)) == 1
    assert len([row for row in await staffed.members.list(ACME) if row.user_id == "eve"]) == 1


async def test_somebody_enrolled_by_many_at_once_is_one_user(staffed: Catalog, other: Catalog) -> None:
    views = (staffed, other)
    made = await asyncio.gather(
        *(
            views[at % 2].members.enrol(ACME, User(id=UserId(f"new-{at}"), email="new@example.com"), Role.NONE)
            for at in range(8)
        ),
        return_exceptions=True,
    )
    assert len([row for row in made if isinstance(row, Member)]) == 1
    assert {type(row).__name__ for row in made} == {"Member", "ConflictError"}


async def test_somebody_sees_the_projects_in_which_a_role_is_theirs(staffed: Catalog, other: Catalog) -> None:
    async def seen(name: str, project_id: ProjectId | None = None) -> list[tuple[str, str, Role]]:
        found = await other.members.list_projects(UserId(name), project_id)
        return [(row.organization_name, row.name, row.role) for row in found]

    assert await seen("ann") == [("Acme", "Chat", Role.OWNER), ("Acme", "Shop", Role.OWNER)]
    assert await seen("ann", SHOP) == [("Acme", "Shop", Role.OWNER)]
    assert await seen("eve") == await seen("ghost") == await seen("eve", SHOP) == []
    await staffed.members.put_in_project(ACME, CHAT, UserId("cid"), Role.ADMIN)
    await staffed.members.put_in_project(ACME, SHOP, UserId("cid"), Role.NONE)
    await staffed.members.put_in_project(ACME, SHOP, UserId("ann"), Role.VIEWER)
    assert await seen("cid") == [("Acme", "Chat", Role.ADMIN), ("Acme", "Shop", Role.VIEWER)]
    assert await seen("ann", SHOP) == [("Acme", "Shop", Role.OWNER)]
    await staffed.members.put(ACME, UserId("cid"), Role.NONE)
    assert await seen("cid") == [("Acme", "Chat", Role.ADMIN)]
    await staffed.projects.delete(ACME, CHAT, 9)
    assert await seen("cid") == []
    await staffed.members.remove(ACME, UserId("cid"))
    assert await seen("cid") == []
