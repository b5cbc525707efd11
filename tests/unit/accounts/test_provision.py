"""What a catalog is given at start."""

import asyncio

import msgspec
import pytest

from panope.domain.accounts import Organization, Project, Role
from panope.domain.errors import InvalidError
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.provision import (
    DEFAULT_ORGANIZATION,
    DEFAULT_PROJECT,
    PlannedProject,
    PlannedUser,
    Provisioner,
    ProvisionPlan,
)
from panope.features.accounts.secrets import KeyPair, SecretHasher
from tests.unit.accounts.conftest import Accounts

SHOP = PlannedProject(id=ProjectId("shop"), name="Shop", retention_days=30, pair=KeyPair("pk-shop", "sk-shop-secret"))
OWNER = PlannedUser(email="Owner@example.com", password="long enough", name="Olga")
PLAN = ProvisionPlan(organization_id=OrganizationId("acme"), organization_name="Acme", project=SHOP, user=OWNER)


def with_pair(pair: KeyPair | None) -> ProvisionPlan:
    return msgspec.structs.replace(PLAN, project=msgspec.structs.replace(SHOP, pair=pair))


async def test_a_catalog_without_a_project_gets_one_with_a_pair(accounts: Accounts) -> None:
    done = await accounts.provisioner.provision(None)
    assert done.key is not None
    [project] = await accounts.catalog.projects.list()
    [key] = await accounts.catalog.keys.list()
    assert key == done.key.key
    assert key.project_id == project.id
    assert accounts.hasher.hash(done.key.pair.secret_key) == key.secret_hash
    assert not done.warnings


async def test_a_second_start_makes_nothing_and_shows_nothing(accounts: Accounts) -> None:
    await accounts.provisioner.provision(None)
    again = await accounts.provisioner.provision(None)
    assert again.key is None
    assert again.created == []
    assert len(await accounts.catalog.keys.list()) == 1


async def test_replicas_that_start_together_make_one_pair(accounts: Accounts) -> None:
    done = await asyncio.gather(*(accounts.provisioner.provision(None) for _ in range(5)))
    assert len([outcome for outcome in done if outcome.key]) == 1
    assert len(await accounts.catalog.keys.list()) == 1


async def test_a_plan_is_followed_to_the_letter(accounts: Accounts) -> None:
    done = await accounts.provisioner.provision(PLAN)
    assert done.key is None
    assert done.warnings == []
    assert done.created == ["organisation acme", "project shop", "key pk-shop", "user owner@example.com"]
    project = await accounts.catalog.projects.get(ProjectId("shop"))
    assert project is not None
    assert (project.name, project.retention_days, project.organization_id) == ("Shop", 30, "acme")
    key = await accounts.catalog.keys.find_by_public_key("pk-shop")
    assert key is not None
    assert key.secret_hash == accounts.hasher.hash("sk-shop-secret")
    user = await accounts.catalog.users.find_by_email("owner@example.com")
    assert user is not None
    assert user.roles == {"acme": Role.OWNER}


async def test_following_a_plan_again_changes_nothing(accounts: Accounts) -> None:
    await accounts.provisioner.provision(PLAN)
    before = await accounts.catalog.version.current()
    renamed = msgspec.structs.replace(PLAN, organization_name="New", project=msgspec.structs.replace(SHOP, name="New"))
    done = await accounts.provisioner.provision(renamed)
    assert (done.created, done.warnings) == ([], [])
    assert await accounts.catalog.version.current() == before
    organization = await accounts.catalog.organizations.get(OrganizationId("acme"))
    assert organization is not None
    assert organization.name == "Acme"


async def test_an_organisation_alone_can_be_planned(accounts: Accounts) -> None:
    plan = ProvisionPlan(organization_id=OrganizationId("acme"), organization_name="Acme")
    assert (await accounts.provisioner.provision(plan)).created == ["organisation acme"]
    assert await accounts.catalog.projects.list() == []


async def test_a_key_of_another_project_moves_to_the_planned_one(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    await accounts.keys.create(pair=KeyPair("pk-shop", "sk-old-secret"))
    done = await accounts.provisioner.provision(PLAN)
    assert done.warnings == []
    key = await accounts.catalog.keys.find_by_public_key("pk-shop")
    assert key is not None
    assert (key.project_id, key.secret_hash) == ("shop", accounts.hasher.hash("sk-shop-secret"))


async def test_a_key_with_another_secret_stays_and_is_reported(accounts: Accounts) -> None:
    await accounts.provisioner.provision(PLAN)
    done = await accounts.provisioner.provision(with_pair(KeyPair("pk-shop", "sk-new-secret")))
    [warning] = done.warnings
    assert "pk-shop" in warning
    assert "sk-new-secret" not in warning
    key = await accounts.catalog.keys.find_by_public_key("pk-shop")
    assert key is not None
    assert key.secret_hash == accounts.hasher.hash("sk-shop-secret")


async def test_a_changed_salt_is_reported_for_the_planned_key(accounts: Accounts) -> None:
    await accounts.provisioner.provision(PLAN)
    ring = KeyRing(accounts.catalog, SecretHasher("other"), clock=lambda: 0, new_id=lambda: "x")
    done = await Provisioner(accounts.catalog, ring, accounts.users, lambda: 0).provision(PLAN)
    assert "SALT" in done.warnings[0]


async def test_a_secret_that_belongs_to_another_key_is_reported(accounts: Accounts) -> None:
    await accounts.provisioner.provision(PLAN)
    done = await accounts.provisioner.provision(with_pair(KeyPair("pk-second", "sk-shop-secret")))
    assert "pk-second" in done.warnings[0]
    assert await accounts.catalog.keys.find_by_public_key("pk-second") is None


async def test_a_project_of_another_organisation_stays_where_it_is(accounts: Accounts) -> None:
    elsewhere = OrganizationId("elsewhere")
    await accounts.catalog.organizations.add(Organization(id=elsewhere, name="Elsewhere"))
    await accounts.catalog.projects.add(Project(id=ProjectId("shop"), organization_id=elsewhere, name="Shop"))
    done = await accounts.provisioner.provision(PLAN)
    assert "elsewhere" in done.warnings[0]


async def test_a_known_user_becomes_owner_without_a_new_password(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    known = await accounts.users.create("owner@example.com", "the first password")
    done = await accounts.provisioner.provision(PLAN)
    assert "role owner of owner@example.com" in done.created
    user = await accounts.catalog.users.find_by_email("owner@example.com")
    assert user is not None
    assert user.password_hash == known.password_hash
    assert user.roles[OrganizationId("acme")] is Role.OWNER


async def test_the_lock_is_free_after_a_plan_that_cannot_be_followed(accounts: Accounts) -> None:
    short = msgspec.structs.replace(PLAN, user=msgspec.structs.replace(OWNER, password="short"))
    with pytest.raises(InvalidError):
        await accounts.provisioner.provision(short)
    assert (await accounts.provisioner.provision(PLAN)).created == ["user owner@example.com"]


def test_a_plan_shows_no_secret() -> None:
    assert "long enough" not in repr(PLAN)
    assert "sk-shop-secret" not in repr(PLAN)


async def test_a_project_that_is_being_erased_is_not_made_and_stops_nobody(accounts: Accounts) -> None:
    await accounts.provisioner.provision(None)
    await accounts.catalog.projects.delete(DEFAULT_ORGANIZATION, DEFAULT_PROJECT, 1)
    done = await accounts.provisioner.provision(None)
    assert done.key is None
    assert "is being erased" in done.warnings[0]
    planned = ProvisionPlan(
        organization_id=DEFAULT_ORGANIZATION,
        organization_name="Default",
        project=PlannedProject(id=DEFAULT_PROJECT, name="Default", pair=KeyPair("pk-x", "sk-x-of-some-length")),
    )
    done = await accounts.provisioner.provision(planned)
    assert (done.created, len(done.warnings)) == ([], 1)
    await accounts.catalog.projects.erase(DEFAULT_PROJECT)
    done = await accounts.provisioner.provision(planned)
    assert done.created == ["project default", "key pk-x"]
