"""Whoever reads a trace: members of its project, and anybody once it is public.

Members come first, and are told what they were always told. Nobody else learns whether something private exists.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final, Protocol

from fastapi import Depends
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Role
from panope.domain.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.tracing.sharing import TraceSharing
from panope.http.auth import DeclaredAccess, Openness, RequiredAccess
from panope.http.errors import FAMILY, Family
from panope.http.members import MemberGate


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads something of a project."""

    project_id: ProjectId
    organization_id: OrganizationId | None
    """None: somebody who is no member, and sees only what is public."""

    @property
    def is_visitor(self) -> bool:
        """Whether it is nobody of the project."""
        return self.organization_id is None


class _HasGates(Protocol):
    member_gate: MemberGate
    sharing: TraceSharing


_IsPublic = Callable[[TraceSharing, Request], Awaitable[bool]]


class Shared(DeclaredAccess[Reader]):
    """FastAPI dependency of routes for the viewers of a project, and for anybody where the thing is public."""

    required: RequiredAccess = Openness.SHARED

    def __init__(self, is_public: _IsPublic) -> None:
        self._is_public = is_public

    async def admit(self, request: Request) -> Reader:
        """Admit the caller of this request; raises as `MemberGate.admit_to` where nothing is public."""
        state: _HasGates = request.app.state
        project_id = request.path_params["project_id"]
        try:
            member = await state.member_gate.admit_to(request, project_id, Role.VIEWER)
        except (UnauthenticatedError, NotFoundError, ForbiddenError):
            if not await self._is_public(state.sharing, request):
                raise
            return Reader(project_id=ProjectId(project_id), organization_id=None)
        return Reader(project_id=member.project_id, organization_id=member.organization_id)


class OfPublicTraces(DeclaredAccess[TraceSharing]):
    """Likewise, of a route that tells of public traces alone, whoever asks."""

    required: RequiredAccess = Openness.SHARED

    async def admit(self, request: Request) -> TraceSharing:
        """Let everybody in."""
        request.scope[FAMILY] = Family.UI
        state: _HasGates = request.app.state
        return state.sharing


async def _trace(sharing: TraceSharing, request: Request) -> bool:
    return await sharing.is_trace_public(request.path_params["project_id"], request.path_params["trace_id"])


async def _observation(sharing: TraceSharing, request: Request) -> bool:
    params = request.path_params
    return await sharing.is_observation_public(params["project_id"], params["observation_id"])


async def _media(sharing: TraceSharing, request: Request) -> bool:
    params, trace_id = request.path_params, request.query_params.get("traceId", "")
    return await sharing.is_media_public(params["project_id"], params["media_id"], trace_id)


TraceReader = Annotated[Reader, Depends(Shared(_trace))]
"""Type of an endpoint's parameter: who reads the trace of the path. Declares the route's access too."""

ObservationReader = Annotated[Reader, Depends(Shared(_observation))]
"""Likewise: the observation of the path."""

MediaReader = Annotated[Reader, Depends(Shared(_media))]
"""Likewise: the media of the path, as part of the trace `traceId` of the query."""

PublicTraces = Annotated[TraceSharing, Depends(OfPublicTraces())]
"""Likewise: anybody, of what is public."""

_NEVER_KEPT: Final = "private, no-store"


def for_reader(reader: Reader | None, response: Response) -> Response:
    """An answer as this reader may keep it; None: a visitor. What these see may be private a moment later."""
    if reader is None or reader.is_visitor:
        response.headers["Cache-Control"] = _NEVER_KEPT
    return response
