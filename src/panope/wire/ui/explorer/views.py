"""Saved views on the wire of the web app."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from panope.domain.errors import Issue
from panope.domain.ids import UserId
from panope.domain.people.views import DefaultView, SavedView, SavedViews, ViewChange, ViewDraft, ViewState
from panope.query.question import Listing
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.requests import invalid_body, read_body

MAX_NAME_CHARS: Final = 200
MAX_STATE_BYTES: Final = 200_000
"""Room for the longest query and for the widths of all columns."""
_Name = Annotated[str, Meta(max_length=MAX_NAME_CHARS)]


class ViewRequest(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A view to save."""

    level: Listing
    name: _Name | None = None
    """Null: none, for a query that is too long for an address."""
    is_shared: bool = False
    state: ViewState


class ViewChangeRequest(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What becomes of a view; what is left out stays."""

    name: _Name | UnsetType = UNSET
    is_shared: bool | UnsetType = UNSET
    state: ViewState | UnsetType = UNSET


class DefaultViewRequest(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a list begins with."""

    view_id: str | None
    for_all: bool = False
    """For everybody who has chosen no other, rather than for oneself."""


class ViewBody(Struct, kw_only=True, rename="camel"):
    """A saved view."""

    id: str
    level: Listing
    name: str | None
    is_own: bool
    is_shared: bool
    state: ViewState
    created_us: int
    updated_us: int


class DefaultViewBody(Struct, kw_only=True, rename="camel"):
    """What a list begins with."""

    level: Listing
    view_id: str
    for_all: bool


class ViewsBody(Struct, kw_only=True, rename="camel"):
    """The views that somebody finds in a project, by name."""

    views: list[ViewBody]
    defaults: list[DefaultViewBody]


def read_view(body: bytes) -> ViewDraft:
    """Read a view to save; its name has no spaces around it then."""
    asked = read_body(body, ViewRequest)
    _check_state(asked.state)
    name = None if asked.name is None else _name(asked.name)
    is_shared = asked.is_shared and name is not None
    return ViewDraft(level=str(asked.level), name=name, is_shared=is_shared, state=asked.state)


def read_view_change(body: bytes) -> ViewChange:
    """Read what becomes of a view."""
    asked = read_body(body, ViewChangeRequest)
    if asked.state is not UNSET:
        _check_state(asked.state)
    return ViewChange(
        name=None if asked.name is UNSET else _name(asked.name),
        is_shared=None if asked.is_shared is UNSET else asked.is_shared,
        state=None if asked.state is UNSET else asked.state,
    )


def read_default(body: bytes) -> DefaultViewRequest:
    """Read what a list begins with."""
    return read_body(body, DefaultViewRequest)


def encode_view(view: SavedView, reader: UserId) -> bytes:
    """Write a view as this person sees it."""
    return encode(_show(view, reader))


def encode_views(found: SavedViews, reader: UserId) -> bytes:
    """Write what this person finds."""
    defaults = [_show_default(row) for row in found.defaults]
    return encode(ViewsBody(views=[_show(view, reader) for view in found.views], defaults=defaults))


def _show(view: SavedView, reader: UserId) -> ViewBody:
    return ViewBody(
        id=view.id,
        level=Listing(view.level),
        name=view.name,
        is_own=view.owner_id == reader,
        is_shared=view.is_shared,
        state=view.state,
        created_us=view.created_us,
        updated_us=view.updated_us,
    )


def _show_default(row: DefaultView) -> DefaultViewBody:
    return DefaultViewBody(level=Listing(row.level), view_id=row.view_id, for_all=row.owner_id is None)


def _name(name: str) -> str:
    stripped = name.strip()
    if not stripped:
        raise invalid_body([Issue(("name",), "must not be empty")])
    return stripped


def _check_state(state: ViewState) -> None:
    if len(encode(state)) > MAX_STATE_BYTES:
        raise invalid_body([Issue(("state",), f"must have {MAX_STATE_BYTES:,} bytes at most")])
