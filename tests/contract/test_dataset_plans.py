"""How the engines find items: pages of one dataset by its index alone, without reading or sorting the others."""

from typing import Any

import pytest
from sqlalchemy import text

from panope.adapters.sql import dataset_items
from panope.adapters.sql.catalog import SqlCatalog
from panope.domain.datasets.items import ItemDraft, ItemKey
from panope.domain.ids import DatasetItemId
from panope.ports.catalog import Catalog
from panope.ports.datasets import ItemQuery
from tests.contract.catalog.test_catalog import CHAT, catalog, catalogs, furnished
from tests.contract.catalog.test_datasets import make_dataset

__all__ = ["catalog", "catalogs", "furnished"]  # fixtures


def explain(catalog: SqlCatalog, query: ItemQuery) -> str:
    """What the engine says it would do for a page."""
    database: Any = catalog.dataset_items._database
    statement = dataset_items._page(query, dataset_items._conditions(CHAT, query))
    sql = str(statement.compile(database.engine, compile_kwargs={"literal_binds": True}))
    word = "EXPLAIN QUERY PLAN" if database.engine.dialect.name == "sqlite" else "EXPLAIN"
    with database.engine.connect() as connection:
        return "\n".join(str(row[-1]) for row in connection.execute(text(f"{word} {sql}".replace(":", "\\:"))))


async def test_pages_are_found_by_the_index_of_their_dataset(furnished: Catalog) -> None:
    if not isinstance(furnished, SqlCatalog):
        pytest.skip("dictionaries have no plans")
    made = []
    for name in ("one", "two"):
        dataset = await make_dataset(furnished, name)
        drafts = (ItemDraft(id=DatasetItemId(f"{name}-{number}"), input="1") for number in range(3_000))
        written = await furnished.dataset_items.write(CHAT, dataset.id, drafts, at_us=1_000)
        made.append((dataset, written))
    dataset, written = made[0]
    after = ItemKey(written.written_at_us + 2_000, "one-2000")
    one = "catalog_dataset_item_by_version"
    assert one in explain(furnished, ItemQuery(dataset_id=dataset.id, limit=50))
    assert one in explain(furnished, ItemQuery(dataset_id=dataset.id, limit=50, after=after))
    assert one in explain(furnished, ItemQuery(dataset_id=dataset.id, limit=50, before_us=2_000_000, after=after))
    assert one in explain(
        furnished, ItemQuery(dataset_id=dataset.id, limit=50, before_us=2_000_000, after=after, oldest_first=True)
    )
    assert "catalog_dataset_item_of_project" in explain(furnished, ItemQuery(limit=50, after=after))
    assert "catalog_dataset_item_by_trace" in explain(furnished, ItemQuery(limit=50, source_trace_id="t"))
    assert "catalog_dataset_item_by_observation" in explain(furnished, ItemQuery(limit=50, source_observation_id="o"))
