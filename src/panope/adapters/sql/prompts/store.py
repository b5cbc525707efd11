"""Prompts in SQL. A unit that writes is alone, so what it decides from what it read stays true until it ends."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from panope.adapters.sql import tables as catalog_tables
from panope.adapters.sql.accounts import exists, require
from panope.adapters.sql.database import CatalogDatabase, grow
from panope.adapters.sql.prompts import reading, tables
from panope.adapters.sql.prompts.reading import HeadRow, find_head, load_one, references_to, require_head
from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import (
    LabelChange,
    PromptDraft,
    PromptKey,
    PromptPage,
    PromptQuery,
    PromptVersion,
)
from panope.domain.prompts.references import compose, find_references, missing_references
from panope.domain.prompts.rules import (
    check_protection,
    check_removal,
    next_version,
    not_found,
    plan_labels,
    require_label,
)

_PROMPT: Final = tables.prompt
_VERSION: Final = tables.version
_LABEL: Final = tables.label
_TAG: Final = tables.tag
_REFERENCE: Final = tables.reference
_PROTECTED: Final = tables.protected_label


class SqlPromptStore:
    """Implements `PromptStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def create(
        self, project_id: ProjectId, draft: PromptDraft, version_id: PromptId, change: LabelChange
    ) -> PromptVersion:
        """See `PromptStore.create`."""

        def work(connection: Connection) -> PromptVersion:
            require(connection, catalog_tables.project, project_id, "project")
            before = find_head(connection, project_id, draft.name)
            number = next_version(before, draft)
            _check_protection(connection, project_id, before, draft.labels, change)
            prompt_id = before.id if before is not None else version_id
            if before is None:
                row = {"id": prompt_id, "project_id": project_id, "name": draft.name, "type": draft.type.value}
                connection.execute(insert(_PROMPT).values(row | {"latest": number}))
            else:
                connection.execute(update(_PROMPT).where(_PROMPT.c.id == prompt_id).values(latest=number))
            _set_tags(connection, prompt_id, draft.tags, change.now_us)
            _insert_version(connection, project_id, prompt_id, draft, version_id, number, change.now_us)
            head = require_head(connection, project_id, draft.name)
            _set_labels(connection, head, number, draft.labels, change.now_us)
            created = load_one(connection, head, number)
            _check_composition(connection, project_id, created, is_new=True)
            grow(connection, "prompts")
            return created

        return await self._database.write(work)

    async def find(self, project_id: ProjectId, keys: Collection[PromptKey]) -> Mapping[PromptKey, PromptVersion]:
        """See `PromptStore.find`."""
        return await self._database.read(lambda c: reading.find(c, project_id, keys))

    async def list(self, project_id: ProjectId, query: PromptQuery) -> PromptPage:
        """See `PromptStore.list`."""
        return await self._database.read(lambda c: reading.list_prompts(c, project_id, query))

    async def list_versions(
        self, project_id: ProjectId, name: str, *, limit: int | None = None, before: int | None = None
    ) -> Sequence[PromptVersion]:
        """See `PromptStore.list_versions`."""

        def work(connection: Connection) -> Sequence[PromptVersion]:
            head = require_head(connection, project_id, name)
            numbers = [number for number in reversed(head.versions) if before is None or number < before]
            return reading.load_some(connection, [head.version_ids[number] for number in numbers[:limit]])

        return await self._database.read(work)

    async def add_labels(
        self, project_id: ProjectId, name: str, version: int, labels: Sequence[str], change: LabelChange
    ) -> PromptVersion:
        """See `PromptStore.add_labels`."""

        def decide(head: HeadRow) -> tuple[int, Sequence[str]]:
            if version not in head.version_ids:
                raise not_found(f"'{name}' with version {version}")
            return version, labels

        return await self._relabel(project_id, name, decide, change)

    async def promote(
        self, project_id: ProjectId, name: str, from_label: str, to_label: str, change: LabelChange
    ) -> PromptVersion:
        """See `PromptStore.promote`."""
        return await self._relabel(project_id, name, lambda head: (require_label(head, from_label), [to_label]), change)

    async def _relabel(
        self,
        project_id: ProjectId,
        name: str,
        decide: Callable[[HeadRow], tuple[int, Sequence[str]]],
        change: LabelChange,
    ) -> PromptVersion:
        def work(connection: Connection) -> PromptVersion:
            head = require_head(connection, project_id, name)
            number, labels = decide(head)
            planned = plan_labels(head, number, labels)
            _check_protection(connection, project_id, head, planned, change)
            _set_labels(connection, head, number, planned, change.now_us)
            labelled = load_one(connection, head, number)
            if planned:
                _check_composition(connection, project_id, labelled, is_new=False)
                grow(connection, "prompts")
            return labelled

        return await self._database.write(work)

    async def remove_label(self, project_id: ProjectId, name: str, label: str, change: LabelChange) -> PromptVersion:
        """See `PromptStore.remove_label`."""

        def work(connection: Connection) -> PromptVersion:
            head = require_head(connection, project_id, name)
            number = require_label(head, label)
            _check_protection(connection, project_id, head, [label], change)
            check_removal(head, (), [label], references_to(connection, project_id, name))
            connection.execute(delete(_LABEL).where(_LABEL.c.prompt_id == head.id, _LABEL.c.label == label))
            _touch(connection, head, [number], change.now_us)
            grow(connection, "prompts")
            return load_one(connection, head, number)

        return await self._database.write(work)

    async def delete(
        self, project_id: ProjectId, name: str, version: int | None, label: str | None, change: LabelChange
    ) -> None:
        """See `PromptStore.delete`."""

        def work(connection: Connection) -> None:
            head = require_head(connection, project_id, name)
            gone = head.select(version, label)
            if not gone:
                raise not_found()
            labels = [own for number in gone for own in head.labels_of(number)]
            _check_protection(connection, project_id, head, labels, change)
            check_removal(head, gone, labels, references_to(connection, project_id, name))
            _delete_versions(connection, head, gone, change.now_us)
            grow(connection, "prompts")

        await self._database.write(work)

    async def list_protected(self, project_id: ProjectId) -> Sequence[str]:
        """See `PromptStore.list_protected`."""
        return await self._database.read(lambda c: _protected(c, project_id))

    async def protect(self, project_id: ProjectId, label: str) -> bool:
        """See `PromptStore.protect`."""

        def work(connection: Connection) -> bool:
            require(connection, catalog_tables.project, project_id, "project")
            if exists(connection, (_PROTECTED.c.project_id == project_id) & (_PROTECTED.c.label == label)):
                return False
            connection.execute(insert(_PROTECTED).values(project_id=project_id, label=label))
            return True

        return await self._database.write(work)

    async def unprotect(self, project_id: ProjectId, label: str) -> bool:
        """See `PromptStore.unprotect`."""
        statement = delete(_PROTECTED).where(_PROTECTED.c.project_id == project_id, _PROTECTED.c.label == label)
        return await self._database.write(lambda c: c.execute(statement).rowcount > 0)


def _protected(connection: Connection, project_id: ProjectId) -> Sequence[str]:
    statement = select(_PROTECTED.c.label).where(_PROTECTED.c.project_id == project_id).order_by(_PROTECTED.c.label)
    return connection.scalars(statement).all()


def _check_protection(
    connection: Connection, project_id: ProjectId, head: HeadRow | None, labels: Collection[str], change: LabelChange
) -> None:
    if labels:
        check_protection(head, labels, _protected(connection, project_id), change.confirmed)


def _check_composition(connection: Connection, project_id: ProjectId, root: PromptVersion, *, is_new: bool) -> None:
    found: dict[PromptKey, PromptVersion] = {}
    while new := reading.find(connection, project_id, missing_references(root, found)):
        found |= new
    compose(root, found, is_new=is_new)


def _insert_version(
    connection: Connection,
    project_id: ProjectId,
    prompt_id: str,
    draft: PromptDraft,
    version_id: PromptId,
    number: int,
    now_us: int,
) -> None:
    row = {
        "id": version_id,
        "prompt_id": prompt_id,
        "version": number,
        "body": msgspec.json.encode(draft.body).decode(),
        "config": draft.config,
        "commit_message": draft.commit_message,
        "created_by": draft.created_by,
        "created_us": now_us,
        "updated_us": now_us,
    }
    connection.execute(insert(_VERSION).values(row))
    references = [
        {"version_id": version_id, "position": position, "project_id": project_id, **msgspec.structs.asdict(key)}
        for position, key in enumerate(find_references(draft.body))
    ]
    if references:
        connection.execute(insert(_REFERENCE), references)


def _set_tags(connection: Connection, prompt_id: str, tags: Sequence[str] | None, now_us: int) -> None:
    kept = reading.grouped(connection, _TAG.c.prompt_id, _TAG.c.tag, _TAG.c.position, [prompt_id]).get(prompt_id, [])
    if tags is None or list(tags) == kept:
        return
    connection.execute(delete(_TAG).where(_TAG.c.prompt_id == prompt_id))
    rows = [{"prompt_id": prompt_id, "tag": tag, "position": position} for position, tag in enumerate(tags)]
    if rows:
        connection.execute(insert(_TAG), rows)
    connection.execute(update(_VERSION).where(_VERSION.c.prompt_id == prompt_id).values(updated_us=now_us))


def _set_labels(connection: Connection, head: HeadRow, number: int, labels: Collection[str], now_us: int) -> None:
    if not labels:
        return
    connection.execute(delete(_LABEL).where(_LABEL.c.prompt_id == head.id, _LABEL.c.label.in_(labels)))
    last = connection.scalar(select(func.max(_LABEL.c.position)).where(_LABEL.c.prompt_id == head.id))
    row = {"prompt_id": head.id, "version_id": head.version_ids[number]}
    start = 0 if last is None else last + 1
    rows = [row | {"label": label, "position": start + position} for position, label in enumerate(labels)]
    connection.execute(insert(_LABEL), rows)
    losers = {head.labels[label] for label in labels if label in head.labels}
    _touch(connection, head, {*losers, number}, now_us)


def _touch(connection: Connection, head: HeadRow, numbers: Iterable[int], now_us: int) -> None:
    ids = [head.version_ids[number] for number in numbers]
    connection.execute(update(_VERSION).where(_VERSION.c.id.in_(ids)).values(updated_us=now_us))


def _delete_versions(connection: Connection, head: HeadRow, gone: Collection[int], now_us: int) -> None:
    for number in gone:
        version_id = head.version_ids[number]
        connection.execute(delete(_LABEL).where(_LABEL.c.version_id == version_id))
        connection.execute(delete(_REFERENCE).where(_REFERENCE.c.version_id == version_id))
        connection.execute(delete(_VERSION).where(_VERSION.c.id == version_id))
    kept = [number for number in head.versions if number not in gone]
    if not kept:
        connection.execute(delete(_TAG).where(_TAG.c.prompt_id == head.id))
        connection.execute(delete(_PROMPT).where(_PROMPT.c.id == head.id))
    elif head.latest in gone:
        connection.execute(update(_PROMPT).where(_PROMPT.c.id == head.id).values(latest=kept[-1]))
        _touch(connection, head, kept[-1:], now_us)
