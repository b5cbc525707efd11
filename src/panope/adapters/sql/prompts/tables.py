"""The tables of prompts as statements name them."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from panope.adapters.sql.tables import metadata

prompt: Final = Table(
    "catalog_prompt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("latest", Integer, nullable=False),
)
version: Final = Table(
    "catalog_prompt_version",
    metadata,
    Column("id", Text, primary_key=True),
    Column("prompt_id", Text, ForeignKey("catalog_prompt.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("commit_message", Text),
    Column("created_by", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)
label: Final = Table(
    "catalog_prompt_label",
    metadata,
    Column("prompt_id", Text, ForeignKey("catalog_prompt.id"), primary_key=True),
    Column("label", Text, primary_key=True),
    Column("version_id", Text, ForeignKey("catalog_prompt_version.id"), nullable=False),
    Column("position", Integer, nullable=False),
)
tag: Final = Table(
    "catalog_prompt_tag",
    metadata,
    Column("prompt_id", Text, ForeignKey("catalog_prompt.id"), primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("position", Integer, nullable=False),
)
reference: Final = Table(
    "catalog_prompt_reference",
    metadata,
    Column("version_id", Text, ForeignKey("catalog_prompt_version.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer),
    Column("label", Text),
)
protected_label: Final = Table(
    "catalog_protected_label",
    metadata,
    Column("project_id", Text, ForeignKey("catalog_project.id"), primary_key=True),
    Column("label", Text, primary_key=True),
)
