"""From a header to a principal."""

import asyncio
import base64

import msgspec
import pytest

from panope.domain.accounts import Access, ApiKey, Principal
from panope.domain.errors import UnauthenticatedError, UnavailableError
from panope.domain.ids import ProjectId
from panope.features.accounts.authenticate import Authenticator, parse_authorization
from panope.features.accounts.provision import DEFAULT_ORGANIZATION, DEFAULT_PROJECT
from panope.features.accounts.secrets import KeyPair
from panope.ports.catalog import Version
from tests.unit.accounts.conftest import Accounts

PAIR = KeyPair("pk-lf-1", "sk-lf-1")
HINT = "Confirm that you've configured the correct host."


def basic(public_key: str, secret_key: str) -> str:
    return "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()


async def make_key(accounts: Accounts, pair: KeyPair = PAIR) -> ApiKey:
    await accounts.provisioner.ensure_project()
    return (await accounts.keys.create(DEFAULT_PROJECT, pair=pair)).key


async def refusal(accounts: Accounts, header: str | None) -> str:
    with pytest.raises(UnauthenticatedError) as refused:
        await accounts.authenticator.authenticate(header)
    return refused.value.message


async def test_a_pair_reaches_its_project(accounts: Accounts) -> None:
    key = await make_key(accounts)
    assert await accounts.authenticator.authenticate(basic("pk-lf-1", "sk-lf-1")) == Principal(
        project_id=ProjectId("default"),
        organization_id=DEFAULT_ORGANIZATION,
        key_id=key.id,
        public_key="pk-lf-1",
        access=Access.PROJECT,
    )


async def test_a_public_key_alone_may_only_write_scores(accounts: Accounts) -> None:
    await make_key(accounts)
    principal = await accounts.authenticator.authenticate("Bearer pk-lf-1")
    assert principal.access is Access.SCORES
    assert principal.project_id == DEFAULT_PROJECT


async def test_a_public_key_that_was_used_alone_still_needs_its_secret_for_more(accounts: Accounts) -> None:
    await make_key(accounts)
    await accounts.authenticator.authenticate("Bearer pk-lf-1")
    assert (await refusal(accounts, basic("pk-lf-1", "sk-lf-2"))).startswith("Invalid credentials")


async def test_both_halves_must_belong_to_the_same_key(accounts: Accounts) -> None:
    await make_key(accounts)
    await make_key(accounts, KeyPair("pk-lf-2", "sk-lf-2"))
    assert (await refusal(accounts, basic("pk-lf-1", "sk-lf-2"))) == f"Invalid credentials. {HINT}"
    assert (await refusal(accounts, basic("pk-lf-2", "sk-lf-1"))) == f"Invalid credentials. {HINT}"


@pytest.mark.parametrize("header", [None, ""])
async def test_no_header_is_named_as_such(accounts: Accounts, header: str | None) -> None:
    assert await refusal(accounts, header) == "No authorization header"


@pytest.mark.parametrize("header", ["Digest x", "Basic", "Basic ???", "Basic /w==", "Bearer", "Bearer  ", "pk-lf-1"])
async def test_what_is_no_credential_is_an_invalid_header(accounts: Accounts, header: str) -> None:
    await make_key(accounts)
    message = await refusal(accounts, header)
    assert message in {"Invalid authorization header", f"Invalid credentials. {HINT}"}


@pytest.mark.parametrize(("user", "password"), [("", "sk-lf-1"), ("pk-lf-1", ""), ("", "")])
async def test_an_empty_half_is_refused(accounts: Accounts, user: str, password: str) -> None:
    await make_key(accounts)
    assert (await refusal(accounts, basic(user, password))) == f"Invalid credentials. {HINT}"


async def test_unknown_keys_are_told_apart_by_scheme(accounts: Accounts) -> None:
    assert await refusal(accounts, basic("pk", "sk")) == f"Invalid credentials. {HINT}"
    assert await refusal(accounts, "Bearer pk") == f"Invalid public key. {HINT}"


def test_the_scheme_is_read_in_any_case_and_a_third_part_is_dropped() -> None:
    credentials = parse_authorization("bAsIc " + base64.b64encode(b"pk:sk:rest").decode())
    assert (credentials.public_key, credentials.secret_key) == ("pk", "sk")
    assert "sk" not in repr(credentials).replace("secret_key", "")


async def test_a_revoked_key_fails_on_the_next_request(accounts: Accounts) -> None:
    key = await make_key(accounts)
    await accounts.authenticator.authenticate(basic("pk-lf-1", "sk-lf-1"))
    await accounts.catalog.keys.revoke(key.id, at_us=1)
    assert (await refusal(accounts, basic("pk-lf-1", "sk-lf-1"))) == f"Invalid credentials. {HINT}"


async def test_a_known_key_is_not_looked_up_again(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    await make_key(accounts)
    first = await accounts.authenticator.authenticate(basic("pk-lf-1", "sk-lf-1"))

    async def fail(public_key: str) -> None:
        pytest.fail("looked up again")

    monkeypatch.setattr(accounts.catalog.keys, "find_by_public_key", fail)
    assert await accounts.authenticator.authenticate(basic("pk-lf-1", "sk-lf-1")) == first


async def test_a_key_expires_even_when_it_is_remembered(accounts: Accounts) -> None:
    key = await make_key(accounts)
    await accounts.catalog.keys.revoke(key.id, at_us=1)
    await accounts.catalog.keys.create(msgspec.structs.replace(key, expires_us=2_000))
    accounts.now_us = 1_999
    await accounts.authenticator.authenticate(basic("pk-lf-1", "sk-lf-1"))
    accounts.now_us = 2_000
    assert await refusal(accounts, basic("pk-lf-1", "sk-lf-1")) == f"The key has expired. {HINT}"


async def test_what_was_read_before_a_change_is_not_remembered_after_it(accounts: Accounts) -> None:
    """A slow look-up that began before a revocation must not bring the key back for later requests."""
    key = await make_key(accounts)
    found, go_on = asyncio.Event(), asyncio.Event()
    look_up = accounts.catalog.keys.find_by_public_key

    async def slow(public_key: str) -> ApiKey | None:
        row = await look_up(public_key)
        found.set()
        await go_on.wait()
        return row

    accounts.catalog.keys.find_by_public_key = slow  # type: ignore[method-assign]
    early = asyncio.create_task(accounts.authenticator.authenticate(basic("pk-lf-1", "sk-lf-1")))
    await found.wait()
    await accounts.catalog.keys.revoke(key.id, at_us=1)
    accounts.catalog.keys.find_by_public_key = look_up  # type: ignore[method-assign]
    await refusal(accounts, basic("pk-lf-1", "sk-lf-1"))
    go_on.set()
    await early
    await refusal(accounts, basic("pk-lf-1", "sk-lf-1"))


async def test_a_catalog_that_is_away_is_not_an_invalid_key(accounts: Accounts) -> None:
    class Away:
        async def current(self) -> Version:
            raise UnavailableError("away")

    await make_key(accounts)
    accounts.catalog.version = Away()  # type: ignore[assignment]
    authenticator = Authenticator(accounts.catalog, accounts.hasher, lambda: 0)
    with pytest.raises(UnavailableError):
        await authenticator.authenticate(basic("pk-lf-1", "sk-lf-1"))
