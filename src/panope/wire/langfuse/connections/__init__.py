"""Connections to other services on the wire."""
