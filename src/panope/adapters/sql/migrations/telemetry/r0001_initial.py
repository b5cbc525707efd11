"""The telemetry plane's tables, which belong to the engine and so does their script."""

from panope.adapters.sql.migrations.scripts import run_script, telemetry_schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    run_script(telemetry_schema())
