"""Prompts on the wire: what clients send, and what they are shown."""
