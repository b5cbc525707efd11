"""Key pairs: how they are made, kept, listed and revoked."""

import pytest

from panope.domain.accounts import Project
from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.accounts.provision import DEFAULT_ORGANIZATION, DEFAULT_PROJECT
from panope.features.accounts.salt import resolve_salt
from panope.features.accounts.secrets import KeyPair, SecretHasher, display_secret, make_pair
from panope.kit.ids import new_id
from tests.unit.accounts.conftest import Accounts


def test_the_hash_is_the_one_that_existing_keys_were_made_with() -> None:
    hashed = SecretHasher("mysalt").hash("sk-lf-11111111-2222-4333-8444-555555555555")
    assert hashed == "242fd3c0b110a7e96ccf14cebfef7740b83429b6d05a867c5b9e4d96a2b8a8c0"


def test_a_pair_is_new_each_time_and_hides_its_secret() -> None:
    first, second = make_pair(new_id), make_pair(new_id)
    assert first.public_key.startswith("pk-lf-")
    assert first.secret_key.startswith("sk-lf-")
    assert len({first.public_key[6:], first.secret_key[6:], second.public_key[6:], second.secret_key[6:]}) == 4
    assert first.secret_key not in repr(first)


def test_a_secret_shows_its_last_four_characters_unless_it_is_short() -> None:
    assert display_secret("sk-lf-11111111-2222-4333-8444-55555555abcd") == "sk-lf-...abcd"
    assert display_secret("short-secret") == "..."


async def test_only_the_hash_of_a_secret_is_kept(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    created = await accounts.keys.create(note="ci")
    [stored] = await accounts.keys.list(DEFAULT_PROJECT)
    assert stored == created.key
    assert stored.note == "ci"
    assert stored.created_us == accounts.now_us
    assert created.pair.secret_key not in repr(stored)
    assert created.pair.secret_key not in repr(created)
    assert stored.secret_hash == accounts.hasher.hash(created.pair.secret_key)


async def test_with_several_projects_one_has_to_be_named(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    await accounts.catalog.projects.add(Project(id=ProjectId("b"), organization_id=DEFAULT_ORGANIZATION, name="B"))
    with pytest.raises(InvalidError, match="b, default"):
        await accounts.keys.create()
    assert (await accounts.keys.create(ProjectId("b"))).key.project_id == "b"


async def test_without_a_project_there_is_no_key(accounts: Accounts) -> None:
    with pytest.raises(NotFoundError, match="no project"):
        await accounts.keys.create()
    with pytest.raises(NotFoundError, match="ghost"):
        await accounts.keys.create(ProjectId("ghost"))
    with pytest.raises(NotFoundError, match="ghost"):
        await accounts.keys.list(ProjectId("ghost"))


@pytest.mark.parametrize(
    "pair", [KeyPair("pk:1", "sk"), KeyPair("pk", "sk:1"), KeyPair("", "sk"), KeyPair("pk", " sk")]
)
async def test_a_pair_that_basic_authentication_cannot_carry_is_refused(accounts: Accounts, pair: KeyPair) -> None:
    await accounts.provisioner.ensure_project()
    with pytest.raises(InvalidError, match="colon"):
        await accounts.keys.create(pair=pair)


@pytest.mark.parametrize("field", ["id", "public_key"])
async def test_a_key_is_revoked_by_id_or_public_key(accounts: Accounts, field: str) -> None:
    await accounts.provisioner.ensure_project()
    gone, kept = (await accounts.keys.create()).key, (await accounts.keys.create()).key
    assert await accounts.keys.revoke(getattr(gone, field)) == gone
    assert await accounts.keys.list() == [kept]
    with pytest.raises(NotFoundError, match="keys list"):
        await accounts.keys.revoke(getattr(gone, field))


async def test_a_salt_is_made_once_and_kept(accounts: Accounts) -> None:
    first = await resolve_salt(accounts.catalog.settings, None, new_id)
    assert first == await resolve_salt(accounts.catalog.settings, None, new_id)
    assert len(first.value) > 32
    assert first.warning is None
    assert first.value not in repr(first)


async def test_a_configured_salt_is_not_stored(accounts: Accounts) -> None:
    configured = await resolve_salt(accounts.catalog.settings, "mysalt", new_id)
    assert (configured.value, configured.warning) == ("mysalt", None)
    assert "mysalt" not in repr(accounts.catalog.settings._tables.settings)


@pytest.mark.parametrize(("before", "after"), [(None, "mysalt"), ("mysalt", "other"), ("mysalt", None)])
async def test_a_changed_salt_is_noticed(accounts: Accounts, before: str | None, after: str | None) -> None:
    await resolve_salt(accounts.catalog.settings, before, new_id)
    changed = await resolve_salt(accounts.catalog.settings, after, new_id)
    assert changed.warning is not None
    assert "SALT" in changed.warning


async def test_the_key_of_an_organisation_needs_one_that_exists(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    created = await accounts.keys.create_for_organization(DEFAULT_ORGANIZATION, note="script")
    assert (created.key.project_id, created.key.organization_id) == (None, DEFAULT_ORGANIZATION)
    assert created.key in await accounts.keys.list()
    assert created.key not in await accounts.keys.list(DEFAULT_PROJECT)
    with pytest.raises(NotFoundError, match="ghost: these are there: default"):
        await accounts.keys.create_for_organization(OrganizationId("ghost"))
    assert await accounts.keys.revoke(created.pair.public_key) == created.key
