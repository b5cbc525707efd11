"""Making users."""

import asyncio

import argon2
import pytest

from panope.domain.accounts import Organization, Role
from panope.domain.errors import ConflictError, InvalidError, NotFoundError, RateLimitedError, UnauthenticatedError
from panope.domain.ids import OrganizationId
from panope.features.accounts.passwords import Argon2PasswordHasher
from panope.features.accounts.provision import DEFAULT_ORGANIZATION
from panope.features.accounts.sessions import UserSessions
from panope.kit.ids import new_id
from tests.unit.accounts.conftest import Accounts

PASSWORD = "correct horse"


async def test_an_address_is_kept_in_lower_case(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    user = await accounts.users.create(" Ada@Example.COM ", PASSWORD, name="Ada", role=Role.ADMIN)
    assert user.email == "ada@example.com"
    assert user.roles == {DEFAULT_ORGANIZATION: Role.ADMIN}
    assert await accounts.catalog.users.find_by_email("ada@example.com") == user
    with pytest.raises(ConflictError):
        await accounts.users.create("ADA@example.com", PASSWORD)


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "a b@example.com", "a@b@c", "a@" + "b" * 300])
async def test_what_is_no_address_is_refused(accounts: Accounts, email: str) -> None:
    await accounts.provisioner.ensure_project()
    with pytest.raises(InvalidError, match="e-mail"):
        await accounts.users.create(email, PASSWORD)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025])
async def test_a_password_of_the_wrong_length_is_refused_and_not_repeated(accounts: Accounts, password: str) -> None:
    await accounts.provisioner.ensure_project()
    with pytest.raises(InvalidError) as refused:
        await accounts.users.create("a@example.com", password)
    assert "8" in refused.value.message
    assert not password or password not in refused.value.message
    assert await accounts.catalog.users.find_by_email("a@example.com") is None


async def test_eight_characters_are_enough(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    assert (await accounts.users.create("a@example.com", "12345678")).password_hash == "hash of 87654321"


async def test_with_several_organisations_one_has_to_be_named(accounts: Accounts) -> None:
    with pytest.raises(NotFoundError, match="no organisation"):
        await accounts.users.create("a@example.com", PASSWORD)
    await accounts.provisioner.ensure_project()
    second = OrganizationId("second")
    await accounts.catalog.organizations.add(Organization(id=second, name="Second", created_us=2_000))
    with pytest.raises(InvalidError, match="default, second"):
        await accounts.users.create("a@example.com", PASSWORD)
    assert (await accounts.users.create("a@example.com", PASSWORD, organization_id=second)).roles == {
        second: Role.MEMBER
    }


async def test_a_password_hash_is_argon2id_and_verifies_only_its_password() -> None:
    cheap = argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST)
    hashed = await Argon2PasswordHasher(cheap).hash(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert cheap.verify(hashed, PASSWORD)
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        cheap.verify(hashed, PASSWORD + "!")


async def test_a_password_is_verified_and_nobody_has_one() -> None:
    passwords = Argon2PasswordHasher(argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST))
    hashed = await passwords.hash(PASSWORD)
    assert await passwords.verify(PASSWORD, hashed)
    assert not await passwords.verify(PASSWORD + "!", hashed)
    assert not await passwords.verify(PASSWORD, "no hash")
    for password in (PASSWORD, "", "the password of nobody"):
        assert not await passwords.verify(password, None)


async def test_too_many_at_once_are_told_to_come_back() -> None:
    passwords = Argon2PasswordHasher(argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST))
    hashed = await passwords.hash(PASSWORD)
    done = await asyncio.gather(*(passwords.verify(PASSWORD, hashed) for _ in range(60)), return_exceptions=True)
    refused = [error for error in done if isinstance(error, RateLimitedError)]
    assert (done.count(True), len(refused)) == (50, 10)
    assert refused[0].retry_after_s
    assert await passwords.verify(PASSWORD, hashed)


async def test_another_password_signs_out(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    user = await accounts.users.create("a@example.com", PASSWORD)
    sessions = UserSessions(accounts.catalog, clock=lambda: accounts.now_us, new_id=new_id)
    opened = await sessions.open(user, "Browser")
    assert (await sessions.find(opened.token)).user.id == user.id
    assert PASSWORD not in repr(opened)
    assert opened.token not in repr(opened)
    await accounts.users.set_password("A@example.com", "another one")
    with pytest.raises(UnauthenticatedError):
        await sessions.find(opened.token)
    with pytest.raises(UnauthenticatedError):
        await sessions.open(user, "Browser")


async def test_another_secret_signs_everybody_out(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    user = await accounts.users.create("a@example.com", PASSWORD)

    def open_with(secret: str | None) -> UserSessions:
        return UserSessions(accounts.catalog, clock=lambda: accounts.now_us, new_id=new_id, secret=secret)

    token = (await open_with("one").open(user, "")).token
    assert (await open_with("one").find(token)).user.id == user.id
    for secret in ("two", None):
        with pytest.raises(UnauthenticatedError):
            await open_with(secret).find(token)
    token = (await open_with(None).open(user, "")).token
    assert (await open_with(None).find(token)).user.id == user.id
