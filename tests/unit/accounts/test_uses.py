"""When keys were used last is remembered, cheaply."""

import base64

import pytest

from panope.domain.errors import UnavailableError
from panope.domain.ids import ApiKeyId
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.uses import KeyUseLog
from tests.unit.accounts.conftest import Accounts


async def last_uses(accounts: Accounts) -> list[int | None]:
    return [key.last_used_us for key in await accounts.catalog.keys.list()]


async def test_what_is_let_in_is_noted_and_written_at_the_next_flush(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    pair = (await accounts.keys.create()).pair
    log = KeyUseLog(accounts.catalog.keys, lambda: accounts.now_us)
    authenticator = Authenticator(accounts.catalog, accounts.hasher, lambda: accounts.now_us, uses=log)
    header = "Basic " + base64.b64encode(f"{pair.public_key}:{pair.secret_key}".encode()).decode()
    await authenticator.admit(header)
    accounts.now_us += 5
    await authenticator.admit(header)
    assert await last_uses(accounts) == [None]
    before = await accounts.catalog.version.current()
    await log.flush()
    assert await last_uses(accounts) == [accounts.now_us]
    assert await accounts.catalog.version.current() == before


async def test_a_store_that_is_away_gets_it_the_next_time(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    await accounts.provisioner.ensure_project()
    key = (await accounts.keys.create()).key
    log = KeyUseLog(accounts.catalog.keys, lambda: accounts.now_us)
    log.note(key.id)
    log.note(ApiKeyId("gone by now"))

    async def away(_uses: object) -> None:
        raise UnavailableError("away")

    with monkeypatch.context() as patched:
        patched.setattr(accounts.catalog.keys, "note_uses", away)
        await log.flush()
    await log.flush()
    assert await last_uses(accounts) == [accounts.now_us]
