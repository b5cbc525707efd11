"""Signing in and out, as a browser does it."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from panope.assembly import AppOptions
from panope.domain.accounts import Role
from panope.domain.errors import UnavailableError
from panope.features.accounts.password_check import MOST_PER_ACCOUNT, MOST_PER_ADDRESS, WINDOW_US
from panope.features.accounts.sessions import DAY_US
from tests.api.conftest import LIMITS, NOW_US, Stage, staged
from tests.api.edge import logged
from tests.api.signin.people import PASSWORD, WRONG_PASSWORD, Browser, browser, make_user, ticket_of
from tests.support.passwords import PlainPasswords

SECOND_US = 1_000_000
WRONG = "Wrong e-mail address or password"


class Clock:
    """The time, which tests turn."""

    def __init__(self) -> None:
        self.now_us = NOW_US

    def __call__(self) -> int:
        return self.now_us


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stage(clock: Clock) -> AsyncIterator[Stage]:
    async with staged(AppOptions(limits=LIMITS), clock) as made:
        await make_user(made, "ann", Role.OWNER)
        yield made


@pytest.fixture
async def ann(stage: Stage) -> AsyncIterator[Browser]:
    """A browser in which nobody is signed in yet."""
    async with browser(stage) as opened:
        yield opened


def problem_of(page: httpx2.Response) -> str:
    found = re.search(r'role="alert">([^<]*)<', page.text)
    return found[1] if found else ""


async def test_the_page_is_plain_and_strict(ann: Browser) -> None:
    page = await ann.client.get("/auth/sign-in")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    for part in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text
    assert re.findall(r'autocomplete="([\w-]+)"', page.text) == ["username", "current-password"]
    assert re.findall(r'(?:src|href)="[^"]*"', page.text) == []


async def test_the_right_password_signs_in_and_leads_back(ann: Browser) -> None:
    path = "/auth/sign-in?targetPath=/project/project/traces%3Fpeek%3D1"
    done = await ann.sign_in(" ANN@example.com ", path=path)
    assert (done.status_code, done.headers["location"]) == (303, "/project/project/traces?peek=1")
    cookie = done.headers["set-cookie"]
    assert "panope_session=" in cookie
    for part in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={30 * 24 * 3600}"):
        assert part in cookie
    assert "Secure" not in cookie
    session = await ann.client.get("/api/ui/session")
    assert session.json()["user"] == {"id": "ann", "email": "ann@example.com", "name": "Ann"}
    assert [(project["id"], project["role"]) for project in session.json()["projects"]] == [
        ("other-project", "owner"),
        ("project", "owner"),
    ]
    assert session.headers["cache-control"] == "no-store"
    again = await ann.client.get("/auth/sign-in?targetPath=/project/x")
    assert (again.status_code, again.headers["location"]) == (303, "/project/x")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\nSet-Cookie: x=y",
        "/a b",
        "project/x",
        "",
        "/" + "a" * 5_000,
    ],
)
async def test_a_target_elsewhere_is_ignored(ann: Browser, target: str) -> None:
    page = await ann.client.get("/auth/sign-in", params={"targetPath": target})
    action = re.search(r'action="([^"]*)"', page.text)
    assert action is not None
    done = await ann.client.post(
        action[1], data={"ticket": ticket_of(page), "email": "ann@example.com", "password": PASSWORD}
    )
    assert (done.status_code, done.headers["location"]) == (303, "/")


async def test_wrong_and_unknown_are_told_alike(ann: Browser, stage: Stage) -> None:
    await make_user(stage, "bea", Role.NONE)
    await stage.catalog.users.set_password((await stage.catalog.users.list())[1].id, "")
    pages = [
        await ann.sign_in(email, password)
        for email, password in (
            ("ann@example.com", WRONG_PASSWORD),
            ("nobody@example.com", WRONG_PASSWORD),
            ("nobody@example.com", PASSWORD),
            ("bea@example.com", ""),
            ("no address", PASSWORD),
            ("ann\0@example.com\ud800".encode("utf-8", "replace").decode(), WRONG_PASSWORD),
            ("x" * 10_000, PASSWORD),
        )
    ]
    assert [(page.status_code, problem_of(page)) for page in pages] == [(422, WRONG)] * len(pages)
    bare = {re.sub(r'value="[^"]*"', "", page.text) for page in pages}
    assert len(bare) == 1
    assert (await ann.client.get("/api/ui/session")).status_code == 401
    assert not any("panope_session" in page.headers.get("set-cookie", "") for page in pages)


async def test_a_password_is_compared_for_nobody_too(ann: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str | None] = []
    original = PlainPasswords.verify

    async def verify(self: PlainPasswords, password: str, password_hash: str | None) -> bool:
        compared.append(password_hash)
        return await original(self, password, password_hash)

    monkeypatch.setattr(PlainPasswords, "verify", verify)
    await ann.sign_in("ann@example.com", WRONG_PASSWORD)
    await ann.sign_in("nobody@example.com", WRONG_PASSWORD)
    assert len(compared) == 2
    assert compared[1] is None


async def test_an_account_takes_so_many_wrong_passwords(ann: Browser, stage: Stage, clock: Clock) -> None:
    for _ in range(MOST_PER_ACCOUNT):
        assert (await ann.sign_in("ann@example.com", WRONG_PASSWORD)).status_code == 422
    clock.now_us += 60 * SECOND_US
    for email in ("ann@example.com", " Ann@Example.com"):
        refused = await ann.sign_in(email)
        assert (refused.status_code, problem_of(refused)) == (429, "Too many attempts: try again in 14 minutes")
        assert refused.headers["retry-after"] == str(14 * 60)
    await make_user(stage, "bea", Role.OWNER)
    assert (await ann.sign_in("bea@example.com")).status_code == 303
    async with browser(stage) as another:
        clock.now_us = NOW_US + WINDOW_US
        assert (await another.sign_in("ann@example.com")).status_code == 303


async def test_unknown_accounts_are_limited_as_known_ones(ann: Browser) -> None:
    statuses = [
        (await ann.sign_in("nobody@example.com", WRONG_PASSWORD)).status_code for _ in range(MOST_PER_ACCOUNT + 1)
    ]
    assert statuses == [422] * MOST_PER_ACCOUNT + [429]


async def test_right_passwords_are_not_counted(stage: Stage) -> None:
    for _ in range(MOST_PER_ACCOUNT + 5):
        async with browser(stage) as opened:
            assert (await opened.sign_in("ann@example.com")).status_code == 303


async def test_an_address_takes_so_many_wrong_passwords_whatever_the_account(ann: Browser) -> None:
    page = await ann.client.get("/auth/sign-in")
    for number in range(MOST_PER_ADDRESS + 1):
        fields = {"ticket": ticket_of(page), "email": f"u{number}@example.com", "password": WRONG_PASSWORD}
        headers = {"X-Forwarded-For": f"203.0.113.{number}, 2001:db8:1:2::{number:x}"}
        refused = await ann.client.post("/auth/sign-in", data=fields, headers=headers)
        assert refused.status_code == (429 if number == MOST_PER_ADDRESS else 422), number
    headers = {"X-Forwarded-For": "2001:db8:1:3::1"}
    fields = {"ticket": ticket_of(page), "email": "ann@example.com", "password": PASSWORD}
    assert (await ann.client.post("/auth/sign-in", data=fields, headers=headers)).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://panope.test.evil.example"},
        {"Origin": "http://["},
        {"Origin": "http://[panope.test"},
    ],
)
async def test_another_sites_form_signs_nobody_in(ann: Browser, headers: dict[str, str]) -> None:
    refused = await ann.post("/auth/sign-in", headers, email="ann@example.com", password=PASSWORD)
    assert (refused.status_code, problem_of(refused)[:29]) == (403, "The request comes from a page")
    assert "panope_session" not in refused.headers["set-cookie"]


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://panope.test"}])
async def test_the_own_form_does(ann: Browser, headers: dict[str, str]) -> None:
    assert (await ann.post("/auth/sign-in", headers, email="ann@example.com", password=PASSWORD)).status_code == 303


async def test_a_form_needs_the_ticket_of_its_browser(ann: Browser, stage: Stage) -> None:
    fields = {"email": "ann@example.com", "password": PASSWORD}
    async with browser(stage) as another:
        foreign = ticket_of(await another.client.get("/auth/sign-in"))
    refused = await ann.client.post("/auth/sign-in", data={**fields, "ticket": foreign})
    assert (refused.status_code, problem_of(refused)[:32]) == (403, "The form was open for too long, ")
    for ticket in (foreign, "", "\u20ac"):
        assert (await ann.client.post("/auth/sign-in", data={**fields, "ticket": ticket})).status_code == 403
    again = await ann.client.post("/auth/sign-in", data={**fields, "ticket": ticket_of(refused)})
    assert again.status_code == 303


async def test_what_is_no_form_is_refused_as_a_page(ann: Browser) -> None:
    for body, status in ((b"a=b&" * 50, 400), (b"x" * 40_000, 413), (b"\xff\xfe", 403)):
        refused = await ann.client.post("/auth/sign-in", content=body)
        assert (refused.status_code, problem_of(refused) != "") == (status, True)


async def test_signing_out_kills_the_session_everywhere(ann: Browser, stage: Stage) -> None:
    await ann.sign_in("ann@example.com")
    token = ann.client.cookies["panope_session"]
    page = await ann.client.get("/auth/sign-out")
    assert "ann@example.com" in page.text
    done = await ann.post("/auth/sign-out")
    assert (done.status_code, done.headers["location"]) == (303, "/auth/sign-in")
    assert 'panope_session=""' in done.headers["set-cookie"]
    stolen = {"Cookie": f"panope_session={token}"}
    assert (await stage.client.get("/api/ui/session", headers=stolen)).status_code == 401
    assert (await ann.client.get("/auth/sign-out")).headers["location"] == "/auth/sign-in"


async def test_signing_in_again_ends_the_session_before(ann: Browser, stage: Stage) -> None:
    page = await ann.client.get("/auth/sign-in")
    fields = {"ticket": ticket_of(page), "email": "ann@example.com", "password": PASSWORD}
    await ann.client.post("/auth/sign-in", data=fields)
    before = ann.client.cookies["panope_session"]
    await ann.client.post("/auth/sign-in", data=fields)
    assert ann.client.cookies["panope_session"] != before
    sessions = await stage.catalog.user_sessions.list((await stage.catalog.users.list())[0].id, NOW_US)
    assert len(sessions) == 1


async def test_a_session_lives_on_while_it_is_used(ann: Browser, clock: Clock) -> None:
    await ann.sign_in("ann@example.com")
    for _ in range(3):
        clock.now_us += 29 * DAY_US
        session = await ann.client.get("/api/ui/session")
        assert session.status_code == 200
        assert "Max-Age=2592000" in session.headers["set-cookie"]
    clock.now_us += 30 * DAY_US
    assert (await ann.client.get("/api/ui/session")).status_code == 401


async def test_a_session_is_written_only_now_and_then(
    ann: Browser, stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.sign_in("ann@example.com")
    touched: list[int] = []

    async def touch(_session_id: str, *, seen_us: int, expires_us: int) -> None:
        assert expires_us == seen_us + 30 * DAY_US
        touched.append(seen_us)

    monkeypatch.setattr(stage.catalog.user_sessions, "touch", touch)
    for _ in range(3):
        await ann.client.get("/api/ui/account")
    assert touched == []
    clock.now_us += 10 * 60 * SECOND_US
    await ann.client.get("/api/ui/account")
    assert touched == [clock.now_us]


@pytest.mark.parametrize(
    ("base_url", "headers", "ends"),
    [
        ("https://panope.test", {}, "Secure"),
        ("http://panope.test", {"X-Forwarded-Proto": "https"}, "Secure"),
        ("http://public.example", {}, "Secure"),
        ("http://panope.test", {}, "SameSite=lax"),
        ("https://panope.test", {"X-Forwarded-Proto": "http"}, "SameSite=lax"),
    ],
)
async def test_the_cookie_is_for_tls_alone_where_there_is_tls(
    base_url: str, headers: dict[str, str], ends: str
) -> None:
    async with staged(AppOptions(public_url="https://public.example/p")) as stage:
        await make_user(stage, "ann", Role.OWNER)
        async with browser(stage, base_url) as opened:
            page = await opened.client.get("/auth/sign-in", headers=headers)
            nonce = re.search(r"panope_form=([^;]+)", page.headers["set-cookie"])
            assert nonce is not None
            fields = {"ticket": ticket_of(page), "email": "ann@example.com", "password": PASSWORD}
            done = await opened.client.post(
                "/auth/sign-in", data=fields, headers={**headers, "Cookie": f"panope_form={nonce[1]}"}
            )
            assert done.headers["set-cookie"].endswith(ends)


async def test_a_prefix_is_before_every_path(clock: Clock) -> None:
    async with staged(AppOptions(root_path="/panope"), clock) as stage, browser(stage) as opened:
        due = await opened.client.get("/panope/auth/sign-in")
        assert due.headers["location"] == "/panope/setup"
        await make_user(stage, "ann", Role.OWNER)
        page = await opened.client.get("/panope/auth/sign-in?targetPath=/panope/project/x")
        assert 'action="/panope/auth/sign-in?targetPath=%2Fpanope%2Fproject%2Fx"' in page.text
        assert "Path=/panope;" in page.headers["set-cookie"]
        done = await opened.sign_in("ann@example.com", path="/panope/auth/sign-in?targetPath=/project/x")
        assert done.headers["location"] == "/panope/project/x"
        assert "Path=/panope;" in done.headers["set-cookie"]
        assert (await opened.client.get("/panope/api/ui/session")).status_code == 200


async def test_the_cookie_of_a_server_above_the_path_is_passed_over(stage: Stage, ann: Browser) -> None:
    await ann.sign_in("ann@example.com")
    own = ann.client.cookies["panope_session"]
    both = {"Cookie": f"a=b; panope_session={own}; panope_session=of-another-server"}
    assert (await stage.client.get("/api/ui/session", headers=both)).status_code == 200
    both = {"Cookie": f"panope_session=of-another-server; panope_session={own}"}
    assert (await stage.client.get("/api/ui/session", headers=both)).status_code == 401


async def test_a_catalog_that_is_away_is_told_on_a_page(
    ann: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> bool:
        raise UnavailableError("The catalog database does not answer: try again later", retry_after_s=3)

    monkeypatch.setattr(stage.catalog.users, "has_any", away)
    page = await ann.client.get("/auth/sign-in")
    assert (page.status_code, problem_of(page)) == (503, "The catalog database does not answer: try again later")
    assert page.headers["retry-after"] == "3"


async def test_many_at_once_sign_in(stage: Stage) -> None:
    async def one() -> int:
        async with browser(stage) as opened:
            return (await opened.sign_in("ann@example.com")).status_code

    assert await asyncio.gather(*(one() for _ in range(8))) == [303] * 8


async def test_a_password_that_changes_meanwhile_signs_nobody_in(
    ann: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = PlainPasswords.verify

    async def verify(self: PlainPasswords, password: str, password_hash: str | None) -> bool:
        is_right = await original(self, password, password_hash)
        await stage.catalog.users.set_password((await stage.catalog.users.list())[0].id, "another")
        return is_right

    monkeypatch.setattr(PlainPasswords, "verify", verify)
    refused = await ann.sign_in("ann@example.com")
    assert (refused.status_code, problem_of(refused)) == (401, "The password was changed meanwhile: sign in again")


async def test_nothing_secret_is_logged_or_counted(ann: Browser, stage: Stage) -> None:
    with logged() as log:
        await ann.sign_in("ann@example.com", WRONG_PASSWORD)
        await ann.sign_in("ann@example.com")
        token = ann.client.cookies["panope_session"]
        csrf = await ann.csrf()
        change = {"currentPassword": PASSWORD, "newPassword": "another-" + WRONG_PASSWORD}
        for sent in ({**change, "newPassword": 5}, change):
            await ann.client.post("/api/ui/account/password", json=sent, headers=csrf)
        await ann.post("/auth/sign-out")
    metrics = (await stage.client.get("/metrics")).text
    assert log.getvalue().count("/auth/sign-in") >= 3
    secrets = (PASSWORD, WRONG_PASSWORD, token, csrf["X-Panope-Csrf"], ann.client.cookies["panope_form"])
    for secret in (*secrets, "ann@example.com"):
        assert secret not in log.getvalue()
        assert secret not in metrics


@pytest.mark.parametrize(
    ("host", "name"),
    [("localhost:3001", "panope_form_3001"), ("[::1]:3002", "panope_form_3002"), ("[::1]", "panope_form")],
)
async def test_servers_of_one_host_keep_their_cookies_apart(ann: Browser, host: str, name: str) -> None:
    page = await ann.client.get("/auth/sign-in", headers={"Host": host})
    assert page.headers["set-cookie"].startswith(f"{name}=")
