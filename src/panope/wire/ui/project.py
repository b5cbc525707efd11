"""A project's settings and its keys, on the wire of the web app. A secret goes out once: when its key is made."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from panope.domain.accounts import ApiKey, Organization, Project
from panope.ports.texts.index import TextIndexState
from panope.wire.langfuse.administration.projects import MAX_NAME_CHARS, MAX_RETENTION_DAYS, check_project
from panope.wire.langfuse.jsonvalues import encode, show_value
from panope.wire.langfuse.requests import read_body


class TextIndexBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The index of a project's texts: whether it is wanted, and how far it has come, which is null without one."""

    enabled: bool
    lag_us: int | None
    """How long the oldest change has waited that is not in the index yet, at which searches look themselves."""
    waiting_rows: int | None
    """Traces and observations that wait, or that there can be at most of them."""
    rows: int | None
    bytes: int | None


class ProjectBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A project. `retentionDays` null: for ever."""

    id: str
    name: str
    organization_id: str
    organization_name: str
    metadata: Any
    retention_days: int | None
    text_index: TextIndexBody
    created_us: int
    updated_us: int
    role: str
    """Of who asks."""


class ProjectChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """What becomes of a project; what is left out stays. `retentionDays` 0: for ever."""

    name: Annotated[str, Meta(max_length=1_000)] | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET
    retention_days: Annotated[int, Meta(ge=0, le=MAX_RETENTION_DAYS)] | UnsetType = UNSET
    text_index: bool | UnsetType = UNSET


class ProjectDeletion(Struct, frozen=True, kw_only=True):
    """A project to delete, by its name: whoever types it knows which one goes."""

    name: str


class KeyRequest(Struct, frozen=True, kw_only=True):
    """A key to make."""

    note: Annotated[str, Meta(max_length=1_000)] | None = None


class KeyBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A key, without its secret."""

    id: str
    public_key: str
    display_secret_key: str
    note: str | None
    created_us: int
    last_used_us: int | None
    """To a minute; null: never."""
    expires_us: int | None


class KeysBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """Keys of a project."""

    api_keys: list[KeyBody]


class CreatedKeyBody(KeyBody, frozen=True, kw_only=True, rename="camel"):
    """A new key with its secret, which nobody can read again later."""

    secret_key: str


class DeletedKeyBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A key that is revoked, and when it was used last."""

    id: str
    last_used_us: int | None


def encode_project(project: Project, organization: Organization, role: str, index: TextIndexState | None) -> bytes:
    """Write one project as somebody sees it who has this role, with how far the index of its texts has come."""
    return encode(
        ProjectBody(
            id=project.id,
            name=project.name,
            organization_id=organization.id,
            organization_name=organization.name,
            metadata=show_value(project.metadata),
            retention_days=project.retention_days,
            text_index=TextIndexBody(
                enabled=project.text_index,
                lag_us=index.lag_us if index else None,
                waiting_rows=index.waiting_rows if index else None,
                rows=index.rows if index else None,
                bytes=index.bytes if index else None,
            ),
            created_us=project.created_us,
            updated_us=project.updated_us,
            role=role,
        )
    )


def encode_keys(keys: Sequence[ApiKey]) -> bytes:
    """Write keys, the oldest first."""
    return encode(KeysBody(api_keys=[KeyBody(**_shown(key)) for key in keys]))


def encode_created_key(key: ApiKey, secret_key: str) -> bytes:
    """Write a new key with its secret."""
    return encode(CreatedKeyBody(**_shown(key), secret_key=secret_key))


def encode_deleted_key(key: ApiKey) -> bytes:
    """Write what a key was."""
    return encode(DeletedKeyBody(id=key.id, last_used_us=key.last_used_us))


def read_key(body: bytes) -> KeyRequest:
    """Read a key to make."""
    return read_body(body or b"{}", KeyRequest)


def read_project_deletion(body: bytes) -> ProjectDeletion:
    """Read which project is to go; raises `InvalidError`."""
    return read_body(body, ProjectDeletion)


def read_project_change(body: bytes) -> ProjectChange:
    """Read what becomes of a project; its name has no spaces around it then."""
    change = read_body(body, ProjectChange)
    name = "x" * MAX_NAME_CHARS if change.name is UNSET else change.name
    retention = None if change.retention_days is UNSET else change.retention_days
    checked = check_project(name, retention, retention_name="retentionDays")
    return change if change.name is UNSET else msgspec.structs.replace(change, name=checked)


def _shown(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in KeyBody.__struct_fields__}
