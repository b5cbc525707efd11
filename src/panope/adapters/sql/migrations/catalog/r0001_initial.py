"""The catalog's tables."""

from pathlib import Path

from panope.adapters.sql.migrations.scripts import dialect_name, run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    run_script(Path(__file__).with_name(f"r0001_initial.{dialect_name()}.sql").read_text(encoding="utf-8"))
