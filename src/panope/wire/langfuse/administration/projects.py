"""Projects and their keys on the wire. A secret goes out once: in the answer to the request that made the key."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from panope.domain.accounts import ApiKey, Organization, Project
from panope.domain.errors import Issue
from panope.wire.langfuse.jsonvalues import encode, show_value
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.times import format_optional_time, format_time

MIN_NAME_CHARS: Final = 3
MAX_NAME_CHARS: Final = 60
MIN_RETENTION_DAYS: Final = 3
MAX_RETENTION_DAYS: Final = 36_500
_PUBLIC: Final = "pk-lf-"
_HIDDEN: Final = "sk-lf-"
"""How the secret half begins."""
DELETION_TEXT: Final = "The project is out of reach now, and what it holds is being erased"

_Name = Annotated[str, Meta(max_length=1_000)]
_Retention = Annotated[int, Meta(ge=0, le=MAX_RETENTION_DAYS)]
_Note = Annotated[str, Meta(max_length=1_000)]
_Key = Annotated[str, Meta(max_length=500)]


class ProjectRequest(Struct, rename="camel", kw_only=True):
    """A project to make. `retention` is in days, 0 for ever."""

    name: _Name
    metadata: dict[str, Any] | None = None
    retention: _Retention


class ProjectChangeRequest(Struct, rename="camel", kw_only=True):
    """What becomes of a project; without `metadata` or `retention` those stay."""

    name: _Name
    metadata: dict[str, Any] | None = None
    retention: _Retention | None = None


class OrganizationBody(Struct):
    """Owner of a project."""

    id: str
    name: str


class ProjectBody(Struct, rename="camel", kw_only=True):
    """A project as its keys and those of its organisation see it."""

    id: str
    name: str
    organization: OrganizationBody
    metadata: Any
    retention_days: int | UnsetType = UNSET


class ProjectsBody(Struct):
    """The projects that a key pair reaches: always exactly one."""

    data: list[ProjectBody]


class OrganizationProjectBody(Struct, rename="camel", kw_only=True):
    """A project in the list of its organisation."""

    id: str
    name: str
    metadata: Any
    created_at: str
    updated_at: str


class OrganizationProjectsBody(Struct):
    """All projects of an organisation."""

    projects: list[OrganizationProjectBody]


class DeletionBody(Struct):
    """That a project is deleted."""

    success: bool
    message: str


class KeyRequest(Struct, rename="camel", kw_only=True):
    """A key to make; both halves are made up unless both are given."""

    note: _Note | None = None
    public_key: _Key | None = None
    secret_key: _Key | None = None


class KeyBody(Struct, rename="camel", kw_only=True):
    """A key in a list."""

    id: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    note: str | None
    public_key: str
    display_secret_key: str


class KeysBody(Struct, rename="camel"):
    """Keys of a project or an organisation."""

    api_keys: list[KeyBody]


class CreatedKeyBody(Struct, rename="camel", kw_only=True):
    """A new key with its secret."""

    id: str
    created_at: str
    public_key: str
    secret_key: str
    display_secret_key: str
    note: str | None


class KeyDeletionBody(Struct):
    """That a key is revoked."""

    success: bool


KEY_DELETED: Final = encode(KeyDeletionBody(success=True))
PROJECT_DELETED: Final = encode(DeletionBody(success=True, message=DELETION_TEXT))


def read_project(body: bytes) -> ProjectRequest:
    """Read a project to make."""
    request = read_body(body, ProjectRequest)
    request.name = check_project(request.name, request.retention)
    return request


def read_change(body: bytes) -> ProjectChangeRequest:
    """Read what becomes of a project."""
    request = read_body(body, ProjectChangeRequest)
    request.name = check_project(request.name, request.retention)
    return request


def read_key(body: bytes) -> KeyRequest:
    """Read a key to make; no body asks for one that is made up whole."""
    request = read_body(body or b"{}", KeyRequest)
    issues = []
    for name, half, other, prefix in (
        ("publicKey", request.public_key, request.secret_key, _PUBLIC),
        ("secretKey", request.secret_key, request.public_key, _HIDDEN),
    ):
        if half is None and other is not None:
            issues.append(Issue((name,), "must come with the other half, or leave out both"))
        elif half is not None and (not half.startswith(prefix) or half == prefix):
            issues.append(Issue((name,), f"must begin with {prefix} and go on after it"))
    if issues:
        raise invalid_body(issues)
    return request


def encode_project(project: Project, organization: Organization) -> bytes:
    """Write one project."""
    return encode(_show(project, organization))


def encode_own_project(project: Project, organization: Organization) -> bytes:
    """Write the list of the one project that a key reaches."""
    return encode(ProjectsBody([_show(project, organization)]))


def encode_projects(projects: Sequence[Project]) -> bytes:
    """Write all projects of an organisation."""
    return encode(
        OrganizationProjectsBody(
            [
                OrganizationProjectBody(
                    id=project.id,
                    name=project.name,
                    metadata=show_value(project.metadata),
                    created_at=format_time(project.created_us),
                    updated_at=format_time(project.updated_us),
                )
                for project in projects
            ]
        )
    )


def encode_keys(keys: Sequence[ApiKey]) -> bytes:
    """Write keys, without their secrets."""
    return encode(
        KeysBody(
            [
                KeyBody(
                    id=key.id,
                    created_at=format_time(key.created_us),
                    expires_at=format_optional_time(key.expires_us),
                    last_used_at=format_optional_time(key.last_used_us),
                    note=key.note,
                    public_key=key.public_key,
                    display_secret_key=key.display_secret_key,
                )
                for key in keys
            ]
        )
    )


def encode_created_key(key: ApiKey, secret_key: str) -> bytes:
    """Write a new key with its secret."""
    return encode(
        CreatedKeyBody(
            id=key.id,
            created_at=format_time(key.created_us),
            public_key=key.public_key,
            secret_key=secret_key,
            display_secret_key=key.display_secret_key,
            note=key.note,
        )
    )


def _show(project: Project, organization: Organization) -> ProjectBody:
    return ProjectBody(
        id=project.id,
        name=project.name,
        organization=OrganizationBody(organization.id, organization.name),
        metadata=show_value(project.metadata),
        retention_days=UNSET if project.retention_days is None else project.retention_days,
    )


def check_project(name: str, retention: int | None, *, retention_name: str = "retention") -> str:
    """The name without the space around it. Raises `InvalidError` when either cannot be; days, 0 for ever."""
    name, issues = name.strip(), []
    if not MIN_NAME_CHARS <= len(name) <= MAX_NAME_CHARS:
        issues.append(Issue(("name",), f"must have {MIN_NAME_CHARS} to {MAX_NAME_CHARS} characters"))
    if retention is not None and 0 < retention < MIN_RETENTION_DAYS:
        issues.append(Issue((retention_name,), f"must be 0, for ever, or at least {MIN_RETENTION_DAYS} days"))
    if issues:
        raise invalid_body(issues)
    return name
