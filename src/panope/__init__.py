"""panope: observability and engineering for LLM agents in one process."""

__version__ = "0.1.0"
