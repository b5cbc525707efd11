from tests.conformance.dialects.expect import ASKING_CREATED
from tests.conformance.dialects.expected.vercel.loop import streamed, whole

_CALLS = "claude-sonnet-4-5", ASKING_CREATED, "claude-sonnet-4-5-20250929"

EXPECTED = [whole(*_CALLS), streamed(*_CALLS)]
"""Anthropic counts caches beside the input, and version 5 passes that on."""
