"""Links of media are found by an index, however many a project has."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, text

from panope.adapters.postgres.catalog import open_catalog as open_postgres_catalog
from panope.adapters.sql.catalog import SqlCatalog
from panope.adapters.sql.media import in_places, link_table, media_table
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.catalog import open_catalog as open_sqlite_catalog
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.domain.ids import ProjectId
from panope.domain.media.media import MediaPlace
from tests.contract.catalog.test_catalog import migrate_catalog
from tests.support.postgres import postgres_versions

PROJECT = ProjectId("p")
PLACES = [MediaPlace(trace_id="t"), MediaPlace(trace_id="u"), MediaPlace(dataset_item_id="i")]
STATEMENTS = {
    "catalog_media_link_by_trace": select(link_table).where(next(iter(in_places(PROJECT, PLACES[:2])))),
    "catalog_media_link_by_item": delete(link_table).where(next(iter(in_places(PROJECT, PLACES[2:])))),
    "catalog_media_unfinished": select(media_table)
    .where(media_table.c.stored_us.is_(None), media_table.c.created_us < 5)
    .order_by(media_table.c.created_us, media_table.c.project_id, media_table.c.id)
    .limit(10),
}


@pytest.mark.parametrize("index", STATEMENTS)
@pytest.mark.parametrize("engine", ["sqlite", *postgres_versions()])
async def test_the_index_serves_the_statement(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, index: str
) -> None:
    if engine == "sqlite":
        upgrade(SqliteMigrationTarget(tmp_path / "catalog.db"), Plane.CATALOG)
        catalog = open_sqlite_catalog(tmp_path / "catalog.db")
        explain = "EXPLAIN QUERY PLAN "
    else:
        catalog = open_postgres_catalog(request.getfixturevalue("postgres_database")(migrate_catalog, version=engine))
        explain = "EXPLAIN "

    def plan(connection: Connection) -> str:
        if engine != "sqlite":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # which is best while there are no rows
        statement = STATEMENTS[index].compile(connection, compile_kwargs={"literal_binds": True})
        rows = connection.execute(text(explain + str(statement).replace(":", r"\:"))).fetchall()
        return "\n".join(str(row) for row in rows)

    assert isinstance(catalog, SqlCatalog)
    try:
        found = await catalog.media._database.read(plan)
    finally:
        await catalog.close()
    assert index in found
    assert "TEMP B-TREE" not in found
