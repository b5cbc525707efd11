"""Who is signed in, and their own account."""

from fastapi import APIRouter, Request, Response

from panope.features.accounts.own_account import OwnAccount
from panope.features.accounts.sessions import UserSessions
from panope.http.clients import client_of
from panope.http.members import SignedIn, token_of
from panope.http.routes.describing import answers, json_bytes, takes
from panope.http.signin.cookies import Cookies
from panope.ports.people.members import MemberStore
from panope.wire.ui import session as wire

_NOTHING = 204
_ACCOUNT = "/api/ui/account"


def session_router(sessions: UserSessions, members: MemberStore, cookies: Cookies, version: str) -> APIRouter:
    """Make the routes of the session itself."""
    router = APIRouter(tags=["Session"])

    @router.get("/api/ui/session", responses=answers(wire.SessionBody))
    async def get_session(request: Request, _person: SignedIn) -> Response:
        """Say who is signed in and which projects they see; the session lives on from now."""
        token = token_of(request) or ""
        found = await sessions.find(token)
        projects = await members.list_projects(found.user.id)
        csrf = await sessions.csrf_of(found.session)
        response = json_bytes(wire.encode_session(found.user, projects, csrf, version))
        cookies.keep_session(request, response, token)
        response.headers["Cache-Control"] = "no-store"
        return response

    @router.delete("/api/ui/session", status_code=_NOTHING)
    async def delete_session(request: Request, person: SignedIn) -> Response:
        """Sign out, in all tabs of this browser."""
        await sessions.end(person.user_id, person.session_id)
        response = Response(status_code=_NOTHING)
        cookies.forget_session(request, response)
        return response

    return router


def account_router(account: OwnAccount, sessions: UserSessions) -> APIRouter:
    """Make the routes of one's own account."""
    router = APIRouter(tags=["Account"])

    @router.get(_ACCOUNT, responses=answers(wire.AccountBody))
    async def get_account(person: SignedIn) -> Response:
        """Show one's own account."""
        return json_bytes(wire.encode_account(await account.get(person)))

    @router.patch(_ACCOUNT, responses=answers(wire.AccountBody), openapi_extra=takes(wire.AccountChange))
    async def change_account(request: Request, person: SignedIn) -> Response:
        """Change one's own name."""
        asked = wire.read_account_change(await request.body())
        return json_bytes(wire.encode_account(await account.rename(person, asked.name)))

    @router.post(_ACCOUNT + "/password", status_code=_NOTHING, openapi_extra=takes(wire.PasswordChange))
    async def change_password(request: Request, person: SignedIn) -> Response:
        """Change one's own password, which ends all other sessions."""
        asked = wire.read_password_change(await request.body())
        await account.change_password(person, asked.current_password, asked.new_password, client_of(request))
        return Response(status_code=_NOTHING)

    @router.get(_ACCOUNT + "/sessions", responses=answers(wire.UserSessionsBody))
    async def list_sessions(person: SignedIn) -> Response:
        """List the browsers in which one is signed in."""
        found = await sessions.list(person.user_id)
        return json_bytes(wire.encode_sessions(found, person.session_id))

    @router.delete(_ACCOUNT + "/sessions/{session_id}", status_code=_NOTHING)
    async def delete_user_session(session_id: str, person: SignedIn) -> Response:
        """Sign out another browser, or this one."""
        await sessions.end(person.user_id, session_id)
        return Response(status_code=_NOTHING)

    return router
