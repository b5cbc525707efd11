"""What a project holds in the dictionaries of the memory catalog, and how it goes."""

from panope.adapters.memory.catalog.tables import CatalogTables
from panope.domain.ids import ProjectId


def erase_rows(tables: CatalogTables, project_id: ProjectId) -> None:
    """Delete everything of a project, and itself."""
    queues = {queue_id for queue_id, (owner, _) in tables.annotation_queues.items() if owner == project_id}
    tables.annotation_assignments = {row for row in tables.annotation_assignments if row[0] not in queues}
    for by_id in (tables.models, tables.comments, tables.annotation_queues, tables.annotation_items):
        for row_id in [row_id for row_id, row in by_id.items() if row[0] == project_id]:
            del by_id[row_id]  # type: ignore[arg-type]  # each is a dictionary of its own kind of id
    for by_owner in (
        tables.score_configs,
        tables.feedback,
        tables.media,
        tables.datasets,
        tables.dataset_runs,
        tables.dataset_run_items,
        tables.llm_connections,
        tables.project_roles,
    ):
        for key in [key for key in by_owner if key[0] == project_id]:
            del by_owner[key]  # type: ignore[arg-type]  # likewise
    tables.revoked_keys = {key: row for key, row in tables.revoked_keys.items() if row.project_id != project_id}
    tables.media_links = {row for row in tables.media_links if row[0] != project_id}
    for whole in (tables.prompts, tables.protected_labels, tables.dataset_items, tables.deleted_projects):
        whole.pop(project_id, None)
    del tables.projects[project_id]
