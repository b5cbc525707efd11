"""Signing in and out, and the first user: what the forms do."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from panope.domain.accounts import User
from panope.domain.errors import ErrorKind, ForbiddenError, PanopeError, UnauthenticatedError
from panope.features.accounts.password_check import PasswordCheck
from panope.features.accounts.sessions import SignedIn, UserSessions
from panope.features.accounts.setup import Setup, SetupDraft
from panope.http.clients import client_of, is_on_this_machine
from panope.http.errors import status_of
from panope.http.fast.routing import FastRoute
from panope.http.members import token_of
from panope.http.signin.cookies import Cookies
from panope.http.signin.forms import Forms
from panope.http.signin.pages import NEW, WRONG, Outcome, setup_page, sign_in_page, sign_out_page, trouble_page
from panope.http.signin.targets import root_of, target_of

SIGN_IN = "/auth/sign-in"
SIGN_OUT = "/auth/sign-out"
SETUP = "/setup"
_SEE_OTHER = 303
_MAX_NAME_CHARS = 60
_WRONG = Outcome(text="Wrong e-mail address or password", status=WRONG)
_ELSEWHERE = (
    "This server has no users yet, and the first one owns everything on it. So they are made on its own machine: open "
    "this page there, run `panope users create EMAIL --role owner`, or set PANOPE_SETUP_FROM=anywhere"
)
_Page = Callable[[Request], Awaitable[Response]]


class SignInParts(Struct, frozen=True, kw_only=True):
    """What the pages are made of."""

    sessions: UserSessions
    check: PasswordCheck
    setup: Setup
    forms: Forms
    cookies: Cookies
    setup_from_anywhere: bool
    """Whether the first user may be made from another machine than the server's."""


def sign_in_routes(parts: SignInParts) -> list[FastRoute]:
    """The routes of all pages."""
    sign_in, setup = SignInPages(parts), SetupPages(parts)
    pages: tuple[tuple[str, str, _Page], ...] = (
        (SIGN_IN, "GET", sign_in.show),
        (SIGN_IN, "POST", sign_in.take),
        (SIGN_OUT, "GET", sign_in.show_sign_out),
        (SIGN_OUT, "POST", sign_in.take_sign_out),
        (SETUP, "GET", setup.show),
        (SETUP, "POST", setup.take),
    )
    return [FastRoute(path, method, _with_trouble_shown(page), None) for path, method, page in pages]


class SignInPages:
    """Signing in and out."""

    def __init__(self, parts: SignInParts) -> None:
        self._parts = parts

    async def show(self, request: Request) -> Response:
        """The page to sign in on."""
        if await self._parts.setup.is_due():
            return _go(root_of(request) + SETUP)
        if await _whose(request, self._parts.sessions) is not None:
            return _go(_target(request))
        return await self._form(request)

    async def take(self, request: Request) -> Response:
        """Sign somebody in who sends the form with the right password."""
        email = ""
        try:
            sent = await self._parts.forms.read(request)
            email = sent.get("email", "")
            user = await self._parts.check.find(email, sent.get("password", ""), client_of(request))
        except PanopeError as error:
            return await self._form(request, email, _outcome_of(error))
        if user is None:
            return await self._form(request, email, _WRONG)
        return await _open(self._parts, request, user, _target(request))

    async def _form(self, request: Request, email: str = "", outcome: Outcome = NEW) -> Response:
        nonce, ticket = await self._parts.forms.ticket(request)
        page = sign_in_page(_action(request, SIGN_IN), ticket, email, outcome)
        self._parts.cookies.keep_form(request, page, nonce)
        return page

    async def show_sign_out(self, request: Request) -> Response:
        """The page to sign out on."""
        found = await _whose(request, self._parts.sessions)
        if found is None:
            return _go(root_of(request) + SIGN_IN)
        nonce, ticket = await self._parts.forms.ticket(request)
        page = sign_out_page(root_of(request) + SIGN_OUT, ticket, found.user.email)
        self._parts.cookies.keep_form(request, page, nonce)
        return page

    async def take_sign_out(self, request: Request) -> Response:
        """End the session that the cookie is of."""
        await self._parts.forms.read(request)
        found = await _whose(request, self._parts.sessions)
        if found is not None:
            await self._parts.sessions.end(found.user.id, found.session.id)
        response = _go(root_of(request) + SIGN_IN)
        self._parts.cookies.forget_session(request, response)
        return response


class SetupPages:
    """The first user."""

    def __init__(self, parts: SignInParts) -> None:
        self._parts = parts

    async def show(self, request: Request) -> Response:
        """The page that makes the first user; to the page to sign in on once there is one."""
        if not await self._parts.setup.is_due():
            return _go(root_of(request) + SIGN_IN)
        self._require_trust(request)
        return await self._form(request, {})

    async def take(self, request: Request) -> Response:
        """Make the first user, and sign them in."""
        setup = self._parts.setup
        if not await setup.is_due():
            return _go(root_of(request) + SIGN_IN)
        self._require_trust(request)
        sent: dict[str, str] = {}
        try:
            sent = await self._parts.forms.read(request)
            user = await setup.set_up(_draft_of(sent))
        except PanopeError as error:
            if error.kind is ErrorKind.CONFLICT:
                return _go(root_of(request) + SIGN_IN)
            return await self._form(request, sent, _outcome_of(error))
        return await _open(self._parts, request, user, root_of(request) + "/")

    def _require_trust(self, request: Request) -> None:
        """Raise `ForbiddenError` for whoever is not at the server: the first user owns everything on it."""
        if not (self._parts.setup_from_anywhere or is_on_this_machine(request)):
            raise ForbiddenError(_ELSEWHERE, code="setup_elsewhere")

    async def _form(self, request: Request, sent: dict[str, str], outcome: Outcome = NEW) -> Response:
        nonce, ticket = await self._parts.forms.ticket(request)
        names = await self._parts.setup.names()
        page = setup_page(root_of(request) + SETUP, ticket, names, sent, outcome)
        self._parts.cookies.keep_form(request, page, nonce)
        return page


async def _open(parts: SignInParts, request: Request, user: User, target: str) -> Response:
    """Sign somebody in. A session that the browser had before is over: nobody gets to know the new one by the old."""
    opened = await parts.sessions.open(user, request.headers.get("user-agent", ""))
    before = await _whose(request, parts.sessions)
    if before is not None:
        await parts.sessions.end(before.user.id, before.session.id)
    response = _go(target)
    parts.cookies.keep_session(request, response, opened.token)
    return response


async def _whose(request: Request, sessions: UserSessions) -> SignedIn | None:
    try:
        return await sessions.find(token_of(request))
    except UnauthenticatedError:
        return None


def _draft_of(sent: dict[str, str]) -> SetupDraft:
    return SetupDraft(
        email=sent.get("email", ""),
        password=sent.get("password", ""),
        name=_line(sent.get("name", "")),
        organization_name=_line(sent.get("organization", "")),
        project_name=_line(sent.get("project", "")),
    )


def _line(text: str) -> str | None:
    return " ".join(text.split())[:_MAX_NAME_CHARS] or None


def _target(request: Request) -> str:
    return target_of(request.query_params.get("targetPath", ""), root_of(request))


def _action(request: Request, path: str) -> str:
    asked = request.query_params.get("targetPath", "")
    return root_of(request) + path + (f"?targetPath={quote(_target(request), safe='')}" if asked else "")


def _go(path: str) -> RedirectResponse:
    return RedirectResponse(path, _SEE_OTHER, headers={"Cache-Control": "no-store"})


def _outcome_of(error: PanopeError) -> Outcome:
    """What to say of a failure; one that is internal goes on to where the unforeseen is logged."""
    if error.kind is ErrorKind.INTERNAL:
        raise error
    return Outcome(text=error.message, status=status_of(error), retry_after_s=error.retry_after_s)


def _with_trouble_shown(page: _Page) -> _Page:
    """The same page, with failures as pages too."""

    async def show(request: Request) -> Response:
        try:
            return await page(request)
        except PanopeError as error:
            return trouble_page(_outcome_of(error), root_of(request) + SIGN_IN)

    show.__doc__ = page.__doc__
    return show
