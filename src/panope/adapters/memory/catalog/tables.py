"""What the stores of the memory catalog share: the rows, and the version that caches of them carry."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct, field

from panope.domain.accounts import ApiKey, Organization, Project, RevokedKey, Role, User, UserSession
from panope.domain.attempts import AttemptCount
from panope.domain.connections.llm import LlmConnection
from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import DatasetItem
from panope.domain.errors import NotFoundError
from panope.domain.experiments.runs import DatasetRun, RunItem
from panope.domain.feedback.message import Feedback
from panope.domain.ids import ApiKeyId, DatasetId, OrganizationId, ProjectId, ScoreConfigId, UserId, UserSessionId
from panope.domain.key_failures import KeyFailure, Place
from panope.domain.media.media import Media, MediaId, MediaLink
from panope.domain.pricing import PriceModel
from panope.domain.prompts.prompt import PromptVersion
from panope.domain.review.comments import Comment, CommentId
from panope.domain.review.queues import AnnotationQueue, ItemId, QueueId, QueueItem
from panope.domain.scoring.configs import ScoreConfig
from panope.ports.catalog import Version

_Stored = TypeVar("_Stored", bound=Struct)


class PromptRows(Struct, frozen=True):
    """One prompt: its versions by number, without labels and tags, and those beside them."""

    versions: dict[int, PromptVersion]
    labels: dict[str, int] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


class ItemVersion(Struct):
    """One version of an item of a dataset, and when it ended."""

    item: DatasetItem
    valid_to_us: int | None = None


class CatalogTables(Struct):
    """All rows, by id; a model with the project that owns it, None for the managed ones."""

    organizations: dict[OrganizationId, Organization] = field(default_factory=dict)
    projects: dict[ProjectId, Project] = field(default_factory=dict)
    deleted_projects: dict[ProjectId, int] = field(default_factory=dict)
    project_roles: dict[tuple[ProjectId, UserId], Role] = field(default_factory=dict)
    keys: dict[ApiKeyId, ApiKey] = field(default_factory=dict)
    revoked_keys: dict[ApiKeyId, RevokedKey] = field(default_factory=dict)
    key_failures: dict[Place, KeyFailure] = field(default_factory=dict)
    users: dict[UserId, User] = field(default_factory=dict)
    user_sessions: dict[UserSessionId, UserSession] = field(default_factory=dict)
    attempts: dict[str, AttemptCount] = field(default_factory=dict)
    models: dict[str, tuple[ProjectId | None, PriceModel]] = field(default_factory=dict)
    comments: dict[CommentId, tuple[ProjectId, Comment]] = field(default_factory=dict)
    annotation_queues: dict[QueueId, tuple[ProjectId, AnnotationQueue]] = field(default_factory=dict)
    annotation_assignments: set[tuple[QueueId, UserId]] = field(default_factory=set)
    annotation_items: dict[ItemId, tuple[ProjectId, QueueItem]] = field(default_factory=dict)
    score_configs: dict[tuple[ProjectId, ScoreConfigId], ScoreConfig] = field(default_factory=dict)
    feedback: dict[tuple[ProjectId, str], Feedback] = field(default_factory=dict)
    media: dict[tuple[ProjectId, MediaId], Media] = field(default_factory=dict)
    media_links: set[tuple[ProjectId, MediaLink]] = field(default_factory=set)
    prompts: dict[ProjectId, dict[str, "PromptRows"]] = field(default_factory=dict)
    protected_labels: dict[ProjectId, set[str]] = field(default_factory=dict)
    datasets: dict[tuple[ProjectId, DatasetId], Dataset] = field(default_factory=dict)
    dataset_items: dict[ProjectId, list[ItemVersion]] = field(default_factory=dict)
    dataset_runs: dict[tuple[ProjectId, str], DatasetRun] = field(default_factory=dict)
    dataset_run_items: dict[tuple[ProjectId, str], RunItem] = field(default_factory=dict)
    llm_connections: dict[tuple[ProjectId, str], LlmConnection] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    version: Version = Version(0, 0, 0, 0)

    def grow(self, kind: Literal["accounts", "models", "prompts", "score_configs"]) -> None:
        """Move the version that caches of this kind of row carry."""
        self.version = msgspec.structs.replace(self.version, **{kind: getattr(self.version, kind) + 1})


class CatalogStore:
    """Shared access to the tables. Rows are copied on their way in and out, so nobody changes what is stored."""

    def __init__(self, tables: CatalogTables) -> None:
        self._tables = tables


def copied(row: _Stored) -> _Stored:
    """The same row, so that nobody changes what is stored."""
    return msgspec.structs.replace(row)


def copied_in_order(rows: Sequence[_Stored], key: Callable[[_Stored], Any]) -> list[_Stored]:
    """Copies of all rows, sorted."""
    return [copied(row) for row in sorted(rows, key=key)]


def require_organization(tables: CatalogTables, organization_id: OrganizationId) -> None:
    """Raise `NotFoundError` unless there is this organisation."""
    if organization_id not in tables.organizations:
        raise NotFoundError(f"No organisation has the id {organization_id}", code="unknown_organization")


def require_project(tables: CatalogTables, project_id: ProjectId) -> None:
    """Raise `NotFoundError` unless there is this project."""
    if project_id not in tables.projects:
        raise NotFoundError(f"No project has the id {project_id}", code="unknown_project")
