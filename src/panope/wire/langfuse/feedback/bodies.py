"""What a client sends to say what it thinks of panope."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from panope.domain.errors import Issue, TooLargeError
from panope.domain.feedback.message import Feedback
from panope.wire.langfuse.requests import invalid_body, read_body

MAX_BODY_BYTES: Final = 16 * 1024

TargetType = Literal["skill", "mcp-tool", "cli", "docs", "public-api", "other"]


class FeedbackRequest(Struct, rename="camel", kw_only=True):
    """A message."""

    target_type: TargetType
    target: Annotated[str, Meta(min_length=1, max_length=200)]
    feedback: Annotated[str, Meta(min_length=1, max_length=3000)]
    goal: Annotated[str, Meta(max_length=1500)] | None = None
    reference_url: Annotated[str, Meta(max_length=2000)] | None = None


class FeedbackBody(Struct):
    """The id under which it is kept."""

    id: str


def read_feedback(body: bytes) -> Feedback:
    """Read a message, without id and time. Raises `InvalidError`, or `TooLargeError` beyond `MAX_BODY_BYTES`."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLargeError(f"Feedback has at most {MAX_BODY_BYTES} bytes: shorten it", code="feedback_too_large")
    request = read_body(body, FeedbackRequest)
    blank = [name for name in ("target", "feedback") if not getattr(request, name).strip()]
    if blank:
        raise invalid_body([Issue((name,), "must not be blank") for name in blank])
    url = request.reference_url
    if url is not None and not url.startswith(("https://", "http://")):
        raise invalid_body([Issue(("referenceUrl",), "must begin with https:// or http://")])
    return Feedback(
        id="",
        target_type=request.target_type,
        target=request.target,
        feedback=request.feedback,
        goal=request.goal,
        reference_url=url,
        created_us=0,
    )


def encode_taken(feedback: Feedback) -> bytes:
    """Encode the answer to a message that was taken."""
    return msgspec.json.encode(FeedbackBody(feedback.id))
