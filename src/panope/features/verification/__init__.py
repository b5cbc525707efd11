"""Checking a store: rows against their states, rollups against rows, rows against the ledger."""
