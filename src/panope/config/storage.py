"""Where everything is kept."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from panope.config.area import Area, Variable
from panope.config.database_url import DatabaseTarget, parse_database_url


class StorageSettings(Area):
    """Table `storage`."""

    data_dir: Annotated[Path, Variable("PANOPE_DATA_DIR", (), "--data-dir")] = Field(
        Path("panope-data"), description="Directory of the SQLite files, made when missing. Unused with a database URL."
    )
    database_url: Annotated[SecretStr | None, Variable("PANOPE_DATABASE_URL", ("DATABASE_URL",), "--database-url")] = (
        Field(
            None,
            description="Address of a Postgres database, postgresql://user:password@host/name; else SQLite serves. "
            "Also made from DATABASE_HOST, _USERNAME, _PASSWORD, _NAME and _ARGS.",
        )
    )
    auto_migrate: Annotated[bool, Variable("PANOPE_AUTO_MIGRATE")] = Field(
        default=True,
        description="Bring the schema up to date at start; when off, run `panope db upgrade` yourself. "
        "LANGFUSE_AUTO_POSTGRES_MIGRATION_DISABLED=true turns it off too.",
    )

    text_index: Annotated[bool, Variable("PANOPE_TEXT_INDEX")] = Field(
        default=True,
        description="Index names, ids, inputs and outputs for searches, beside the writer; when off, no project has "
        "an index and searches read the texts themselves.",
    )
    allow_unsafe_database: Annotated[bool, Variable("PANOPE_ALLOW_UNSAFE_DATABASE")] = Field(
        default=False,
        description="Use a Postgres with fsync, full_page_writes or synchronous_commit off, which may lose what was "
        "acknowledged in a power cut; when off, the server refuses to write there.",
    )

    @field_validator("data_dir")
    @classmethod
    def _at_home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse_database_url(value.get_secret_value())
        return value

    def database(self) -> DatabaseTarget | None:
        """The Postgres database, or None for SQLite in `data_dir`."""
        return None if self.database_url is None else parse_database_url(self.database_url.get_secret_value())
