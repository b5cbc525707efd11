"""The catalog's tables as statements name them; the migrations make them, and a test compares the two."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Table, Text

metadata = MetaData()

organization = Table(
    "catalog_organization",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)
project = Table(
    "catalog_project",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization_id", Text, ForeignKey("catalog_organization.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("retention_days", Integer),
    Column("text_index", Boolean, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
    Column("deleted_us", BigInteger),
)
api_key = Table(
    "catalog_api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id")),
    Column("organization_id", Text, ForeignKey("catalog_organization.id")),
    Column("public_key", Text, nullable=False, unique=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("display_secret_key", Text, nullable=False),
    Column("note", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger),
    Column("last_used_us", BigInteger),
)
revoked_key = Table(
    "catalog_revoked_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("note", Text),
    Column("revoked_us", BigInteger, nullable=False),
)
key_failure = Table(
    "catalog_key_failure",
    metadata,
    Column("hour_us", BigInteger, primary_key=True),
    Column("key_prefix", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("last_us", BigInteger, nullable=False),
)
user = Table(
    "catalog_user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text),
    Column("password_hash", Text),
    Column("created_us", BigInteger, nullable=False),
)
user_session = Table(
    "catalog_user_session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("catalog_user.id"), nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_agent", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
)
sign_in_attempt = Table(
    "catalog_sign_in_attempt",
    metadata,
    Column("place", Text, primary_key=True),
    Column("since_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
)
membership = Table(
    "catalog_membership",
    metadata,
    Column("user_id", Text, ForeignKey("catalog_user.id"), primary_key=True),
    Column("organization_id", Text, ForeignKey("catalog_organization.id"), primary_key=True),
    Column("role", Text, nullable=False),
)
project_membership = Table(
    "catalog_project_membership",
    metadata,
    Column("project_id", Text, ForeignKey("catalog_project.id"), primary_key=True),
    Column("user_id", Text, ForeignKey("catalog_user.id"), primary_key=True),
    Column("role", Text, nullable=False),
)
model = Table(
    "catalog_model",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id")),
    Column("name", Text, nullable=False),
    Column("match_pattern", Text, nullable=False),
    Column("start_us", BigInteger),
    Column("unit", Text, nullable=False),
    Column("tiers", Text, nullable=False),
    Column("tokenizer_id", Text),
    Column("tokenizer_config", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)
setting = Table(
    "catalog_setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
version = Table(
    "catalog_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("accounts", BigInteger, nullable=False),
    Column("models", BigInteger, nullable=False),
    Column("prompts", BigInteger, nullable=False),
    Column("score_configs", BigInteger, nullable=False),
)
