"""What Alembic runs around the revisions: one connection, in a transaction that the runner began and ends."""

from alembic import context

_attributes = context.config.attributes
context.configure(
    connection=_attributes["connection"],
    version_table=_attributes["version_table"],
    transactional_ddl=True,  # on SQLite too: the runner begins the transaction itself
)
context.run_migrations()
