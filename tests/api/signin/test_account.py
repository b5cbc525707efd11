"""One's own account, over the lane of the web app."""

from collections.abc import AsyncIterator

import pytest

from panope.domain.accounts import Role, User
from panope.features.accounts.password_check import MOST_PER_ACCOUNT
from tests.api.conftest import NOW_US, Stage
from tests.api.signin.people import PASSWORD, WRONG_PASSWORD, Browser, browser, make_user, signed_in


@pytest.fixture
async def user(stage: Stage) -> User:
    return await make_user(stage, "ann", Role.MEMBER)


@pytest.fixture
async def ann(stage: Stage, user: User) -> AsyncIterator[Browser]:
    async with browser(stage) as opened:
        await opened.client.get("/")
        opened.client.headers["User-Agent"] = "Browser\t 1.0" + "x" * 300
        assert (await opened.sign_in(user.email)).status_code == 303
        yield opened


async def test_a_name_is_shown_changed_and_taken_away(ann: Browser) -> None:
    account = (await ann.client.get("/api/ui/account")).json()
    assert account == {"id": "ann", "email": "ann@example.com", "name": "Ann", "createdUs": NOW_US}
    csrf = await ann.csrf()
    for sent, kept in ((" Änn ", "Änn"), ("", None), ("Ann", "Ann"), (None, None)):
        changed = await ann.client.patch("/api/ui/account", json={"name": sent}, headers=csrf)
        assert (changed.status_code, changed.json()["name"]) == (200, kept)
    for name in ("x" * 201, "a\nb", 5):
        refused = await ann.client.patch("/api/ui/account", json={"name": name}, headers=csrf)
        assert (refused.status_code, refused.json()["issues"][0]["path"]) == (400, ["name"])


async def test_another_password_ends_the_other_sessions(ann: Browser, stage: Stage, user: User) -> None:
    elsewhere = await signed_in(stage, user)
    change = {"currentPassword": PASSWORD, "newPassword": "another one"}
    done = await ann.client.post("/api/ui/account/password", json=change, headers=await ann.csrf())
    assert (done.status_code, done.content) == (204, b"")
    assert (await ann.client.get("/api/ui/session")).status_code == 200
    assert (await stage.client.get("/api/ui/session", headers=elsewhere)).status_code == 401
    async with browser(stage) as another:
        assert (await another.sign_in(user.email)).status_code == 422
        assert (await another.sign_in(user.email, "another one")).status_code == 303


async def test_the_current_password_is_asked_for_only_so_often(ann: Browser) -> None:
    csrf = await ann.csrf()
    short = {"currentPassword": PASSWORD, "newPassword": "short"}
    refused = await ann.client.post("/api/ui/account/password", json=short, headers=csrf)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_password")
    wrong = {"currentPassword": WRONG_PASSWORD, "newPassword": "another one"}
    for _ in range(MOST_PER_ACCOUNT):
        refused = await ann.client.post("/api/ui/account/password", json=wrong, headers=csrf)
        assert (refused.status_code, refused.json()["error"]) == (403, "wrong_password")
    refused = await ann.client.post("/api/ui/account/password", json=wrong, headers=csrf)
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_attempts")
    assert int(refused.headers["retry-after"]) > 0


async def test_sessions_are_listed_and_ended(ann: Browser, stage: Stage, user: User) -> None:
    elsewhere = await signed_in(stage, user)
    bea = await make_user(stage, "bea", Role.OWNER)
    theirs = await signed_in(stage, bea)
    sessions = (await ann.client.get("/api/ui/account/sessions")).json()["sessions"]
    assert sorted(session["isCurrent"] for session in sessions) == [False, True]
    current = next(session for session in sessions if session["isCurrent"])
    assert current["userAgent"].startswith("Browser 1.0xxx")
    assert len(current["userAgent"]) == 200
    csrf = await ann.csrf()
    (foreign,) = await stage.catalog.user_sessions.list(bea.id, NOW_US)
    for session_id in (foreign.id, "ghost"):
        refused = await ann.client.delete(f"/api/ui/account/sessions/{session_id}", headers=csrf)
        assert (refused.status_code, refused.json()["error"]) == (404, "unknown_session")
    assert (await stage.client.get("/api/ui/session", headers=theirs)).status_code == 200
    other = next(session for session in sessions if not session["isCurrent"])
    assert (await ann.client.delete(f"/api/ui/account/sessions/{other['id']}", headers=csrf)).status_code == 204
    assert (await stage.client.get("/api/ui/session", headers=elsewhere)).status_code == 401
    assert (await ann.client.delete(f"/api/ui/account/sessions/{current['id']}", headers=csrf)).status_code == 204
    assert (await ann.client.get("/api/ui/session")).status_code == 401


async def test_signing_out_in_the_app_is_signing_out(ann: Browser) -> None:
    done = await ann.client.delete("/api/ui/session", headers=await ann.csrf())
    assert (done.status_code, done.content) == (204, b"")
    assert "Max-Age=0" in done.headers["set-cookie"]
    assert (await ann.client.get("/api/ui/session")).status_code == 401


async def test_unsafe_requests_need_the_token_of_their_session(ann: Browser, stage: Stage, user: User) -> None:
    foreign = await signed_in(stage, user)
    for headers in ({}, {"X-Panope-Csrf": ""}, {"X-Panope-Csrf": foreign["X-Panope-Csrf"]}):
        refused = await ann.client.patch("/api/ui/account", json={"name": "Eve"}, headers=headers)
        assert (refused.status_code, refused.json()["error"]) == (403, "csrf")
    own = await ann.csrf()
    for origin in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = await ann.client.patch("/api/ui/account", json={"name": "Eve"}, headers={**own, **origin})
        assert (refused.status_code, refused.json()["error"]) == (403, "cross_site")
    assert (await ann.client.get("/api/ui/account")).json()["name"] == "Ann"


async def test_the_app_names_its_errors_by_code(ann: Browser, stage: Stage) -> None:
    nobody = await stage.client.get("/api/ui/session")
    assert nobody.json() == {"message": "You are not signed in: sign in first", "error": "not_signed_in"}
    assert "www-authenticate" not in nobody.headers
    unknown = await ann.client.get("/api/ui/projects/ghost")
    assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown_project")
