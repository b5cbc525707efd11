"""Annotation queues: what is waiting for a person's judgement, who has it at the moment, and what came of it."""

from enum import StrEnum
from typing import Any, Final, NewType

from msgspec import Struct

from panope.domain.ids import UserId

QueueId = NewType("QueueId", str)
ItemId = NewType("ItemId", str)

MAX_QUEUE_NAME_CHARS: Final = 1_000
MAX_QUEUE_DESCRIPTION_CHARS: Final = 10_000
MAX_SCORE_CONFIGS: Final = 100
DEFAULT_LEASE_S: Final = 5 * 60
MAX_LEASE_S: Final = 24 * 60 * 60
LOOK_AGAIN_US: Final = 10 * 60 * 1_000_000
"""An item whose object was not there is offered again after this long, as the object may only be late."""


class ItemObjectType(StrEnum):
    """What can be annotated."""

    TRACE = "TRACE"
    OBSERVATION = "OBSERVATION"
    SESSION = "SESSION"


class ItemStatus(StrEnum):
    """How far an item is. Whether somebody is working on it is the lock's to say."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"


class AnnotationQueue(Struct, frozen=True, kw_only=True):
    """A named line of items, and the score configs by which each is judged."""

    id: QueueId
    name: str
    """Unique within the project."""
    description: str | None = None
    score_config_ids: tuple[str, ...]
    archived_us: int | None = None
    """An archived queue hands nothing out and takes nothing in; what it holds stays readable."""
    created_us: int
    updated_us: int


class ItemLock(Struct, frozen=True, kw_only=True):
    """Who has an item. A lock that has expired holds until somebody else takes the item."""

    token: str
    """Known to the holder alone: what renews, releases and completes."""
    reviewer_id: UserId
    expires_us: int


class Answer(Struct, frozen=True, kw_only=True):
    """One judgement: a score to be, already checked against its config."""

    config_id: str
    name: str
    data_type: str
    number: float | None = None
    """Of NUMERIC and BOOLEAN."""
    text: str | None = None
    """Of CATEGORICAL and TEXT."""
    comment: str | None = None


class DatasetItemWish(Struct, frozen=True, kw_only=True):
    """A dataset item to be made of the annotated object: its input, and its output unless the reviewer knew better.

    The object's own payload is read when the item is made, so that the catalog keeps none of it.
    """

    dataset_name: str
    has_expected_output: bool = False
    expected_output: Any = None
    """Instead of the object's output."""
    metadata: dict[str, Any] | None = None


class ScoreTarget(Struct, frozen=True, kw_only=True):
    """What the scores of an item are on."""

    trace_id: str | None = None
    observation_id: str | None = None
    session_id: str | None = None
    environment: str


class Completion(Struct, frozen=True, kw_only=True):
    """What a reviewer said about an item. Kept with it, so that what follows can be delivered again."""

    reviewer_id: UserId
    token: str
    """Of the lock under which it was said: the same again is a retry."""
    completed_us: int
    target: ScoreTarget
    answers: tuple[Answer, ...] = ()
    withdrawn_config_ids: tuple[str, ...] = ()
    """Answers of an earlier completion that this one does not repeat."""
    dataset_item: DatasetItemWish | None = None


class QueueItem(Struct, frozen=True, kw_only=True):
    """One object in one queue."""

    id: ItemId
    queue_id: QueueId
    object_type: ItemObjectType
    object_id: str
    status: ItemStatus = ItemStatus.PENDING
    queued_us: int
    """Its place in the line: the earliest comes first, the id breaks ties."""
    missing_us: int | None = None
    """When its object was looked for and not found."""
    lock: ItemLock | None = None
    """None for completed ones."""
    completed_us: int | None = None
    completion: Completion | None = None
    """The last one; stays when the item is reopened, None when it was only marked as completed."""
    is_delivered: bool = True
    """Whether everything that follows from `completion` has been made."""
    created_us: int
    updated_us: int

    @property
    def completed_by(self) -> UserId | None:
        """Who completed it; None when it is pending or was only marked."""
        completion = self.completion
        is_theirs = completion is not None and self.completed_us == completion.completed_us
        return completion.reviewer_id if completion is not None and is_theirs else None

    def is_held(self, at_us: int) -> bool:
        """Whether somebody is working on it at this time."""
        return self.lock is not None and self.lock.expires_us > at_us

    def is_free(self, at_us: int) -> bool:
        """Whether it may be handed out at this time."""
        is_there = self.missing_us is None or self.missing_us + LOOK_AGAIN_US <= at_us
        return self.status is ItemStatus.PENDING and is_there and not self.is_held(at_us)


class ReviewerProgress(Struct, frozen=True, kw_only=True):
    """What one reviewer did and does in a queue."""

    reviewer_id: UserId
    locked: int = 0
    completed: int = 0


class QueueProgress(Struct, frozen=True, kw_only=True):
    """Every item of a queue counts in exactly one of the first four."""

    pending: int = 0
    """Nobody has them."""
    locked: int = 0
    completed: int = 0
    missing: int = 0
    """Their object was not there when last looked for."""
    reviewers: tuple[ReviewerProgress, ...] = ()
    """By id; only who holds or completed something."""
