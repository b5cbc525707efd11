"""Feedback about panope on the wire."""
