"""The catalog's tables."""

from pathlib import Path

from panope.adapters.sql.migrations.scripts import dialect_name, run_script

revision = "0001"
down_revision = None

SCRIPTS = (
    "base",
    "score_configs",
    "feedback",
    "media",
    "review",
    "prompts",
    "datasets",
    "dataset_runs",
    "llm_connections",
    "people/saved_views",
)
"""One script per noun in `initial/`, for each dialect; what is referred to comes first."""
ONLY_IN = {"postgres": ("blobs",), "sqlite": ()}
"""More nouns, by dialect: beside SQLite there is always a directory for blobs."""


def upgrade() -> None:
    """Create everything."""
    folder = Path(__file__).parent / "initial"
    for noun in (*SCRIPTS, *ONLY_IN[dialect_name()]):
        run_script((folder / f"{noun}.{dialect_name()}.sql").read_text(encoding="utf-8"))
