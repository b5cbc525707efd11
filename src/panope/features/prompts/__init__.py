"""Prompts: written, labelled, composed and served."""
