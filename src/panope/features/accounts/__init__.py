"""Accounts: who calls, which keys there are, whom they belong to, and what a new catalog starts with."""
