"""The catalog plane on SQLAlchemy Core, for both SQL engines, and the migrations of both planes."""
