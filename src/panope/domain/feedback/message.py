"""What somebody thinks of panope itself: of its API, its documents, its tools."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

MAX_FEEDBACK_KEPT: Final = 10_000
"""Of one project; the oldest makes room."""


class FeedbackTarget(StrEnum):
    """What it is about."""

    SKILL = "skill"
    MCP_TOOL = "mcp-tool"
    CLI = "cli"
    DOCS = "docs"
    PUBLIC_API = "public-api"
    OTHER = "other"


class Feedback(Struct, frozen=True, kw_only=True):
    """One message to whoever operates this server."""

    id: str
    target_type: str
    target: str
    """Which tool, page or route."""
    feedback: str
    goal: str | None = None
    """What the sender wanted to do."""
    reference_url: str | None = None
    created_us: int
