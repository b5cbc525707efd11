"""Feedback about panope itself."""

from fastapi import APIRouter, Request, Response

from panope.features.feedback.box import FeedbackBox
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, takes
from panope.wire.langfuse.feedback import bodies as wire

_CREATED = 201


def feedback_router(box: FeedbackBox) -> APIRouter:
    """Make the route over the use case."""
    router = APIRouter(prefix="/api/public", tags=["Feedback"])

    @router.post(
        "/feedback",
        status_code=_CREATED,
        responses=answers(wire.FeedbackBody, _CREATED),
        openapi_extra=takes(wire.FeedbackRequest),
    )
    async def submit_feedback(request: Request, caller: ProjectCaller) -> Response:
        """Say what you think of panope; its operator reads it with `panope feedback list`, and nobody else does."""
        feedback = await box.take(caller.project_id, wire.read_feedback(await request.body()))
        return json_bytes(wire.encode_taken(feedback), _CREATED)

    return router
