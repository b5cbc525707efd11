"""Protocols whose docstrings are contracts between use cases and technologies."""
