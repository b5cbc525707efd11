"""Prompts in dictionaries: a change is made on copies of what it touches, which replace the old when all is well."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore, PromptRows, require_project
from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import (
    LATEST,
    LabelChange,
    PromptDraft,
    PromptKey,
    PromptLink,
    PromptPage,
    PromptQuery,
    PromptSummary,
    PromptVersion,
    candidate_of,
    in_label_order,
)
from panope.domain.prompts.references import compose, find_references, missing_references
from panope.domain.prompts.rules import (
    PromptHead,
    Reference,
    check_protection,
    check_removal,
    next_version,
    not_found,
    plan_labels,
    require_label,
)
from panope.domain.prompts.sifting import sift

_Prompts = Mapping[str, PromptRows]
_NONE: Final = PromptRows({})


class MemoryPromptStore(CatalogStore):
    """Implements `PromptStore`."""

    async def create(
        self, project_id: ProjectId, draft: PromptDraft, version_id: PromptId, change: LabelChange
    ) -> PromptVersion:
        """See `PromptStore.create`."""
        require_project(self._tables, project_id)
        prompts = self._prompts(project_id)
        rows = prompts.get(draft.name, _NONE)
        head = _head(draft.name, rows) if rows.versions else None
        number = next_version(head, draft)
        check_protection(head, draft.labels, self._protected(project_id), change.confirmed)
        version = PromptVersion(
            id=version_id,
            name=draft.name,
            version=number,
            type=draft.type,
            body=draft.body,
            config=draft.config,
            commit_message=draft.commit_message,
            created_by=draft.created_by,
            created_us=change.now_us,
            updated_us=change.now_us,
        )
        versions = dict(rows.versions)
        if head is not None and draft.tags not in {None, rows.tags}:
            versions = {other: replace(row, updated_us=change.now_us) for other, row in versions.items()}
        tags = rows.tags if draft.tags is None else draft.tags
        added = PromptRows({**versions, number: version}, rows.labels, tags)
        changed = {**prompts, draft.name: _relabelled(added, number, draft.labels, change.now_us)}
        _check_composition(changed, version, is_new=True)
        self._keep(project_id, changed)
        return _show(changed[draft.name], number)

    async def find(self, project_id: ProjectId, keys: Collection[PromptKey]) -> Mapping[PromptKey, PromptVersion]:
        """See `PromptStore.find`."""
        return _find(self._prompts(project_id), keys)

    async def list(self, project_id: ProjectId, query: PromptQuery) -> PromptPage:
        """See `PromptStore.list`."""
        matching = [
            summary
            for name, rows in sorted(self._prompts(project_id).items())
            if (summary := _summarise(name, rows, query)) is not None
        ]
        return PromptPage(matching[query.offset : query.offset + query.limit], len(matching))

    async def list_versions(
        self, project_id: ProjectId, name: str, *, limit: int | None = None, before: int | None = None
    ) -> Sequence[PromptVersion]:
        """See `PromptStore.list_versions`."""
        rows, _ = self._require(project_id, name)
        numbers = [number for number in rows.versions if before is None or number < before]
        return [_show(rows, number) for number in sorted(numbers, reverse=True)[:limit]]

    async def add_labels(
        self, project_id: ProjectId, name: str, version: int, labels: Sequence[str], change: LabelChange
    ) -> PromptVersion:
        """See `PromptStore.add_labels`."""
        rows, head = self._require(project_id, name)
        if version not in rows.versions:
            raise not_found(f"'{name}' with version {version}")
        planned = plan_labels(head, version, labels)
        check_protection(head, planned, self._protected(project_id), change.confirmed)
        if planned:
            relabelled = _relabelled(rows, version, planned, change.now_us)
            changed = {**self._prompts(project_id), name: relabelled}
            _check_composition(changed, relabelled.versions[version], is_new=False)
            self._keep(project_id, changed)
        return _show(self._prompts(project_id)[name], version)

    async def promote(
        self, project_id: ProjectId, name: str, from_label: str, to_label: str, change: LabelChange
    ) -> PromptVersion:
        """See `PromptStore.promote`."""
        _, head = self._require(project_id, name)
        return await self.add_labels(project_id, name, require_label(head, from_label), [to_label], change)

    async def remove_label(self, project_id: ProjectId, name: str, label: str, change: LabelChange) -> PromptVersion:
        """See `PromptStore.remove_label`."""
        rows, head = self._require(project_id, name)
        number = require_label(head, label)
        check_protection(head, [label], self._protected(project_id), change.confirmed)
        check_removal(head, (), [label], self._references_to(project_id, name))
        labels = {other: labelled for other, labelled in rows.labels.items() if other != label}
        touched = replace(rows.versions[number], updated_us=change.now_us)
        kept = PromptRows({**rows.versions, number: touched}, labels, rows.tags)
        self._keep(project_id, {**self._prompts(project_id), name: kept})
        return _show(kept, number)

    async def delete(
        self, project_id: ProjectId, name: str, version: int | None, label: str | None, change: LabelChange
    ) -> None:
        """See `PromptStore.delete`."""
        rows, head = self._require(project_id, name)
        gone = head.select(version, label)
        if not gone:
            raise not_found()
        labels = [own for number in gone for own in head.labels_of(number)]
        check_protection(head, labels, self._protected(project_id), change.confirmed)
        check_removal(head, gone, labels, self._references_to(project_id, name))
        kept = PromptRows(
            {number: row for number, row in rows.versions.items() if number not in gone},
            {own: number for own, number in rows.labels.items() if number not in gone},
            rows.tags,
        )
        if kept.versions and head.latest in gone:
            latest = max(kept.versions)
            kept.versions[latest] = replace(kept.versions[latest], updated_us=change.now_us)
        others = {other: row for other, row in self._prompts(project_id).items() if other != name}
        self._keep(project_id, {**others, name: kept} if kept.versions else others)

    async def list_protected(self, project_id: ProjectId) -> Sequence[str]:
        """See `PromptStore.list_protected`."""
        return sorted(self._protected(project_id))

    async def protect(self, project_id: ProjectId, label: str) -> bool:
        """See `PromptStore.protect`."""
        require_project(self._tables, project_id)
        protected = self._tables.protected_labels.setdefault(project_id, set())
        is_new = label not in protected
        protected.add(label)
        return is_new

    async def unprotect(self, project_id: ProjectId, label: str) -> bool:
        """See `PromptStore.unprotect`."""
        protected = self._tables.protected_labels.get(project_id, set())
        was_protected = label in protected
        protected.discard(label)
        return was_protected

    def _prompts(self, project_id: ProjectId) -> _Prompts:
        return self._tables.prompts.get(project_id, {})

    def _protected(self, project_id: ProjectId) -> set[str]:
        return self._tables.protected_labels.get(project_id, set())

    def _require(self, project_id: ProjectId, name: str) -> tuple[PromptRows, PromptHead]:
        rows = self._prompts(project_id).get(name)
        if rows is None:
            raise not_found(f"'{name}'")
        return rows, _head(name, rows)

    def _references_to(self, project_id: ProjectId, name: str) -> Sequence[Reference]:
        return [
            Reference(owner_name=version.name, owner_version=version.version, version=key.version, label=key.label)
            for _, rows in sorted(self._prompts(project_id).items())
            for version in rows.versions.values()
            if version.name != name
            for key in find_references(version.body)
            if key.name == name
        ]

    def _keep(self, project_id: ProjectId, prompts: _Prompts) -> None:
        self._tables.prompts[project_id] = dict(prompts)
        self._tables.grow("prompts")


class MemoryPromptIndex(CatalogStore):
    """Implements `PromptIndex`."""

    async def find_ids(self, project_id: ProjectId, links: Collection[PromptLink]) -> Mapping[PromptLink, PromptId]:
        """See `PromptIndex.find_ids`."""
        prompts = self._tables.prompts.get(project_id, {})
        found = {link: prompts.get(link.name, _NONE).versions.get(link.version) for link in links}
        return {link: version.id for link, version in found.items() if version is not None}

    async def find_link(self, project_id: ProjectId, version_id: PromptId) -> PromptLink | None:
        """See `PromptIndex.find_link`."""
        versions = (
            version for rows in self._tables.prompts.get(project_id, {}).values() for version in rows.versions.values()
        )
        return next((PromptLink(each.name, each.version) for each in versions if each.id == version_id), None)


def _head(name: str, rows: PromptRows) -> PromptHead:
    versions = tuple(sorted(rows.versions))
    return PromptHead(name=name, type=rows.versions[versions[0]].type, versions=versions, labels=dict(rows.labels))


def _relabelled(rows: PromptRows, version: int, labels: Iterable[str], now_us: int) -> PromptRows:
    moved = dict.fromkeys(labels)
    losers = {rows.labels[label] for label in moved if label in rows.labels}
    kept = {label: number for label, number in rows.labels.items() if label not in moved}
    versions = {
        number: replace(row, updated_us=now_us) if number in losers or number == version else row
        for number, row in rows.versions.items()
    }
    return PromptRows(versions, {**kept, **dict.fromkeys(moved, version)}, rows.tags)


def _show(rows: PromptRows, number: int) -> PromptVersion:
    own = [label for label, version in rows.labels.items() if version == number]
    labels = in_label_order(own, is_latest=number == max(rows.versions))
    return replace(rows.versions[number], labels=labels, tags=rows.tags)


def _find(prompts: _Prompts, keys: Iterable[PromptKey]) -> dict[PromptKey, PromptVersion]:
    found = {}
    for key in keys:
        rows = prompts.get(key.name, _NONE)
        number = key.version
        if rows.versions and key.label is not None:
            number = max(rows.versions) if key.label == LATEST else rows.labels.get(key.label)
        if number is not None and number in rows.versions:
            found[key] = _show(rows, number)
    return found


def _check_composition(prompts: _Prompts, root: PromptVersion, *, is_new: bool) -> None:
    found: dict[PromptKey, PromptVersion] = {}
    while new := _find(prompts, missing_references(root, found)):
        found |= new
    compose(root, found, is_new=is_new)


def _summarise(name: str, rows: PromptRows, query: PromptQuery) -> PromptSummary | None:
    if query.name not in {None, name} or (query.tag is not None and query.tag not in rows.tags):
        return None
    fulfils = sift(query.where)
    matching = [version for version in _shown(rows) if _matches(version, query) and fulfils(candidate_of(version))]
    if not matching:
        return None
    labels = {label for version in matching for label in version.labels}
    return PromptSummary(
        name=name,
        type=matching[0].type,
        versions=tuple(version.version for version in matching),
        labels=in_label_order(sorted(labels - {LATEST}), is_latest=LATEST in labels),
        tags=rows.tags,
        updated_us=max(version.updated_us for version in matching),
        config=matching[-1].config,
    )


def _shown(rows: PromptRows) -> Iterator[PromptVersion]:
    return (_show(rows, number) for number in sorted(rows.versions))


def _matches(version: PromptVersion, query: PromptQuery) -> bool:
    return (
        query.version in {None, version.version}
        and (query.label is None or query.label in version.labels)
        and (query.from_updated_us is None or version.updated_us >= query.from_updated_us)
        and (query.to_updated_us is None or version.updated_us < query.to_updated_us)
    )
