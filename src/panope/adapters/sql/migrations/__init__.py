"""Migrations of both planes: Alembic with raw SQL, forward only.

Revisions are numbered `r0001_…`, one directory per plane. A deployed revision is never edited.
"""
