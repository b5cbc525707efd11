"""The work on annotation queues: panope's own routes beside the public ones."""

from fastapi import APIRouter, Request, Response
from msgspec import UNSET, Struct, UnsetType

from panope.domain.review.queues import DatasetItemWish, ItemStatus
from panope.features.review.assignments import AssignmentService
from panope.features.review.completing import Completing, Judgement
from panope.features.review.filling import QueueFilling
from panope.features.review.line import ReviewLine
from panope.features.review.queues import QueueChange, QueueService
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter, takes
from panope.wire.langfuse.review import work as wire

_ONE = "/api/panope/v1/annotation-queues/{queue_id:path}"
_ITEM = _ONE + "/items/{item_id:path}"
_TRACES = _ONE + "/items/from-traces"
_TEXT = {"type": "string"}
_TRACE_PARAMETERS = [
    query_parameter(name, _TEXT, f"As in a list of traces: {name}")
    for name in ("userId", "name", "sessionId", "version", "release", "tags", "environment")
] + [
    query_parameter("fromTimestamp", {"type": "string", "format": "date-time"}, "Only at or after"),
    query_parameter("toTimestamp", {"type": "string", "format": "date-time"}, "Only before"),
    query_parameter("filter", _TEXT, "JSON array of conditions, as in a list of traces"),
]


class ReviewUses(Struct, frozen=True, kw_only=True):
    """The use cases behind the routes."""

    queues: QueueService
    assignments: AssignmentService
    line: ReviewLine
    completing: Completing
    filling: QueueFilling


def review_router(uses: ReviewUses) -> APIRouter:
    """Make the routes over the use cases. Longer paths come first: an id may hold a slash."""
    router = APIRouter(tags=["Review"])
    for routes in (_locks(uses.line), _answers(uses), _line(uses), _queues(uses)):
        router.include_router(routes)
    return router


def _locks(line: ReviewLine) -> APIRouter:
    router = APIRouter()
    lock, token = _ITEM + "/lock", query_parameter("token", _TEXT, "Of the lock")

    @router.put(lock, responses=answers(wire.WorkItemBody), openapi_extra=takes(wire.RenewRequest))
    async def renew_lock(queue_id: str, item_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Hold an item longer: so many seconds from now."""
        asked = wire.read_renewal(await request.body())
        item = await line.renew(caller.project_id, queue_id, item_id, asked.token, asked.lease_seconds)
        return json_bytes(wire.encode_item(item, with_token=True))

    @router.delete(lock, responses=answers(wire.WorkItemBody), openapi_extra={"parameters": [token]})
    async def release_lock(queue_id: str, item_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Give an item back unfinished; it is last in the line then."""
        token = params_of(request).text("token") or ""
        return json_bytes(wire.encode_item(await line.release(caller.project_id, queue_id, item_id, token)))

    return router


def _answers(uses: ReviewUses) -> APIRouter:
    router = APIRouter()

    @router.post(_ITEM + "/complete", responses=answers(wire.WorkItemBody), openapi_extra=takes(wire.CompleteRequest))
    async def complete_item(queue_id: str, item_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Complete an item with its scores; sending the same again changes nothing."""
        asked = wire.read_completion(await request.body())
        judgements = [_judgement(score) for score in asked.scores]
        wish = None if asked.dataset_item is None else _wish(asked.dataset_item)
        item = await uses.completing.complete(caller.project_id, queue_id, item_id, asked.token, judgements, wish)
        return json_bytes(wire.encode_item(item))

    @router.post(_ITEM + "/reopen", responses=answers(wire.WorkItemBody))
    async def reopen_item(queue_id: str, item_id: str, caller: ProjectCaller) -> Response:
        """Put a completed item back, last in the line; its scores stay until somebody judges anew."""
        return json_bytes(
            wire.encode_item(await uses.queues.mark_item(caller.project_id, queue_id, item_id, ItemStatus.PENDING))
        )

    return router


def _line(uses: ReviewUses) -> APIRouter:
    router = APIRouter()
    traces = {**takes(wire.AddTracesRequest), "parameters": _TRACE_PARAMETERS}

    @router.post(_ONE + "/next", responses=answers(wire.NextBody), openapi_extra=takes(wire.NextRequest))
    async def take_next_item(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Take the next free item and lock it; who holds one already gets that one again."""
        asked = wire.read_next(await request.body())
        item = await uses.line.take_next(caller, queue_id, asked.reviewer, asked.lease_seconds)
        return json_bytes(wire.NOTHING_FREE if item is None else wire.encode_next(item))

    @router.post(_TRACES, responses=answers(wire.AddedBody), openapi_extra=traces)
    async def add_traces(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Put the newest traces that match into a queue, each once."""
        most, where = wire.read_added(await request.body(), params_of(request))
        outcome = await uses.filling.add_traces(caller.project_id, queue_id, where, most)
        return json_bytes(wire.encode_added(outcome.added, outcome.known))

    return router


def _queues(uses: ReviewUses) -> APIRouter:
    router = APIRouter()
    queues = uses.queues
    confirm = query_parameter("confirm", _TEXT, "The exact name of the queue")

    @router.get(_ONE + "/progress", responses=answers(wire.ProgressBody))
    async def show_progress(queue_id: str, caller: ProjectCaller) -> Response:
        """Count what is pending, locked, completed and missing, also by reviewer, and say who is assigned."""
        progress = await uses.line.count(caller.project_id, queue_id)
        assigned = await uses.assignments.list_assigned(caller.project_id, queue_id)
        return json_bytes(wire.encode_progress(progress, assigned))

    @router.get(_ITEM, responses=answers(wire.WorkItemBody))
    async def show_item(queue_id: str, item_id: str, caller: ProjectCaller) -> Response:
        """Show an item with who has it or completed it."""
        return json_bytes(wire.encode_item(await queues.get_item(caller.project_id, queue_id, item_id)))

    @router.get(_ONE, responses=answers(wire.WorkQueueBody))
    async def show_queue(queue_id: str, caller: ProjectCaller) -> Response:
        """Show a queue, and whether it is archived."""
        return json_bytes(wire.encode_queue(await queues.get_queue(caller.project_id, queue_id)))

    @router.patch(_ONE, responses=answers(wire.WorkQueueBody), openapi_extra=takes(wire.QueuePatch))
    async def change_queue(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Rename a queue, change what it is judged by, archive it or take it back into use."""
        change = _change(wire.read_queue_patch(await request.body()))
        return json_bytes(wire.encode_queue(await queues.change_queue(caller.project_id, queue_id, change)))

    @router.delete(_ONE, responses=answers(wire.QueueDeletedBody), openapi_extra={"parameters": [confirm]})
    async def delete_queue(queue_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Delete a queue with all of its items, confirmed by its name; the scores that came of it stay."""
        await queues.delete_queue(caller.project_id, queue_id, params_of(request).sent("confirm"))
        return json_bytes(wire.QUEUE_DELETED)

    return router


def _change(patch: wire.QueuePatch) -> QueueChange:
    config_ids = patch.score_config_ids
    return QueueChange(
        name=patch.name,
        description=patch.description,
        score_config_ids=UNSET if isinstance(config_ids, UnsetType) else tuple(config_ids),
        is_archived=patch.archived,
    )


def _judgement(score: wire.ScoreRequest) -> Judgement:
    if isinstance(score.value, str):
        return Judgement(config_id=score.config_id, text=score.value, comment=score.comment)
    return Judgement(config_id=score.config_id, number=score.value, comment=score.comment)


def _wish(asked: wire.DatasetItemRequest) -> DatasetItemWish:
    has_expected_output = asked.expected_output is not UNSET
    return DatasetItemWish(
        dataset_name=asked.dataset_name,
        has_expected_output=has_expected_output,
        expected_output=asked.expected_output if has_expected_output else None,
        metadata=asked.metadata,
    )
