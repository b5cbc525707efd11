"""Identifier types. All are text of at most 800 bytes in UTF-8, unique within their project unless said otherwise."""

from typing import Final, NewType

OrganizationId = NewType("OrganizationId", str)
ProjectId = NewType("ProjectId", str)
ApiKeyId = NewType("ApiKeyId", str)
UserId = NewType("UserId", str)
ModelId = NewType("ModelId", str)
TraceId = NewType("TraceId", str)
ObservationId = NewType("ObservationId", str)
ScoreId = NewType("ScoreId", str)
SessionId = NewType("SessionId", str)

MAX_ID_BYTES: Final = 800
