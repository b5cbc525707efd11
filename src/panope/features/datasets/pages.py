"""Page numbers over lists of any length: who reads on where they stopped pays for their page alone."""

from collections import OrderedDict
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.datasets.items import ItemKey
from panope.domain.ids import ProjectId
from panope.ports.datasets import DatasetItemStore, ItemPage, ItemQuery

_MOST: Final = 10_000

_Spot = tuple[ProjectId, ItemQuery]


class _Start(Struct, frozen=True):
    """Where a page begins, and what was known when that was found out."""

    after: ItemKey
    total: int | None
    last_write_us: int


class PageWalker:
    """Lists items by offset, and remembers for a while where the next page begins.

    What is remembered holds as long as no item of the dataset was written, by whichever process: the page says so.
    """

    def __init__(self, items: DatasetItemStore) -> None:
        self._items = items
        self._starts: OrderedDict[_Spot, _Start] = OrderedDict()

    async def list(self, project_id: ProjectId, query: ItemQuery) -> ItemPage:
        """The page that the query asks for by its offset."""
        page = await self._list_on(project_id, query)
        if page is None:
            page = await self._items.list(project_id, query)
        if len(page.rows) == query.limit and query.dataset_id is not None:
            last = page.rows[-1]
            following = replace(query, offset=query.offset + query.limit)
            after = ItemKey(last.created_us, last.id)
            self._remember((project_id, following), _Start(after, page.total, page.last_write_us))
        return page

    async def _list_on(self, project_id: ProjectId, query: ItemQuery) -> ItemPage | None:
        start = self._starts.get((project_id, query))
        if start is None:
            return None
        page = await self._items.list(project_id, replace(query, after=start.after, offset=0, with_total=False))
        if page.last_write_us != start.last_write_us:
            return None
        return replace(page, total=start.total)

    def _remember(self, spot: _Spot, start: _Start) -> None:
        self._starts[spot] = start
        self._starts.move_to_end(spot)
        if len(self._starts) > _MOST:
            self._starts.popitem(last=False)
