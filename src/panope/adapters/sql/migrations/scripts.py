"""Running a script of raw SQL inside a revision, past everything that would read meaning into `:name` or `%`."""

import re
from collections.abc import Callable, Iterator

from alembic import context, op


def dialect_name() -> str:
    """`sqlite` or `postgres`, as files are named."""
    return "sqlite" if op.get_bind().dialect.name == "sqlite" else "postgres"


def telemetry_schema() -> str:
    """The script by which the engine of this migration makes its telemetry tables."""
    schema: str = context.config.attributes["telemetry_schema"]
    return schema


def run_script(script: str) -> None:
    """Run all statements of a script in the transaction of the migration."""
    bind = op.get_bind()
    driver = bind.connection.driver_connection
    assert driver is not None
    if dialect_name() == "postgres":
        driver.execute(script)
        return
    assert bind.dialect.dbapi is not None
    for statement in split_statements(script, bind.dialect.dbapi.complete_statement):
        driver.execute(statement)


def split_statements(script: str, is_complete: Callable[[str], bool]) -> Iterator[str]:
    """Cut a script after the semicolons that end a statement, those inside triggers, literals and comments aside."""
    statement = ""
    for piece in re.split(r"(?<=;)", script):
        statement += piece
        if is_complete(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        yield statement.strip()
