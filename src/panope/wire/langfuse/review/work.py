"""The work on annotation queues as panope's own API has it."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from panope.domain.errors import Issue
from panope.domain.ids import UserId
from panope.domain.review.queues import (
    DEFAULT_LEASE_S,
    MAX_LEASE_S,
    MAX_SCORE_CONFIGS,
    AnnotationQueue,
    QueueItem,
    QueueProgress,
)
from panope.query.ast import Node
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import Params
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.review.queues import (
    ItemBody,
    QueueBody,
    QueueDescription,
    QueueName,
    ScoreConfigIds,
    show_item,
    show_queue,
)
from panope.wire.langfuse.times import format_optional_time, format_time
from panope.wire.langfuse.traces import read_list_request

MAX_COMMENT_CHARS: Final = 5_000
DEFAULT_ADDED: Final = 1_000
MAX_ADDED: Final = 10_000
NOTHING_FREE: Final = encode({"item": None})
QUEUE_DELETED: Final = encode({"success": True, "message": "Annotation queue deleted successfully"})

_TRACE_FILTERS: Final = frozenset(
    "userId name sessionId version release tags environment fromTimestamp toTimestamp filter".split()
)

LeaseSeconds = Annotated[int, Meta(ge=1, le=MAX_LEASE_S)]


class _Strict(Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    pass


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class QueuePatch(_Strict):
    """What of a queue is to be different."""

    name: QueueName | UnsetType = UNSET
    description: QueueDescription | UnsetType | None = UNSET
    score_config_ids: ScoreConfigIds | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class NextRequest(_Strict):
    """Who wants an item, and for how long they hold it without a word."""

    reviewer: Annotated[str, Meta(min_length=1)]
    """Id or e-mail address of a member of the organisation."""
    lease_seconds: LeaseSeconds = DEFAULT_LEASE_S


class RenewRequest(_Strict):
    """For how long an item is held from now."""

    token: str
    lease_seconds: LeaseSeconds = DEFAULT_LEASE_S


class ScoreRequest(_Strict):
    """One score, by a score config of the queue: a number, or the text of a category."""

    config_id: str
    value: float | str
    comment: Annotated[str, Meta(max_length=MAX_COMMENT_CHARS)] | None = None


class DatasetItemRequest(_Strict):
    """A dataset item to make of the annotated object; without an expected output its own output is it."""

    dataset_name: str
    expected_output: Any = UNSET
    metadata: dict[str, Any] | None = None


class CompleteRequest(_Strict):
    """What the reviewer says."""

    token: str
    scores: Annotated[list[ScoreRequest], Meta(max_length=MAX_SCORE_CONFIGS)] = []
    dataset_item: DatasetItemRequest | None = None


class AddTracesRequest(_Strict):
    """How many traces to add at most; which ones the query string says."""

    max_items: Annotated[int, Meta(ge=1, le=MAX_ADDED)] = DEFAULT_ADDED


class LockBody(_Camel):
    """Who has an item until when. The token is told to its holder alone."""

    reviewer_id: str
    expires_at: str
    token: str | UnsetType = UNSET


class WorkItemBody(ItemBody, rename="camel", kw_only=True):
    """An item with who has it or completed it."""

    lock: LockBody | None
    completed_by: str | None
    scores_written: bool


class NextBody(_Camel):
    """The item to work on; null when nothing is free."""

    item: WorkItemBody | None


class ReviewerBody(_Camel):
    """What one reviewer has and did."""

    user_id: str
    locked: int
    completed: int


class WorkQueueBody(QueueBody, rename="camel", kw_only=True):
    """A queue with what only panope knows of it."""

    archived_at: str | None


class ProgressBody(_Camel):
    """How far a queue is. Every item counts in exactly one of the first four."""

    pending: int
    locked: int
    completed: int
    missing: int
    total: int
    reviewers: list[ReviewerBody]
    assigned: list[str]


class AddedBody(_Camel):
    """What came of adding traces."""

    added: int
    already_queued: int


class QueueDeletedBody(_Camel):
    """That a queue is gone."""

    success: bool
    message: str


def read_queue_patch(body: bytes) -> QueuePatch:
    """Read what of a queue is to change."""
    return read_body(body, QueuePatch)


def read_next(body: bytes) -> NextRequest:
    """Read who wants an item."""
    return read_body(body, NextRequest)


def read_renewal(body: bytes) -> RenewRequest:
    """Read for how long an item is held."""
    return read_body(body, RenewRequest)


def read_completion(body: bytes) -> CompleteRequest:
    """Read what a reviewer says."""
    request = read_body(body, CompleteRequest)
    issues = [
        Issue(("scores", index, "value"), "must be a finite number")
        for index, score in enumerate(request.scores)
        if isinstance(score.value, float) and abs(score.value) == float("inf")
    ]
    if issues:
        raise invalid_body(issues)
    return request


def read_added(body: bytes, params: Params) -> tuple[int, Node]:
    """Read how many traces to add, and which: by the same parameters as a list of traces."""
    unknown = sorted(params.names() - _TRACE_FILTERS)
    if unknown:
        known = ", ".join(sorted(_TRACE_FILTERS))
        raise invalid_body([Issue((unknown[0][:100],), f"is no filter of traces; there are {known}")])
    most = read_body(body, AddTracesRequest).max_items if body else DEFAULT_ADDED
    return most, read_list_request(params).query.where


def encode_queue(queue: AnnotationQueue) -> bytes:
    """Write a queue."""
    shown = show_queue(queue)
    return encode(WorkQueueBody(**msgspec.structs.asdict(shown), archived_at=format_optional_time(queue.archived_us)))


def encode_next(item: QueueItem) -> bytes:
    """Write the item that a reviewer has now."""
    return encode(NextBody(item=_show(item, with_token=True)))


def encode_item(item: QueueItem, *, with_token: bool = False) -> bytes:
    """Write an item; `with_token` for who holds it."""
    return encode(_show(item, with_token=with_token))


def encode_progress(progress: QueueProgress, assigned: Sequence[UserId]) -> bytes:
    """Write how far a queue is."""
    states = (progress.pending, progress.locked, progress.completed, progress.missing)
    reviewers = [
        ReviewerBody(user_id=reviewer.reviewer_id, locked=reviewer.locked, completed=reviewer.completed)
        for reviewer in progress.reviewers
    ]
    return encode(
        ProgressBody(
            pending=progress.pending,
            locked=progress.locked,
            completed=progress.completed,
            missing=progress.missing,
            total=sum(states),
            reviewers=reviewers,
            assigned=list(assigned),
        )
    )


def encode_added(added: int, known: int) -> bytes:
    """Write how many traces were added."""
    return encode(AddedBody(added=added, already_queued=known))


def _show(item: QueueItem, *, with_token: bool) -> WorkItemBody:
    lock = None
    if item.lock is not None:
        lock = LockBody(
            reviewer_id=item.lock.reviewer_id,
            expires_at=format_time(item.lock.expires_us),
            token=item.lock.token if with_token else UNSET,
        )
    return WorkItemBody(
        **msgspec.structs.asdict(show_item(item)),
        lock=lock,
        completed_by=item.completed_by,
        scores_written=item.is_delivered,
    )
