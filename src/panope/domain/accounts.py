"""Who may do what: organisations, projects, keys, users, and the principal that a request acts as."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId, UserId, UserSessionId


class Access(StrEnum):
    """How far a credential reaches."""

    PROJECT = "project"
    """A key pair: everything in its project."""
    SCORES = "scores"
    """A public key alone, as browsers send it: only writing scores."""
    ORGANIZATION = "organization"
    """A key pair of an organisation: its projects, keys and members, and nothing that a project holds."""


class Principal(Struct, frozen=True, kw_only=True):
    """On whose behalf a request runs."""

    project_id: ProjectId
    organization_id: OrganizationId
    key_id: ApiKeyId
    public_key: str
    access: Access


class OrganizationPrincipal(Struct, frozen=True, kw_only=True):
    """On whose behalf a request runs that is about an organisation."""

    organization_id: OrganizationId
    key_id: ApiKeyId
    public_key: str


class Organization(Struct, kw_only=True):
    """Owner of projects."""

    id: OrganizationId
    name: str
    created_us: int = 0


class Project(Struct, kw_only=True):
    """The tenant: every key and all telemetry belong to exactly one."""

    id: ProjectId
    organization_id: OrganizationId
    name: str
    retention_days: int | None = None
    text_index: bool = True
    """Whether its texts are indexed for searches."""
    metadata: dict[str, Any] = field(default_factory=dict)
    created_us: int = 0
    updated_us: int = 0


class ProjectChange(Struct, frozen=True, kw_only=True):
    """What becomes of a project."""

    name: str
    metadata: dict[str, Any] | None = None
    """None: as it is."""
    retention_days: int | None = None
    """0: for ever; None: as it is."""
    text_index: bool | None = None
    """None: as it is."""
    at_us: int


class DeletedProject(Struct, frozen=True, kw_only=True):
    """A project that nobody reaches any more, and what it held is not gone yet."""

    id: ProjectId
    deleted_us: int


class ApiKey(Struct, kw_only=True):
    """A key pair without its secret, of which only a hash and the last four characters are kept.

    It belongs to a project or to an organisation: exactly one of both is there.
    """

    id: ApiKeyId
    project_id: ProjectId | None = None
    organization_id: OrganizationId | None = None
    public_key: str
    secret_hash: str
    """Hex sha256 of the secret followed by the hex sha256 of the salt."""
    display_secret_key: str
    """`sk-lf-...abcd`."""
    note: str | None = None
    created_us: int = 0
    expires_us: int | None = None
    last_used_us: int | None = None
    """To a minute; None: never."""


class RevokedKey(Struct, frozen=True, kw_only=True):
    """What is remembered of a project's key that is gone, so that who still sends by it can be told."""

    id: ApiKeyId
    project_id: ProjectId
    public_key: str
    note: str | None = None
    revoked_us: int


class Role(StrEnum):
    """A user's role in an organisation or a project, in falling order of rights."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    NONE = "none"
    """Known to the organisation, with the rights that single projects give."""


_RANKS = {role: rank for rank, role in enumerate(reversed(Role))}


def highest(*roles: Role) -> Role:
    """The role with the most rights."""
    return max(roles, key=_RANKS.__getitem__)


def reaches(role: Role, required: Role) -> bool:
    """Whether a role has at least the rights of another."""
    return _RANKS[role] >= _RANKS[required]


class User(Struct, kw_only=True):
    """A person. The password is kept as an argon2id hash only."""

    id: UserId
    email: str
    """Lower case."""
    name: str | None = None
    password_hash: str | None = None
    roles: dict[OrganizationId, Role] = field(default_factory=dict)
    created_us: int = 0


class UserSession(Struct, frozen=True, kw_only=True):
    """A browser in which somebody is signed in. Of its token only a hash is kept."""

    id: UserSessionId
    user_id: UserId
    token_hash: str
    user_agent: str
    """What the browser calls itself, shortened; "" when it says nothing."""
    created_us: int
    seen_us: int
    """When it was last used, to a few minutes."""
    expires_us: int


class PersonPrincipal(Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, whatever it is about."""

    user_id: UserId
    email: str
    name: str | None
    session_id: UserSessionId


class UserPrincipal(Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, in a project that they may see."""

    user_id: UserId
    email: str
    project_id: ProjectId
    organization_id: OrganizationId
    role: Role
    """The higher one of those in the project and in its organisation; never `NONE`."""


class VisibleProject(Struct, frozen=True, kw_only=True):
    """A project as somebody sees it who may."""

    id: ProjectId
    name: str
    organization_id: OrganizationId
    organization_name: str
    role: Role
    """As in `UserPrincipal`."""


class Member(Struct, frozen=True, kw_only=True):
    """A user as one organisation or one project sees them."""

    user_id: UserId
    email: str
    name: str | None = None
    role: Role
    created_us: int = 0
    """When the user was made."""


class MemberChange(Struct, frozen=True, kw_only=True):
    """What a directory of people says of one of them; None: nothing."""

    role: Role | None = None
    is_active: bool | None = None
    """Whether they are a member at all."""


def change_project(project: Project, change: ProjectChange) -> Project:
    """The project as it is after a change."""
    return Project(
        id=project.id,
        organization_id=project.organization_id,
        name=change.name,
        retention_days=project.retention_days if change.retention_days is None else change.retention_days or None,
        text_index=project.text_index if change.text_index is None else change.text_index,
        metadata=project.metadata if change.metadata is None else change.metadata,
        created_us=project.created_us,
        updated_us=change.at_us,
    )
