"""Prompts as clients see them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from panope.domain.prompts.naming import find_placeholders, find_variables
from panope.domain.prompts.prompt import (
    PRODUCTION,
    Body,
    Message,
    PromptKey,
    PromptPage,
    PromptSummary,
    PromptVersion,
)
from panope.domain.prompts.references import Composition, find_references
from panope.wire.langfuse.paging import PageNumber, page_meta
from panope.wire.langfuse.times import format_time


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class NodeBody(Struct):
    """A version that takes part in a composition."""

    id: str
    name: str
    version: int


class GraphBody(Struct):
    """Which versions went into a prompt: those that each one names, by its id."""

    root: NodeBody
    dependencies: dict[str, list[NodeBody]]


class PromptBody(_Camel, kw_only=True):
    """One version of a prompt."""

    id: str
    created_at: str
    updated_at: str
    project_id: str
    created_by: str
    prompt: Any
    """A text, or an array of messages and placeholders."""
    name: str
    version: int
    type: str
    is_active: bool | None
    config: Any
    tags: list[str]
    labels: list[str]
    commit_message: str | None
    resolution_graph: GraphBody | UnsetType | None = UNSET


class ReferenceBody(Struct):
    """A version of a text prompt that a prompt names, by number or by label."""

    name: str
    version: int | None
    label: str | None


class ListedVersionBody(PromptBody, kw_only=True):
    """One version as it was written, and what tells it from the one before."""

    variables: list[str]
    placeholders: list[str]
    references: list[ReferenceBody]
    previous_version: int | None
    changed_fields: list[str] | None
    """Of `prompt` and `config`, those that differ from the previous version; null for the first."""


class VersionsBody(Struct):
    """Versions of one prompt, newest first."""

    data: list[ListedVersionBody]
    meta: dict[str, int | None]
    """`limit`, and `before`: what to send to get the following ones, null when there are none."""


class SummaryBody(_Camel):
    """One prompt in a list."""

    name: str
    type: str
    versions: list[int]
    labels: list[str]
    tags: list[str]
    last_updated_at: str
    last_config: Any


class PromptsBody(Struct):
    """One page of prompts."""

    data: list[SummaryBody]
    meta: dict[str, int]
    pagination: dict[str, int]


class ProtectedLabelsBody(Struct):
    """Labels that stay where they are unless a change confirms them."""

    labels: list[str]


def encode_prompt(project_id: str, version: PromptVersion) -> bytes:
    """Write a version as it stands, for whoever has just written it."""
    return msgspec.json.encode(PromptBody(**_show(project_id, version)))


def encode_resolved(project_id: str, version: PromptVersion, composition: Composition | None) -> bytes:
    """Write a version for its readers; without a composition as it stands."""
    shown = _show(project_id, version)
    graph = None
    if composition is not None:
        shown["prompt"] = _show_body(composition.body)
        graph = _show_graph(version, composition)
    shown["is_active"] = PRODUCTION in version.labels
    return msgspec.json.encode(PromptBody(**shown, resolution_graph=graph))


def encode_list(found: PromptPage, page: PageNumber) -> bytes:
    """Write one page of prompts."""
    meta = page_meta(page, found.total)
    return msgspec.json.encode(PromptsBody([_summarise(row) for row in found.rows], meta, meta))


def encode_versions(project_id: str, versions: Sequence[PromptVersion], limit: int) -> bytes:
    """Write versions, of which one more than `limit` was asked for: the last only says what came before."""
    older: list[PromptVersion | None] = [*versions[1:], None]
    pairs = list(zip(versions, older, strict=True))[:limit]
    before = versions[limit - 1].version if len(versions) > limit else None
    data = [_show_listed(project_id, version, previous) for version, previous in pairs]
    return msgspec.json.encode(VersionsBody(data, {"limit": limit, "before": before}))


def encode_protected(labels: Sequence[str]) -> bytes:
    """Write the protected labels of a project."""
    return msgspec.json.encode(ProtectedLabelsBody(list(labels)))


def _show(project_id: str, version: PromptVersion) -> dict[str, Any]:
    return {
        "id": version.id,
        "created_at": format_time(version.created_us),
        "updated_at": format_time(version.updated_us),
        "project_id": project_id,
        "created_by": version.created_by,
        "prompt": _show_body(version.body),
        "name": version.name,
        "version": version.version,
        "type": version.type.value,
        "is_active": None,
        "config": msgspec.Raw(version.config.encode()),
        "tags": list(version.tags),
        "labels": list(version.labels),
        "commit_message": version.commit_message,
    }


def _show_body(body: Body) -> Any:
    if isinstance(body, str):
        return body
    return [
        {"role": message.role, "content": message.content}
        if isinstance(message, Message)
        else {"type": "placeholder", "name": message.name}
        for message in body
    ]


def _show_graph(root: PromptVersion, composition: Composition) -> GraphBody | None:
    if not composition.parts:
        return None
    dependencies: dict[str, list[NodeBody]] = {
        owner: [_show_node(part) for part in parts] for owner, parts in composition.parts.items()
    }
    return GraphBody(_show_node(root), dependencies)


def _show_node(version: PromptVersion) -> NodeBody:
    return NodeBody(version.id, version.name, version.version)


def _show_listed(project_id: str, version: PromptVersion, previous: PromptVersion | None) -> ListedVersionBody:
    changed = None
    if previous is not None:
        differs = {"prompt": version.body != previous.body, "config": _config_differs(version, previous)}
        changed = [name for name, is_changed in differs.items() if is_changed]
    return ListedVersionBody(
        **_show(project_id, version),
        variables=list(find_variables(version.body)),
        placeholders=list(find_placeholders(version.body)),
        references=[_show_reference(key) for key in find_references(version.body)],
        previous_version=None if previous is None else previous.version,
        changed_fields=changed,
    )


def _config_differs(version: PromptVersion, previous: PromptVersion) -> bool:
    """By value: spaces and the order of keys are no change."""
    if version.config == previous.config:
        return False
    return bool(msgspec.json.decode(version.config) != msgspec.json.decode(previous.config))


def _show_reference(key: PromptKey) -> ReferenceBody:
    return ReferenceBody(key.name, key.version, key.label)


def _summarise(row: PromptSummary) -> SummaryBody:
    return SummaryBody(
        name=row.name,
        type=row.type.value,
        versions=list(row.versions),
        labels=list(row.labels),
        tags=list(row.tags),
        last_updated_at=format_time(row.updated_us),
        last_config=msgspec.Raw(row.config.encode()),
    )
