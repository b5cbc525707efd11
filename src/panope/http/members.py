"""Who is signed in: the session cookie of a request against what its route asks for.

Only the routes of the web app know cookies, and they know no keys; the public API is the other way round.
"""

import hmac
from typing import Annotated, Final, Protocol

from fastapi import Depends
from starlette.requests import Request

from panope.domain.accounts import PersonPrincipal, Role, UserPrincipal, reaches
from panope.domain.errors import ForbiddenError, NotFoundError
from panope.domain.ids import ProjectId, is_possible_id
from panope.features.accounts.sessions import SignedIn as Found
from panope.features.accounts.sessions import UserSessions
from panope.http.auth import DeclaredAccess
from panope.http.clients import at_port, cookie_of
from panope.http.errors import FAMILY, Family
from panope.http.sites import require_same_site
from panope.ports.people.members import MemberStore

COOKIE: Final = "panope_session"
CSRF_HEADER: Final = "x-panope-csrf"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of(request: Request) -> str | None:
    """The token of the session that a request claims."""
    return cookie_of(request, at_port(request, COOKIE))


class MemberGate:
    """Lets people in by their session, or says why not."""

    def __init__(self, sessions: UserSessions, members: MemberStore, public_url: str | None) -> None:
        self._sessions = sessions
        self._members = members
        self._public_url = public_url

    async def find(self, request: Request) -> Found:
        """Whose session the request's cookie is of; raises `UnauthenticatedError` when of nobody's.

        Raises `ForbiddenError` for an unsafe request that no page of this server has made.
        """
        request.scope[FAMILY] = Family.UI
        found = await self._sessions.find(token_of(request))
        if request.method not in _SAFE:
            require_same_site(request, self._public_url)
            sent, due = request.headers.get(CSRF_HEADER, ""), await self._sessions.csrf_of(found.session)
            if not hmac.compare_digest(sent.encode(), due.encode()):
                text = "The request needs the header X-Panope-Csrf with the csrf of GET /api/ui/session"
                raise ForbiddenError(text, code="csrf")
        return found

    async def admit(self, request: Request) -> PersonPrincipal:
        """Return who is signed in, and leave it where the log finds it; raises as `find`."""
        found = await self.find(request)
        user = found.user
        person = PersonPrincipal(user_id=user.id, email=user.email, name=user.name, session_id=found.session.id)
        request.scope.setdefault("state", {})["principal"] = person
        return person

    async def admit_to(self, request: Request, project_id: str, required: Role) -> UserPrincipal:
        """Likewise, in a project; raises `NotFoundError` for one that they may not see, as if there were none.

        Raises `ForbiddenError`, which names both roles, when theirs does not reach far enough.
        """
        person = await self.admit(request)
        seen = await self._members.list_projects(person.user_id, _possible(project_id))
        if not seen:
            raise _unknown()
        role = seen[0].role
        require_role(role, required)
        principal = UserPrincipal(
            user_id=person.user_id,
            email=person.email,
            project_id=seen[0].id,
            organization_id=seen[0].organization_id,
            role=role,
        )
        request.scope["state"]["principal"] = principal
        return principal


class _HasGate(Protocol):
    member_gate: MemberGate


class Person(DeclaredAccess[PersonPrincipal]):
    """FastAPI dependency of routes for whoever is signed in."""

    required = Role.NONE

    async def admit(self, request: Request) -> PersonPrincipal:
        """Admit the caller of this request."""
        state: _HasGate = request.app.state
        return await state.member_gate.admit(request)


class ProjectMember(DeclaredAccess[UserPrincipal]):
    """Likewise, of routes for members of the project that `{project_id}` in their path names."""

    def __init__(self, required: Role) -> None:
        self.required = required
        self._role = required

    async def admit(self, request: Request) -> UserPrincipal:
        """Admit the caller of this request."""
        state: _HasGate = request.app.state
        return await state.member_gate.admit_to(request, request.path_params["project_id"], self._role)


SignedIn = Annotated[PersonPrincipal, Depends(Person())]
"""Type of an endpoint's parameter: who is signed in, whatever the project. Declares the route's access too."""

ViewerOf = Annotated[UserPrincipal, Depends(ProjectMember(Role.VIEWER))]
"""Likewise: who may read the project of the path."""

MemberOf = Annotated[UserPrincipal, Depends(ProjectMember(Role.MEMBER))]
"""Likewise: who may work in it."""

AdminOf = Annotated[UserPrincipal, Depends(ProjectMember(Role.ADMIN))]
"""Likewise: who may change its settings."""


def require_role(role: Role, required: Role) -> None:
    """Raise `ForbiddenError`, which names both, when a role does not reach far enough."""
    if not reaches(role, required):
        text = f"This needs the role {required} or higher, and yours here is {role}: ask an owner or admin for it"
        raise ForbiddenError(text, code="role_too_low")


def _possible(project_id: str) -> ProjectId:
    if not is_possible_id(project_id):
        raise _unknown()
    return ProjectId(project_id)


def _unknown() -> NotFoundError:
    return NotFoundError("There is no such project, or you are no member of it", code="unknown_project")
