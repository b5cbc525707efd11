"""That erasing a project knows every table of the catalog."""

from panope.adapters.sql import catalog, tables
from panope.adapters.sql.administration.projects import owned_rows
from panope.domain.ids import ProjectId

NOBODYS = {
    "catalog_key_failure",
    "catalog_membership",
    "catalog_organization",
    "catalog_project",
    "catalog_setting",
    "catalog_sign_in_attempt",
    "catalog_user",
    "catalog_user_session",
    "catalog_version",
}
"""Tables without a row that a single project owns."""


def test_every_other_table_belongs_to_projects() -> None:
    assert catalog  # brings the tables of every noun
    unowned = {table.name for table in tables.metadata.sorted_tables if owned_rows(table, ProjectId("p")) is None}
    assert unowned == NOBODYS
