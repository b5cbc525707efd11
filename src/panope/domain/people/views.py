"""Saved views: what somebody wants to see of a list again."""

from collections.abc import Sequence
from typing import Final, NewType

from msgspec import Struct

from panope.domain.ids import UserId

SavedViewId = NewType("SavedViewId", str)

MAX_VIEWS: Final = 10_000
"""Of one project, that have a name."""
MAX_UNNAMED: Final = 10_000
"""Of one project, that have none: for another one the oldest leaves."""


class ColumnChoice(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which columns a table shows, in which order and how wide; empty: as usual."""

    hidden: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    widths: dict[str, int] = {}
    """Pixels by column."""


class ViewState(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a view sets. None: as it is without the view."""

    q: str = ""
    """In the query language."""
    date_range: str | None = None
    """As it stands in an address: `7d`, or two moments in ms."""
    env: tuple[str, ...] = ()
    """Empty: all but the internal environments."""
    order_by: str | None = None
    columns: ColumnChoice | None = None
    row_lines: int | None = None


class SavedView(Struct, frozen=True, kw_only=True):
    """A view of one list of a project."""

    id: SavedViewId
    level: str
    """Which list."""
    name: str | None
    """None: it stands for a query that is too long for an address, no list of views has it, and it never changes."""
    owner_id: UserId
    is_shared: bool
    """Whether everybody in the project finds it in the list of views. Who knows its id may open it in any case."""
    state: ViewState
    created_us: int
    updated_us: int


class DefaultView(Struct, frozen=True):
    """The view that a list begins with."""

    level: str
    view_id: SavedViewId
    owner_id: UserId | None
    """For whom; None: for everybody who has chosen no other."""


class ViewDraft(Struct, frozen=True, kw_only=True):
    """What somebody wants to save."""

    level: str
    name: str | None
    """None: the view is there for its id alone; the same state has the same one."""
    is_shared: bool
    state: ViewState


class ViewChange(Struct, frozen=True, kw_only=True):
    """What becomes of a view; None: it stays as it is."""

    name: str | None = None
    is_shared: bool | None = None
    state: ViewState | None = None


class SavedViews(Struct, frozen=True):
    """The views that somebody finds in a project, and those that its lists begin with."""

    views: Sequence[SavedView]
    defaults: Sequence[DefaultView]
