"""Who may do what: organisations, projects, keys, users, and the principal that a request acts as."""

from enum import StrEnum

from msgspec import Struct, field

from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId, UserId


class Access(StrEnum):
    """How far a credential reaches."""

    PROJECT = "project"
    """A key pair: everything in its project."""
    SCORES = "scores"
    """A public key alone, as browsers send it: only writing scores."""


class Principal(Struct, frozen=True, kw_only=True):
    """On whose behalf a request runs."""

    project_id: ProjectId
    organization_id: OrganizationId
    key_id: ApiKeyId
    public_key: str
    access: Access


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
    created_us: int = 0


class ApiKey(Struct, kw_only=True):
    """A key pair without its secret, of which only a hash and the last four characters are kept."""

    id: ApiKeyId
    project_id: ProjectId
    public_key: str
    secret_hash: str
    """Hex sha256 of the secret followed by the hex sha256 of the salt."""
    display_secret_key: str
    """`sk-lf-...abcd`."""
    note: str | None = None
    created_us: int = 0
    expires_us: int | None = None


class Role(StrEnum):
    """A user's role in an organisation, in falling order of rights."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class User(Struct, kw_only=True):
    """A person. The password is kept as an argon2id hash only."""

    id: UserId
    email: str
    """Lower case."""
    name: str | None = None
    password_hash: str | None = None
    roles: dict[OrganizationId, Role] = field(default_factory=dict)
    created_us: int = 0
