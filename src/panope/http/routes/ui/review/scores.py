"""Scores that people give in the web app."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.features.scores.annotating import Annotating
from panope.http.members import MemberOf
from panope.http.routes.describing import answers, json_bytes, takes
from panope.http.routes.ui.segments import WholeSegments
from panope.wire.ui import scoring as wire
from panope.wire.ui.scores import ScoreBody

_CREATED: Final = 201
_NOTHING: Final = 204


def ui_scores_router(annotating: Annotating) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.post(
        "/scores", status_code=_CREATED, responses=answers(ScoreBody, _CREATED), openapi_extra=takes(wire.ScoreRequest)
    )
    async def give_score(request: Request, member: MemberOf) -> Response:
        """Give a score to a trace, an observation or a session, as oneself; the API shows it at once."""
        made = await annotating.give(member, wire.read_score(await request.body()))
        return json_bytes(wire.encode_score(made), _CREATED)

    @router.patch("/scores/{score_id}", responses=answers(ScoreBody), openapi_extra=takes(wire.ScoreChangeRequest))
    async def change_score(score_id: str, request: Request, member: MemberOf) -> Response:
        """Change the value or the comment of a score that a person gave."""
        change = wire.read_score_change(await request.body())
        return json_bytes(wire.encode_score(await annotating.change(member, score_id, change)))

    @router.delete("/scores/{score_id}", status_code=_NOTHING)
    async def delete_score(score_id: str, member: MemberOf) -> Response:
        """Delete a score, whoever gave it."""
        await annotating.take_back(member.project_id, score_id)
        return Response(status_code=_NOTHING)

    return router
