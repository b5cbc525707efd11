"""Annotation queues, their items and who is assigned, as every client of the public API knows them."""

from fastapi import APIRouter, Request, Response

from panope.domain.review.queues import ItemStatus
from panope.features.review.assignments import AssignmentService
from panope.features.review.queues import QueueService
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, page_parameters, params_of, query_parameter, takes
from panope.wire.langfuse.paging import read_page
from panope.wire.langfuse.review import queues as wire

_PATH = "/api/public/annotation-queues"
_ONE = _PATH + "/{queue_id:path}"
_ITEMS = _ONE + "/items"
_ITEM = _ITEMS + "/{item_id:path}"
_ASSIGNMENTS = _ONE + "/assignments"
_ITEM_PARAMETERS = [
    query_parameter("status", {"type": "string"}, "Only PENDING or COMPLETED items"),
    *page_parameters("Items"),
]


def annotation_queues_router(queues: QueueService, assignments: AssignmentService) -> APIRouter:
    """Make the routes over the use cases. Longer paths come first: an id may hold a slash."""
    router = APIRouter(tags=["Annotation queues"])
    router.include_router(_items(queues))
    router.include_router(_assignments(assignments))

    @router.get(_PATH, responses=answers(wire.QueuesBody), openapi_extra={"parameters": page_parameters("Queues")})
    async def list_annotation_queues(request: Request, caller: ProjectCaller) -> Response:
        """List queues by page, newest first, archived ones included."""
        page = read_page(params_of(request))
        found, total = await queues.list_queues(caller.project_id, limit=page.limit, offset=page.offset)
        return json_bytes(wire.encode_queues(found, total, page))

    @router.post(_PATH, responses=answers(wire.QueueBody), openapi_extra=takes(wire.QueueRequest))
    async def create_annotation_queue(request: Request, caller: ProjectCaller) -> Response:
        """Make a queue, judged by at least one score config."""
        asked = wire.read_queue(await request.body())
        made = await queues.create_queue(caller.project_id, asked.name, asked.description, asked.score_config_ids)
        return json_bytes(wire.encode_queue(made))

    @router.get(_ONE, responses=answers(wire.QueueBody))
    async def get_annotation_queue(queue_id: str, caller: ProjectCaller) -> Response:
        """Show a queue."""
        return json_bytes(wire.encode_queue(await queues.get_queue(caller.project_id, queue_id)))

    return router


def _items(queues: QueueService) -> APIRouter:
    router = APIRouter()

    @router.get(_ITEM, responses=answers(wire.ItemBody))
    async def get_annotation_queue_item(queue_id: str, item_id: str, caller: ProjectCaller) -> Response:
        """Show an item."""
        return json_bytes(wire.encode_item(await queues.get_item(caller.project_id, queue_id, item_id)))

    @router.patch(_ITEM, responses=answers(wire.ItemBody), openapi_extra=takes(wire.ItemPatch))
    async def update_annotation_queue_item(
        queue_id: str, item_id: str, request: Request, caller: ProjectCaller
    ) -> Response:
        """Mark an item as completed or pending, without scores."""
        status = wire.read_item_patch(await request.body()).status
        return json_bytes(wire.encode_item(await queues.mark_item(caller.project_id, queue_id, item_id, status)))

    @router.delete(_ITEM, responses=answers(wire.ItemDeletedBody))
    async def delete_annotation_queue_item(queue_id: str, item_id: str, caller: ProjectCaller) -> Response:
        """Take an item out of its queue; what it is about stays, and so do its scores."""
        await queues.delete_item(caller.project_id, queue_id, item_id)
        return json_bytes(wire.ITEM_DELETED)

    @router.get(_ITEMS, responses=answers(wire.ItemsBody), openapi_extra={"parameters": _ITEM_PARAMETERS})
    async def list_annotation_queue_items(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """List items by page, newest first."""
        params = params_of(request)
        page, status = read_page(params), wire.read_status(params)
        found, total = await queues.list_items(
            caller.project_id, queue_id, status, limit=page.limit, offset=page.offset
        )
        return json_bytes(wire.encode_items(found, total, page))

    @router.post(_ITEMS, responses=answers(wire.ItemBody), openapi_extra=takes(wire.ItemRequest))
    async def create_annotation_queue_item(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Put a trace, observation or session into a queue."""
        asked = wire.read_item(await request.body())
        made = await queues.add_item(
            caller.project_id, queue_id, asked.object_type, asked.object_id, asked.status or ItemStatus.PENDING
        )
        return json_bytes(wire.encode_item(made))

    return router


def _assignments(assignments: AssignmentService) -> APIRouter:
    router = APIRouter()
    body = takes(wire.AssignmentRequest)

    @router.post(_ASSIGNMENTS, responses=answers(wire.AssignmentBody), openapi_extra=body)
    async def create_annotation_queue_assignment(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Assign a member of the organisation to a queue."""
        asked = wire.read_assignment(await request.body())
        user_id = await assignments.assign(caller, queue_id, asked.user_id)
        return json_bytes(wire.encode_assignment(caller.project_id, queue_id, user_id))

    @router.delete(_ASSIGNMENTS, responses=answers(wire.UnassignedBody), openapi_extra=body)
    async def delete_annotation_queue_assignment(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Take an assignment back."""
        await assignments.unassign(caller, queue_id, wire.read_assignment(await request.body()).user_id)
        return json_bytes(wire.UNASSIGNED)

    return router
