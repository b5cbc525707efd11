"""Items of datasets on the wire."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from panope.domain.datasets.items import DatasetItem, ItemDraft, ItemStatus
from panope.domain.errors import Issue
from panope.domain.ids import MAX_ID_BYTES, DatasetItemId, is_possible_id
from panope.ports.datasets import ItemPage, ItemQuery
from panope.wire.langfuse.datasets.values import read_value, show_value
from panope.wire.langfuse.media.references import MediaReferenceBody
from panope.wire.langfuse.names import possible_names
from panope.wire.langfuse.paging import PageNumber, Params, invalid, page_meta, read_page
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.times import format_time, next_ms

DELETED: Final = b'{"message":"Dataset item successfully deleted"}'
MAX_ITEMS: Final = 10_000
"""Items of one request."""
_INVALID: Final = "invalid_dataset_item"
_SOURCES: Final = frozenset({"sourceTraceId", "sourceObservationId"})
"""Ids that count as not there when they are blank."""


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class ItemFields(_Camel):
    """An item to add, or to change when its id is there; null keeps what is there."""

    id: str | None = None
    input: Any = None
    expected_output: Any = None
    metadata: Any = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None
    status: Literal["ACTIVE", "ARCHIVED"] | None = None


class ItemRequest(ItemFields, kw_only=True):
    """An item, and the dataset that it belongs to."""

    dataset_name: str


class ItemsRequest(Struct):
    """Items to add or change, all or none."""

    items: list[ItemFields]


class ItemBody(_Camel):
    """An item as clients see it."""

    id: str
    status: str
    input: Any
    expected_output: Any
    metadata: Any
    source_trace_id: str | None
    source_observation_id: str | None
    dataset_id: str
    dataset_name: str
    created_at: str
    updated_at: str
    media_references: Sequence[MediaReferenceBody]


class ItemsBody(Struct):
    """One page of items."""

    data: list[ItemBody]
    meta: dict[str, int]


class WrittenBody(Struct):
    """What a write of many items did. `ids` are in the order of the request."""

    created: int
    updated: int
    unchanged: int
    ids: list[str]


class SentItem(Struct, frozen=True):
    """An item that a client sent."""

    names: tuple[str, ...]
    """What the name of its dataset may stand for."""
    id: str | None
    draft: ItemDraft


def read_item(body: bytes) -> SentItem:
    """Read one item with its dataset."""
    request = read_body(body, ItemRequest, code=_INVALID, allow_nul=True)
    issues = check_fields(request)
    if issues:
        raise invalid_body(issues, code=_INVALID)
    return SentItem(possible_names(request.dataset_name), request.id, to_draft(request))


def read_items(body: bytes) -> list[ItemDraft]:
    """Read many items of one dataset; those without an id have the id ""."""
    items = read_body(body, ItemsRequest, code=_INVALID, allow_nul=True).items
    if len(items) > MAX_ITEMS:
        raise invalid(("items",), f"holds more than {MAX_ITEMS} items: send several requests, or import a file")
    issues = [
        Issue(("items", place, *issue.path), issue.message, issue.code)
        for place, item in enumerate(items)
        for issue in check_fields(item)
    ]
    if issues:
        raise invalid_body(issues, code=_INVALID)
    return [to_draft(item) for item in items]


def check_fields(item: ItemFields) -> list[Issue]:
    """What is wrong with the ids of an item."""
    named = {"id": item.id, "sourceTraceId": item.source_trace_id, "sourceObservationId": item.source_observation_id}
    text = f"must have between 1 and {MAX_ID_BYTES} bytes and no NUL"
    return [
        Issue((name,), text, "invalid_id")
        for name, value in named.items()
        if value is not None and not (value == "" and name in _SOURCES) and not is_possible_id(value)
    ]


def to_draft(item: ItemFields) -> ItemDraft:
    """What an item is to be; without an id of its own it has the id ""."""
    return ItemDraft(
        id=DatasetItemId(item.id or ""),
        status=None if item.status is None else ItemStatus(item.status),
        input=read_value(item.input),
        expected_output=read_value(item.expected_output),
        metadata=read_value(item.metadata),
        source_trace_id=item.source_trace_id or None,
        source_observation_id=item.source_observation_id or None,
    )


class ItemListRequest(Struct, frozen=True, kw_only=True):
    """One page of items as it was asked for."""

    names: tuple[str, ...] | None
    """What the name of the dataset may stand for."""
    query: ItemQuery
    page: PageNumber


def read_list_request(params: Params) -> ItemListRequest:
    """Read the query string of a list of items."""
    page = read_page(params)
    name, version_us = params.text("datasetName"), params.time("version")
    if version_us is not None and name is None:
        raise invalid(("version",), "needs datasetName: versions are those of one dataset")
    query = ItemQuery(
        source_trace_id=params.text("sourceTraceId"),
        source_observation_id=params.text("sourceObservationId"),
        before_us=None if version_us is None else next_ms(version_us),
        offset=page.offset,
        limit=page.limit,
    )
    return ItemListRequest(names=None if name is None else possible_names(name), query=query, page=page)


MediaByItem = Mapping[DatasetItemId, Sequence[MediaReferenceBody]]
"""Items without any may be left out."""


def encode_item(item: DatasetItem, media: MediaByItem) -> bytes:
    """Encode one item."""
    return msgspec.json.encode(show_item(item, media.get(item.id, ())))


def encode_items(found: ItemPage, page: PageNumber, media: MediaByItem) -> bytes:
    """Encode one page of items."""
    shown = [show_item(item, media.get(item.id, ())) for item in found.rows]
    return msgspec.json.encode(ItemsBody(shown, page_meta(page, found.total or 0)))


def show_item(item: DatasetItem, media: Sequence[MediaReferenceBody]) -> ItemBody:
    """Show one item."""
    return ItemBody(
        id=item.id,
        status=item.status.value,
        input=show_value(item.input),
        expected_output=show_value(item.expected_output),
        metadata=show_value(item.metadata),
        source_trace_id=item.source_trace_id,
        source_observation_id=item.source_observation_id,
        dataset_id=item.dataset_id,
        dataset_name=item.dataset_name,
        created_at=format_time(item.created_us),
        updated_at=format_time(item.updated_us),
        media_references=media,
    )
