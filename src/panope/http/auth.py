"""Who calls: the credentials of a request against what its route asks for."""

from enum import StrEnum
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import Depends
from fastapi.routing import RouteContext
from starlette.requests import Request

from panope.domain.accounts import Access, OrganizationPrincipal, Principal, Role
from panope.domain.errors import ForbiddenError
from panope.http.errors import FAMILY, Family
from panope.ports.catalog import Version


class Openness(StrEnum):
    """Of routes that are open for some things and not for others."""

    SHARED = "shared"
    """To viewers of the project of the path; and to anybody, for what a member made public."""


RequiredAccess = Access | Role | Openness | None
"""What a route asks of its caller: a key of at least this reach, somebody signed in with at least this role in the
project of the path (`Role.NONE`: wherever), something public or somebody who may view it, or None for anybody without
credentials."""

ADMISSION = "admission"
"""Key of the request's state that holds the `Admission` of its caller."""

_ADMITTED = "admitted"
"""Key of the request's state: who was let in already, and by which dependency."""
_Caller = TypeVar("_Caller")

_DENIED = "Access denied - insufficient permissions for this endpoint"
_REACH = {Access.SCORES: 1, Access.PROJECT: 2}


class Admission(Protocol):
    """What came of a header."""

    @property
    def principal(self) -> Principal | OrganizationPrincipal:
        """Whom it speaks for."""

    @property
    def version(self) -> Version:
        """The catalog's version, read while the header was checked."""

    @property
    def expires_us(self) -> int | None:
        """When the header ceases to speak for anybody, unless the catalog's accounts change before."""


class Authenticator(Protocol):
    """Turns an `Authorization` header into a principal."""

    async def admit(self, header: str | None) -> Admission:
        """Return whom the header speaks for; raise `UnauthenticatedError` when it speaks for nobody."""


class Gate:
    """Lets a request in, or says why not."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def admit(self, request: Request, required: Access) -> Principal:
        """Return the caller, and leave it where the log finds it, with the catalog's version beside it.

        Raises `UnauthenticatedError` without valid credentials, `ForbiddenError` when they do not reach far enough or
        are an organisation's, and `UnavailableError` when the store of keys is away.
        """
        principal = await self._identify(request)
        if isinstance(principal, OrganizationPrincipal):
            raise ForbiddenError(f"{_DENIED}: it takes the key of a project, and this one is an organisation's")
        if _REACH[principal.access] < _REACH[required]:
            raise ForbiddenError(_DENIED)
        return principal

    async def admit_organization(self, request: Request) -> OrganizationPrincipal:
        """Return the caller of a route about organisations; raises as `admit`, for the key of a project as well."""
        principal = await self._identify(request)
        if isinstance(principal, Principal):
            raise ForbiddenError(f"{_DENIED}: it takes the key of an organisation, and this one is a project's")
        return principal

    async def _identify(self, request: Request) -> Principal | OrganizationPrincipal:
        admission = await self._authenticator.admit(request.headers.get("authorization"))
        state = request.scope.setdefault("state", {})
        state["principal"] = admission.principal
        state[ADMISSION] = admission
        return admission.principal


class DeclaredAccess(Generic[_Caller]):
    """A FastAPI dependency that admits callers, and says whom its route lets in to whoever walks the routes."""

    required: RequiredAccess

    async def __call__(self, request: Request) -> _Caller:
        """The caller of this request; asked once, at the door or here."""
        admitted: tuple[object, _Caller] | None = request.scope.setdefault("state", {}).get(_ADMITTED)
        if admitted is not None and admitted[0] is self:
            return admitted[1]
        caller = await self.admit(request)
        request.scope["state"][_ADMITTED] = self, caller
        return caller

    async def admit(self, request: Request) -> _Caller:
        """Return the caller, or raise why not."""
        raise NotImplementedError


class ProjectAccess(DeclaredAccess[Principal]):
    """FastAPI dependency of routes for key pairs: admits the caller."""

    required: RequiredAccess = Access.PROJECT

    async def admit(self, request: Request) -> Principal:
        """Admit the caller of this request."""
        gate: Gate = request.app.state.gate
        return await gate.admit(request, Access.PROJECT)


class OrganizationAccess(DeclaredAccess[OrganizationPrincipal]):
    """Likewise, of routes for the keys of organisations."""

    required: RequiredAccess = Access.ORGANIZATION

    async def admit(self, request: Request) -> OrganizationPrincipal:
        """Admit the caller of this request."""
        gate: Gate = request.app.state.gate
        return await gate.admit_organization(request)


class ScimAccess(OrganizationAccess):
    """Likewise, of routes that word their errors as SCIM does."""

    async def admit(self, request: Request) -> OrganizationPrincipal:
        """Admit the caller of this request."""
        request.scope[FAMILY] = Family.SCIM
        return await super().admit(request)


class OpenAccess(DeclaredAccess[None]):
    """FastAPI dependency of routes that ask nobody who they are."""

    required: RequiredAccess = None

    async def admit(self, request: Request) -> None:
        """Let everybody in."""


ProjectCaller = Annotated[Principal, Depends(ProjectAccess())]
"""Type of an endpoint's parameter: the key pair that calls. Declares the route's access too."""

OrganizationCaller = Annotated[OrganizationPrincipal, Depends(OrganizationAccess())]
"""Likewise: the key pair of an organisation."""

ScimCaller = Annotated[OrganizationPrincipal, Depends(ScimAccess())]
"""Likewise, where errors are worded as SCIM does."""

ANYONE = Depends(OpenAccess())
"""For the `dependencies` of a route that asks nobody."""


def declared_access(context: RouteContext) -> DeclaredAccess[Any]:
    """What lets callers of a FastAPI route in; raises `ValueError` when the route does not say."""
    pending = list(context.dependant.dependencies)
    while pending:
        dependant = pending.pop()
        if isinstance(dependant.call, DeclaredAccess):
            return dependant.call
        pending.extend(dependant.dependencies)
    text = f"Route {context.path} does not declare who may call it"
    raise ValueError(text)
