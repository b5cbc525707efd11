"""The contract of sessions and of attempts to sign in, unchanged for every engine."""

import asyncio

import pytest
from msgspec.structs import replace

from panope.domain.accounts import Role, User, UserSession
from panope.domain.attempts import AttemptLimit
from panope.domain.errors import ConflictError
from panope.domain.ids import UserId, UserSessionId
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import ACME, catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]
ANN, BEA = UserId("ann"), UserId("bea")


def make_session(number: int, user_id: UserId = ANN) -> UserSession:
    return UserSession(
        id=UserSessionId(f"s{number}"),
        user_id=user_id,
        token_hash=f"hash-{number}",
        user_agent="Böwser 1.0 (it's)",
        created_us=10 + number,
        seen_us=10 + number,
        expires_us=100 + number,
    )


@pytest.fixture
async def peopled(furnished: Catalog) -> Catalog:
    """Two users, one of them without a password."""
    ann = User(id=ANN, email="ann@example.com", password_hash="one", roles={ACME: Role.OWNER})
    await furnished.users.create(ann)
    await furnished.users.create(User(id=BEA, email="bea@example.com"))
    return furnished


async def test_a_session_is_found_by_its_token_until_it_expires(peopled: Catalog, other: Catalog) -> None:
    session = make_session(1)
    assert await peopled.user_sessions.open(session, password_hash="one", most=5)
    assert await other.user_sessions.find("hash-1", 100) == session
    assert await other.user_sessions.find("hash-1", 101) is None
    assert await other.user_sessions.find("hash-2", 0) is None
    await other.user_sessions.touch(session.id, seen_us=50, expires_us=500)
    await other.user_sessions.touch(UserSessionId("ghost"), seen_us=50, expires_us=500)
    assert await peopled.user_sessions.find("hash-1", 499) == replace(session, seen_us=50, expires_us=500)


async def test_nobody_is_signed_in_by_a_password_that_is_none_any_more(peopled: Catalog) -> None:
    sessions = peopled.user_sessions
    assert not await sessions.open(make_session(1), password_hash="two", most=5)
    assert not await sessions.open(make_session(1), password_hash=None, most=5)
    assert not await sessions.open(make_session(1, UserId("ghost")), password_hash=None, most=5)
    assert await sessions.open(make_session(1, BEA), password_hash=None, most=5)
    assert await sessions.find("hash-1", 0) is not None
    for same in (replace(make_session(2), id=UserSessionId("s1")), replace(make_session(2), token_hash="hash-1")):
        with pytest.raises(ConflictError):
            await sessions.open(same, password_hash="one", most=5)


async def test_a_user_has_so_many_sessions_the_last_used_first(peopled: Catalog, other: Catalog) -> None:
    sessions = peopled.user_sessions
    await sessions.open(make_session(9, BEA), password_hash=None, most=1)
    for number in (2, 1, 3, 4):
        await sessions.open(make_session(number), password_hash="one", most=3)
    assert [row.id for row in await other.user_sessions.list(ANN, 0)] == ["s4", "s3", "s2"]
    assert [row.id for row in await other.user_sessions.list(ANN, 103)] == ["s4"]
    late = replace(make_session(7, BEA), created_us=103)
    await other.user_sessions.open(late, password_hash=None, most=3)
    assert [row.id for row in await sessions.list(ANN, 0)] == ["s4"]


async def test_sessions_are_ended_one_by_one_or_all_but_one(peopled: Catalog, other: Catalog) -> None:
    sessions = peopled.user_sessions
    await sessions.open(make_session(0, BEA), password_hash=None, most=9)
    for number in range(1, 5):
        await sessions.open(make_session(number), password_hash="one", most=9)
    assert not await sessions.end(BEA, UserSessionId("s1"))
    assert await sessions.end(ANN, UserSessionId("s1"))
    assert not await sessions.end(ANN, UserSessionId("s1"))
    assert await other.user_sessions.find("hash-1", 0) is None
    assert await sessions.end_all(ANN, but=UserSessionId("s3")) == 2
    assert [row.id for row in await other.user_sessions.list(ANN, 0)] == ["s3"]
    assert await sessions.end_all(ANN) == 1
    assert await other.user_sessions.list(ANN, 0) == []
    assert [row.id for row in await other.user_sessions.list(BEA, 0)] == ["s0"]


async def test_another_password_ends_the_sessions_of_the_old_one(peopled: Catalog, other: Catalog) -> None:
    for number in (1, 2, 3):
        await peopled.user_sessions.open(make_session(number), password_hash="one", most=9)
    assert await peopled.users.set_password(ANN, "two", keep_session=UserSessionId("s2"))
    assert [row.id for row in await other.user_sessions.list(ANN, 0)] == ["s2"]
    user = await other.users.get(ANN)
    assert user is not None
    assert (user.password_hash, user.roles) == ("two", {ACME: Role.OWNER})
    assert await other.users.set_password(ANN, "three")
    assert await peopled.user_sessions.list(ANN, 0) == []
    assert not await peopled.users.set_password(UserId("ghost"), "two")


async def test_users_are_listed_and_renamed(peopled: Catalog, other: Catalog) -> None:
    assert [(user.id, user.roles) for user in await other.users.list()] == [(ANN, {ACME: Role.OWNER}), (BEA, {})]
    assert await other.users.rename(BEA, "Bea")
    assert not await other.users.rename(UserId("ghost"), "x")
    assert [user.name for user in await peopled.users.list()] == [None, "Bea"]
    assert await other.users.rename(BEA, None)
    assert [user.name for user in await peopled.users.list()] == [None, None]


async def test_there_is_a_user_or_none(furnished: Catalog, other: Catalog) -> None:
    assert not await other.users.has_any()
    await furnished.users.create(User(id=BEA, email="bea@example.com"))
    assert await other.users.has_any()


async def test_an_organisation_is_renamed(furnished: Catalog, other: Catalog) -> None:
    before = await other.version.current()
    assert await furnished.organizations.rename(ACME, "Acme & sons")
    assert [row.name for row in await other.organizations.list()] == ["Acme & sons"]
    assert await other.version.current() != before


ACCOUNT = AttemptLimit(place="account", most=3, window_us=100)
ADDRESS = AttemptLimit(place="address", most=5, window_us=1_000)


async def test_attempts_are_counted_by_place_within_a_window(catalog: Catalog, other: Catalog) -> None:
    for _ in range(3):
        assert await catalog.attempts.take([ACCOUNT, ADDRESS], 10) is None
    assert await other.attempts.take([ACCOUNT, ADDRESS], 50) == 110
    assert await other.attempts.take([ADDRESS], 50) is None
    assert await other.attempts.take([ACCOUNT, ADDRESS], 110) is None
    assert await catalog.attempts.take([ACCOUNT, ADDRESS], 110) == 1_010
    assert await catalog.attempts.take([replace(ACCOUNT, place="another")], 110) is None


async def test_an_attempt_that_was_none_is_given_back(catalog: Catalog, other: Catalog) -> None:
    for _ in range(9):
        assert await catalog.attempts.take([ACCOUNT], 10) is None
        await other.attempts.give_back(["account", "ghost"])
    await other.attempts.give_back(["account"])
    for _ in range(3):
        assert await catalog.attempts.take([ACCOUNT], 10) is None
    assert await catalog.attempts.take([ACCOUNT], 10) == 110


async def test_no_two_get_the_last_attempt(catalog: Catalog, other: Catalog) -> None:
    both = (catalog, other)
    taken = await asyncio.gather(*(both[number % 2].attempts.take([ACCOUNT, ADDRESS], 10) for number in range(12)))
    assert taken.count(None) == 3
