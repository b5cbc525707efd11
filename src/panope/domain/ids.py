"""Identifier types. All are text of at most 800 bytes in UTF-8, unique within their project unless said otherwise."""

from typing import Final, NewType

OrganizationId = NewType("OrganizationId", str)
ProjectId = NewType("ProjectId", str)
ApiKeyId = NewType("ApiKeyId", str)
UserId = NewType("UserId", str)
UserSessionId = NewType("UserSessionId", str)
ModelId = NewType("ModelId", str)
PromptId = NewType("PromptId", str)
TraceId = NewType("TraceId", str)
ObservationId = NewType("ObservationId", str)
ScoreId = NewType("ScoreId", str)
ScoreConfigId = NewType("ScoreConfigId", str)
SessionId = NewType("SessionId", str)
DatasetId = NewType("DatasetId", str)
DatasetItemId = NewType("DatasetItemId", str)

MAX_ID_BYTES: Final = 800


def is_possible_id(text: str) -> bool:
    """Whether anything can have this id: asking a store for another may overflow what it indexes."""
    return 0 < len(text) <= MAX_ID_BYTES >= len(text.encode(errors="replace")) and "\0" not in text
