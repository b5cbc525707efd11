"""Refused keys are remembered: which, why, how often, and never more than a little."""

import base64
from contextlib import suppress

import msgspec
import pytest

from panope.domain.errors import UnauthenticatedError, UnavailableError
from panope.domain.key_failures import KeyFailure
from panope.domain.rollups import HOUR_US
from panope.features.accounts.failures import KEPT_US, kept_up
from panope.features.accounts.provision import DEFAULT_PROJECT
from panope.features.accounts.secrets import KeyPair
from tests.unit.accounts.conftest import Accounts

SECRET = "sk-lf-0123456789-very-secret"
PAIR = KeyPair("pk-lf-1234567890", SECRET)


def basic(public_key: str, secret_key: str) -> str:
    return "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()


async def try_in(accounts: Accounts, *headers: str | None) -> None:
    for header in headers:
        with suppress(UnauthenticatedError):
            await accounts.authenticator.authenticate(header)


async def remembered(accounts: Accounts) -> list[tuple[str, str, int]]:
    await accounts.failures.flush()
    return [(row.key_prefix, row.reason, row.count) for row in await accounts.catalog.key_failures.list(0)]


async def make_key(accounts: Accounts) -> None:
    await accounts.provisioner.ensure_project()
    created = await accounts.keys.create(DEFAULT_PROJECT, pair=PAIR)
    expiring = KeyPair("pk-lf-expiring", "sk-lf-expiring")
    key = (await accounts.keys.create(DEFAULT_PROJECT, pair=expiring)).key
    await accounts.catalog.keys.revoke(key.id, at_us=1)
    await accounts.catalog.keys.create(msgspec.structs.replace(key, expires_us=1))
    assert created.key.public_key == PAIR.public_key


async def test_each_refusal_is_counted_under_its_reason(accounts: Accounts) -> None:
    await make_key(accounts)
    await try_in(
        accounts,
        basic("pk-lf-1234567890", "sk-lf-other"),
        basic("pk-lf-1234567890", "sk-lf-another"),
        basic("pk-lf-of-another-server", SECRET),
        "Bearer pk-lf-of-another-server",
        basic("pk-lf-expiring", "sk-lf-expiring"),
        basic(SECRET, "pk-lf-1234567890"),
        basic("somebody@example.com", "their password"),
        "Basic !",
        None,
        basic("pk-lf-1234567890", SECRET),  # let in
    )
    assert await remembered(accounts) == [
        ("", "no_header", 1),
        ("", "not_a_key", 1),
        ("", "secret_first", 1),
        ("", "unreadable_header", 1),
        ("pk-lf-12345678", "wrong_secret", 2),
        ("pk-lf-expiring", "expired", 1),
        ("pk-lf-of-anoth", "unknown_key", 2),
    ]


async def test_nothing_of_a_secret_is_kept(accounts: Accounts) -> None:
    await try_in(accounts, basic(SECRET, "x"), basic("x", SECRET), basic("pk-lf-1", SECRET), f"Bearer {SECRET}")
    await remembered(accounts)
    kept = msgspec.json.encode(await accounts.catalog.key_failures.list(0)).decode()
    assert "0123456789" not in kept


async def test_a_flood_of_invented_keys_stays_small_and_is_counted(accounts: Accounts) -> None:
    for number in range(1_000):
        await try_in(accounts, basic(f"pk-no-{number}", "x"))
        if number % 40 == 0:
            await accounts.failures.flush()
    rows = await remembered(accounts)
    assert sum(count for _, _, count in rows) == 1_000
    assert len(rows) == 101
    assert rows[0][:2] == ("", "unknown_key")


async def test_hours_are_apart_and_old_ones_are_forgotten(accounts: Accounts) -> None:
    await try_in(accounts, basic("pk-one", "x"))
    accounts.now_us += HOUR_US
    await try_in(accounts, basic("pk-one", "x"))
    assert [count for _, _, count in await remembered(accounts)] == [1, 1]
    accounts.now_us += KEPT_US + HOUR_US
    await try_in(accounts, basic("pk-two", "x"))
    assert await remembered(accounts) == [("pk-two", "unknown_key", 1)]


async def test_counts_wait_for_a_store_that_is_away(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_failures: object, **_bounds: object) -> None:
        raise UnavailableError("away")

    await try_in(accounts, basic("pk-one", "x"))
    with monkeypatch.context() as patched:
        patched.setattr(accounts.catalog.key_failures, "add", away)
        await accounts.failures.flush()
    await try_in(accounts, basic("pk-one", "x"))
    assert await remembered(accounts) == [("pk-one", "unknown_key", 2)]


async def test_a_store_that_cannot_keep_them_harms_nobody(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_failures: object, **_bounds: object) -> None:
        raise LookupError("no such table")

    monkeypatch.setattr(accounts.catalog.key_failures, "add", broken)
    async with kept_up(accounts.failures):
        await try_in(accounts, basic("pk-one", "x"))
    assert await remembered(accounts) == []


async def test_a_store_that_stays_away_costs_no_memory(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_failures: object, **_bounds: object) -> None:
        raise UnavailableError("away")

    with monkeypatch.context() as patched:
        patched.setattr(accounts.catalog.key_failures, "add", away)
        for hour in range(6):
            accounts.now_us = hour * HOUR_US
            await try_in(accounts, *(basic(f"pk-no-{number}", "x") for number in range(100)))
            await accounts.failures.flush()
    rows = await remembered(accounts)
    assert len(rows) == 3 * 51


async def test_what_was_counted_is_written_at_the_end(accounts: Accounts) -> None:
    async with kept_up(accounts.failures):
        await try_in(accounts, basic("pk-one", "x"))
    rows = await accounts.catalog.key_failures.list(0)
    assert rows == [KeyFailure(hour_us=0, key_prefix="pk-one", reason="unknown_key", count=1, last_us=1_000)]
