"""Statements that read prompts, each on a connection that its caller has opened."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, func, or_, select

from panope.adapters.sql.prompts import tables
from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import (
    LATEST,
    MAX_VERSION,
    Body,
    PromptKey,
    PromptLink,
    PromptPage,
    PromptQuery,
    PromptSummary,
    PromptType,
    PromptVersion,
    in_label_order,
)
from panope.domain.prompts.rules import PromptHead, Reference, not_found
from panope.domain.prompts.sifting import Candidate, reads_config, sift

CHUNK: Final = 100
"""Rows that one statement asks for by name, well below what any driver binds."""

_PROMPT: Final = tables.prompt
_VERSION: Final = tables.version
_LABEL: Final = tables.label
_TAG: Final = tables.tag
_JOINED: Final = _VERSION.join(_PROMPT, _PROMPT.c.id == _VERSION.c.prompt_id)
_SIFTED: Final = ("id", "name", "type", "version", "config", "created_us", "updated_us")
_BODY: Final = msgspec.json.Decoder(Body)
_Key = TypeVar("_Key")


class HeadRow(PromptHead, frozen=True, kw_only=True):
    """A prompt without bodies, and the ids of its rows."""

    id: str
    version_ids: Mapping[int, str]


def find_head(connection: Connection, project_id: ProjectId, name: str) -> HeadRow | None:
    """The prompt of a name, or None."""
    prompt = connection.execute(
        select(_PROMPT.c.id, _PROMPT.c.type).where(_PROMPT.c.project_id == project_id, _PROMPT.c.name == name)
    ).first()
    if prompt is None:
        return None
    versions = connection.execute(
        select(_VERSION.c.version, _VERSION.c.id).where(_VERSION.c.prompt_id == prompt.id).order_by(_VERSION.c.version)
    ).all()
    labels = connection.execute(
        select(_LABEL.c.label, _VERSION.c.version)
        .join(_VERSION, _VERSION.c.id == _LABEL.c.version_id)
        .where(_LABEL.c.prompt_id == prompt.id)
        .order_by(_LABEL.c.position)
    ).all()
    return HeadRow(
        name=name,
        type=PromptType(prompt.type),
        versions=tuple(row.version for row in versions),
        labels={row.label: row.version for row in labels},
        id=prompt.id,
        version_ids={row.version: row.id for row in versions},
    )


def require_head(connection: Connection, project_id: ProjectId, name: str) -> HeadRow:
    """The prompt of a name; raises `NotFoundError`."""
    head = find_head(connection, project_id, name)
    if head is None:
        raise not_found(f"'{name}'")
    return head


def load(connection: Connection, *conditions: ColumnElement[bool]) -> list[PromptVersion]:
    """Versions that fulfil all conditions on prompts and versions, newest first."""
    statement = (
        select(_VERSION, _PROMPT.c.name, _PROMPT.c.type, _PROMPT.c.latest)
        .join(_PROMPT, _PROMPT.c.id == _VERSION.c.prompt_id)
        .where(*conditions)
        .order_by(_VERSION.c.version.desc())
    )
    rows = connection.execute(statement).all()
    labels = grouped(connection, _LABEL.c.version_id, _LABEL.c.label, _LABEL.c.position, [row.id for row in rows])
    tags = grouped(connection, _TAG.c.prompt_id, _TAG.c.tag, _TAG.c.position, {row.prompt_id for row in rows})
    return [_to_version(row, labels.get(row.id, []), tags.get(row.prompt_id, [])) for row in rows]


def load_one(connection: Connection, head: HeadRow, number: int) -> PromptVersion:
    """A version that is there."""
    [version] = load_some(connection, [head.version_ids[number]])
    return version


def load_some(connection: Connection, ids: Iterable[str]) -> list[PromptVersion]:
    """Versions of one prompt by their ids, newest first as these are."""
    return [version for chunk in _chunks(ids) for version in load(connection, _VERSION.c.id.in_(chunk))]


def find(connection: Connection, project_id: ProjectId, keys: Collection[PromptKey]) -> dict[PromptKey, PromptVersion]:
    """Versions by the keys that they fulfil."""
    found: dict[PromptKey, PromptVersion] = {}
    for chunk in _chunks(key for key in keys if key.version is None or 0 < key.version <= MAX_VERSION):
        wanted = or_(*(and_(_PROMPT.c.name == key.name, _selected(key)) for key in chunk))
        versions = load(connection, _PROMPT.c.project_id == project_id, wanted)
        by_version = {(version.name, version.version): version for version in versions}
        by_label = {(version.name, label): version for version in versions for label in version.labels}
        for key in chunk:
            version = by_version.get((key.name, key.version or 0)) or by_label.get((key.name, key.label or ""))
            if version is not None:
                found[key] = version
    return found


def _selected(key: PromptKey) -> ColumnElement[bool]:
    return _VERSION.c.version == key.version if key.label is None else has_label(key.label)


def has_label(label: str) -> ColumnElement[bool]:
    """Whether a version, joined with its prompt, has a label."""
    if label == LATEST:
        return _VERSION.c.version == _PROMPT.c.latest
    return _VERSION.c.id.in_(
        select(_LABEL.c.version_id).where(_LABEL.c.prompt_id == _PROMPT.c.id, _LABEL.c.label == label)
    )


def find_ids(
    connection: Connection, project_id: ProjectId, links: Collection[PromptLink]
) -> dict[PromptLink, PromptId]:
    """Ids of the versions that links name."""
    found: dict[PromptLink, PromptId] = {}
    for chunk in _chunks(link for link in links if 0 < link.version <= MAX_VERSION):
        wanted = or_(*(and_(_PROMPT.c.name == link.name, _VERSION.c.version == link.version) for link in chunk))
        statement = (
            select(_PROMPT.c.name, _VERSION.c.version, _VERSION.c.id)
            .join(_PROMPT, _PROMPT.c.id == _VERSION.c.prompt_id)
            .where(_PROMPT.c.project_id == project_id, wanted)
        )
        found |= {PromptLink(name, number): PromptId(row_id) for name, number, row_id in connection.execute(statement)}
    return found


def find_link(connection: Connection, project_id: ProjectId, version_id: PromptId) -> PromptLink | None:
    """Name and number of a version by its id."""
    statement = (
        select(_PROMPT.c.name, _VERSION.c.version)
        .join(_PROMPT, _PROMPT.c.id == _VERSION.c.prompt_id)
        .where(_VERSION.c.id == version_id, _PROMPT.c.project_id == project_id)
    )
    found = connection.execute(statement).first()
    return None if found is None else PromptLink(found.name, found.version)


def references_to(connection: Connection, project_id: ProjectId, name: str) -> list[Reference]:
    """Where other prompts name this one."""
    reference = tables.reference
    statement = (
        select(_PROMPT.c.name, _VERSION.c.version, reference.c.version, reference.c.label)
        .select_from(reference)
        .join(_VERSION, _VERSION.c.id == reference.c.version_id)
        .join(_PROMPT, _PROMPT.c.id == _VERSION.c.prompt_id)
        .where(reference.c.project_id == project_id, reference.c.name == name, _PROMPT.c.name != name)
        .order_by(_PROMPT.c.name, _VERSION.c.version)
    )
    return [
        Reference(owner_name=owner, owner_version=number, version=version, label=label)
        for owner, number, version, label in connection.execute(statement)
    ]


class _Listed(NamedTuple):
    """A prompt in a list, and the numbers and ids of its versions that match, ascending."""

    id: str
    name: str
    type: str
    latest: int
    updated_us: int
    versions: Sequence[tuple[int, str]]


def list_prompts(connection: Connection, project_id: ProjectId, query: PromptQuery) -> PromptPage:
    """One page of the prompts that have matching versions."""
    listed, total = (_sift if query.where else _select)(connection, project_id, query)
    version_ids = [row_id for prompt in listed for _, row_id in prompt.versions]
    labels = grouped(connection, _LABEL.c.version_id, _LABEL.c.label, _LABEL.c.label, version_ids)
    tags = grouped(connection, _TAG.c.prompt_id, _TAG.c.tag, _TAG.c.position, [prompt.id for prompt in listed])
    configs = _configs(connection, [prompt.versions[-1][1] for prompt in listed])
    return PromptPage(
        [
            PromptSummary(
                name=prompt.name,
                type=PromptType(prompt.type),
                versions=tuple(number for number, _ in prompt.versions),
                labels=in_label_order(
                    sorted({label for _, row_id in prompt.versions for label in labels.get(row_id, [])}),
                    is_latest=prompt.versions[-1][0] == prompt.latest,
                ),
                tags=tuple(tags.get(prompt.id, [])),
                updated_us=prompt.updated_us,
                config=configs[prompt.versions[-1][1]],
            )
            for prompt in listed
        ],
        total,
    )


def _select(connection: Connection, project_id: ProjectId, query: PromptQuery) -> tuple[list[_Listed], int]:
    """One page, and how many prompts there are in all."""
    matching = and_(*_conditions(project_id, query))
    total = connection.scalar(select(func.count(_PROMPT.c.id.distinct())).select_from(_JOINED).where(matching)) or 0
    columns = (_PROMPT.c.id, _PROMPT.c.name, _PROMPT.c.type, _PROMPT.c.latest)
    page = connection.execute(
        select(*columns, func.max(_VERSION.c.updated_us).label("updated_us"))
        .select_from(_JOINED)
        .where(matching)
        .group_by(*columns)
        .order_by(_PROMPT.c.name)
        .limit(query.limit)
        .offset(query.offset)
    ).all()
    versions: dict[str, list[tuple[int, str]]] = {row.id: [] for row in page}
    for prompt_id, number, row_id in connection.execute(
        select(_VERSION.c.prompt_id, _VERSION.c.version, _VERSION.c.id)
        .select_from(_JOINED)
        .where(matching, _PROMPT.c.id.in_(list(versions)))
        .order_by(_VERSION.c.version)
    ):
        versions[prompt_id].append((number, row_id))
    return [_Listed(*row, versions[row.id]) for row in page], total


def _sift(connection: Connection, project_id: ProjectId, query: PromptQuery) -> tuple[list[_Listed], int]:
    """The same, every version being looked at: no two databases search texts and documents alike."""
    fulfils = sift(query.where)
    found: dict[str, list[Any]] = {}
    of_project = (_PROMPT.c.project_id == project_id,)
    labels = _words(connection, _LABEL.join(_PROMPT), of_project, _LABEL.c.version_id, _LABEL.c.label)
    tags = _words(connection, _TAG.join(_PROMPT), of_project, _TAG.c.prompt_id, _TAG.c.tag)
    columns = [_VERSION.c[name] for name in ("id", "prompt_id", "version", "created_us", "updated_us")]
    if reads_config(query.where):
        columns.append(_VERSION.c.config)
    rows = connection.execute(
        select(*columns, _PROMPT.c.name, _PROMPT.c.type, _PROMPT.c.latest)
        .select_from(_JOINED)
        .where(*_conditions(project_id, query))
        .order_by(_PROMPT.c.name, _VERSION.c.version)
    )
    for row in rows:
        facts = row._mapping  # noqa: SLF001 - the documented name of SQLAlchemy's view of a row
        candidate = Candidate(
            labels=in_label_order(labels.get(row.id, ()), is_latest=row.version == row.latest),
            tags=tuple(tags.get(row.prompt_id, ())),
            **{name: facts[name] for name in _SIFTED if name in facts},
        )
        if fulfils(candidate):
            found.setdefault(row.prompt_id, []).append(row)
    page = list(found.items())[query.offset : query.offset + query.limit]
    listed = [
        _Listed(
            prompt_id,
            own[0].name,
            own[0].type,
            own[0].latest,
            max(row.updated_us for row in own),
            [(row.version, row.id) for row in own],
        )
        for prompt_id, own in page
    ]
    return listed, len(found)


def _words(
    connection: Connection,
    source: FromClause,
    conditions: Sequence[ColumnElement[bool]],
    owner: ColumnElement[str],
    word: ColumnElement[str],
) -> dict[str, list[str]]:
    """Words of a whole project by what has them, in no order."""
    found: dict[str, list[str]] = {}
    for owner_id, text in connection.execute(select(owner, word).select_from(source).where(*conditions)):
        found.setdefault(owner_id, []).append(text)
    return found


def _conditions(project_id: ProjectId, query: PromptQuery) -> Iterator[ColumnElement[bool]]:
    yield _PROMPT.c.project_id == project_id
    if query.name is not None:
        yield _PROMPT.c.name == query.name
    if query.version is not None:
        yield _VERSION.c.version == query.version
    if query.label is not None:
        yield has_label(query.label)
    if query.tag is not None:
        yield _PROMPT.c.id.in_(select(_TAG.c.prompt_id).where(_TAG.c.tag == query.tag))
    if query.from_updated_us is not None:
        yield _VERSION.c.updated_us >= query.from_updated_us
    if query.to_updated_us is not None:
        yield _VERSION.c.updated_us < query.to_updated_us


def _configs(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    return {
        row_id: config
        for chunk in _chunks(ids)
        for row_id, config in connection.execute(
            select(_VERSION.c.id, _VERSION.c.config).where(_VERSION.c.id.in_(chunk))
        )
    }


def grouped(
    connection: Connection,
    owner: ColumnElement[str],
    value: ColumnElement[str],
    order: ColumnElement[Any],
    owners: Iterable[str],
) -> dict[str, list[str]]:
    """Values of a table by the owner that they belong to, in order."""
    found: dict[str, list[str]] = {}
    for chunk in _chunks(owners):
        for owner_id, text in connection.execute(select(owner, value).where(owner.in_(chunk)).order_by(order)):
            found.setdefault(owner_id, []).append(text)
    return found


def _chunks(rows: Iterable[_Key]) -> Iterator[Sequence[_Key]]:
    listed = list(rows)
    return (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))


def _to_version(row: Row[Any], labels: Sequence[str], tags: Sequence[str]) -> PromptVersion:
    return PromptVersion(
        id=row.id,
        name=row.name,
        version=row.version,
        type=PromptType(row.type),
        body=_BODY.decode(row.body),
        config=row.config,
        labels=in_label_order(labels, is_latest=row.version == row.latest),
        tags=tuple(tags),
        commit_message=row.commit_message,
        created_by=row.created_by,
        created_us=row.created_us,
        updated_us=row.updated_us,
    )
